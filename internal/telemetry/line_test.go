package telemetry_test

import (
	"bytes"
	"context"
	"log/slog"
	"math"
	"testing"
	"time"

	"storefront/internal/telemetry"
)

// TestLinesAreThoseOfTheLibrary holds the log against the library's handler.
func TestLinesAreThoseOfTheLibrary(t *testing.T) {
	t.Parallel()

	at := time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.FixedZone("there", 3600))
	messages := []string{"request", "", `a "quoted" one`, "élan", "a\nb", "\x00", "<&>"}
	values := []slog.Attr{
		slog.String("text", "plain"), slog.String("text", ""), slog.String("text", `"\`), slog.String("text", "<é>"), slog.String("text", "\xff\u2028"),
		slog.Int("n", 0), slog.Int("n", -7), slog.Int64("n", math.MaxInt64), slog.Uint64("n", math.MaxUint64),
		slog.Float64("f", 0), slog.Float64("f", 1.5), slog.Float64("f", -0.001), slog.Float64("f", 1e-7), slog.Float64("f", 1e21),
		slog.Float64("f", math.Inf(1)), slog.Float64("f", math.NaN()), slog.Float64("f", 123456789.123),
		slog.Bool("b", true), slog.Duration("d", time.Second), slog.Time("t", at), slog.Any("any", []string{"a", "b"}), slog.Any("nil", nil),
		slog.Group("group", slog.Int("in", 1)), slog.String("", "no key"), slog.String(`k"`, "v"),
		{},
	}

	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError, slog.LevelInfo + 1} {
		for _, message := range messages {
			for _, value := range values {
				check(t, slog.NewRecord(at, level, message, 0), value)
				check(t, slog.NewRecord(at, level, message, 0), slog.String("bff", "mobile"), value, slog.Int("status", 200))
				check(t, slog.NewRecord(time.Time{}, level, message, 0), value)
			}
		}
	}
}

func check(t *testing.T, r slog.Record, attributes ...slog.Attr) {
	t.Helper()

	r.AddAttrs(attributes...)

	var got, want bytes.Buffer

	ctx := context.Background()
	gotErr := telemetry.NewLogger(&got, true, slog.LevelDebug).Handler().Handle(ctx, r)
	wantErr := slog.NewJSONHandler(&want, nil).Handle(ctx, r)

	if got.String() != want.String() || gotErr != nil || wantErr != nil {
		t.Errorf("got  %s(%v)\nwant %s(%v)", got.String(), gotErr, want.String(), wantErr)
	}
}

func BenchmarkLine(b *testing.B) {
	for name, handler := range map[string]slog.Handler{
		"ours":    telemetry.NewLogger(new(discard), true, slog.LevelInfo).Handler(),
		"library": slog.NewJSONHandler(new(discard), nil),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()

			for b.Loop() {
				r := slog.NewRecord(time.Now(), slog.LevelInfo, "request", 0)
				r.AddAttrs(slog.String("bff", "mobile"), slog.String("method", "GET"), slog.String("route", "/api/dashboard/:user_id"),
					slog.Int("status", 200), slog.Int64("bytes", 686), slog.Float64("duration_ms", 0.123), slog.Int("upstream_calls", 3),
					slog.String("upstream", "user;dur=0.0;desc=hit, product;dur=0.0;desc=hit, order;dur=0.0;desc=hit"))
				_ = handler.Handle(b.Context(), r)
			}
		})
	}
}

type discard struct{}

func (*discard) Write(p []byte) (int, error) { return len(p), nil }
