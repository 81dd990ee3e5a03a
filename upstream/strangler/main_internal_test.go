package strangler

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
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
	if err := os.WriteFile(part, []byte(content), 0o600); err != nil { //nolint:gosec // The test's own.
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

func benchMetrics() *telemetry.Strangler { return telemetry.NewMetrics().Strangler() }

// metric is the value of a metric as it is scraped, "" where there is none.
func (o opened) metric(t *testing.T, name string) string {
	t.Helper()

	w := httptest.NewRecorder()
	o.metrics.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))

	for line := range strings.Lines(w.Body.String()) {
		if value, found := strings.CutPrefix(line, name+" "); found {
			return strings.TrimSpace(value)
		}
	}

	return ""
}

func (o opened) checkMetrics(t *testing.T, want map[string]string) {
	t.Helper()

	for name, value := range want {
		if got := o.metric(t, name); got != value {
			t.Errorf("%s is %q, not %q", name, got, value)
		}
	}
}

// ask asks the operations port; header is name and value.
func (o opened) ask(t *testing.T, method, path, body string, header ...string) *http.Response {
	t.Helper()

	mux := http.NewServeMux()
	for pattern, handler := range o.Handlers() {
		mux.HandleFunc(pattern, handler)
	}

	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)

	return w.Result()
}

// shown is what the operations port says of the routes.
func (o opened) shown(t *testing.T) map[string]any {
	t.Helper()

	return decoded(t, o.ask(t, http.MethodGet, "/strangler/routes", ""))
}

func decoded(t *testing.T, answer *http.Response) map[string]any {
	t.Helper()

	defer func() { _ = answer.Body.Close() }()

	var got map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}

	return got
}
