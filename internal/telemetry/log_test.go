package telemetry_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/telemetry"
)

// TestLogNamesTheRequest in each line that is logged with its context.
func TestLogNamesTheRequest(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer

	log := telemetry.NewLogger(&out, true, slog.LevelInfo).With(slog.String("part", "a"))
	ctx := telemetry.WithRecord(t.Context(), &telemetry.Record{RequestID: "request-1", TraceID: "trace-1"})

	log.InfoContext(ctx, "with")
	log.InfoContext(t.Context(), "without")
	log.DebugContext(ctx, "too little")

	want := []map[string]any{
		{"level": "INFO", "msg": "with", "part": "a", "request_id": "request-1", "trace_id": "trace-1"},
		{"level": "INFO", "msg": "without", "part": "a"},
	}

	var got []map[string]any

	for line := range strings.Lines(out.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Error(err)
		}

		delete(fields, "time")

		got = append(got, fields)
	}

	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLogForPeople(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer

	log := telemetry.NewLogger(&out, false, slog.LevelDebug).WithGroup("g")
	log.DebugContext(t.Context(), "hello", slog.Int("n", 1))

	if line := out.String(); !strings.HasSuffix(line, "level=DEBUG msg=hello g.n=1\n") {
		t.Errorf("got %q", line)
	}
}
