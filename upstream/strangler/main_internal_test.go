package strangler

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"storefront/internal/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shopServices are what settings know.
func shopServices() map[string][]string {
	return map[string][]string{"user": {"http://user.test"}, "product": {"http://product.test"}, "order": {"http://order.test"}}
}

// events is a log that can be read meanwhile.
type events struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (e *events) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()

	return e.text.Write(p)
}

// count is how many lines hold all words.
func (e *events) count(words ...string) int {
	e.mu.Lock()
	defer e.mu.Unlock()

	n := 0

	for line := range strings.Lines(e.text.String()) {
		all := true
		for _, word := range words {
			all = all && strings.Contains(line, word)
		}

		if all {
			n++
		}
	}

	return n
}

// opened is a table with what it was made of.
type opened struct {
	*Table

	file    string
	events  *events
	metrics *telemetry.Metrics
}

// open opens a table on a file with that content; on one that is not there for
// "".
func open(t *testing.T, file, content string, change ...func(*Options)) opened {
	t.Helper()

	if content != "" {
		save(t, file, content)
	}

	o := opened{file: file, events: &events{}, metrics: telemetry.NewMetrics()}
	options := Options{
		File: file, Default: Shop(ModeNew), Services: shopServices(),
		Log: slog.New(slog.NewTextHandler(o.events, nil)), Metrics: o.metrics.Strangler(),
	}

	for _, c := range change {
		c(&options)
	}

	table, err := Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}

	o.Table = table

	t.Cleanup(func() {
		if err := table.Close(); err != nil {
			t.Error(err)
		}
	})

	return o
}

func (o opened) place(name string) string { return o.routes.Load().named(name).place().String() }

func (o opened) content(t *testing.T) string {
	t.Helper()

	data, err := os.ReadFile(o.file)
	if err != nil {
		t.Fatal(err)
	}

	return string(data)
}

// save replaces a file, as an editor does.
func save(t *testing.T, file, content string) {
	t.Helper()

	part := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".part")
	if err := os.WriteFile(part, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}

	if err := os.Rename(part, file); err != nil {
		t.Fatal(err)
	}
}

func yamlFile(t *testing.T) string {
	t.Helper()

	return filepath.Join(t.TempDir(), "strangler.yaml")
}
