package serve_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"storefront/internal/problem"
	"storefront/internal/serve"
	"storefront/internal/telemetry"
)

// sink is a client that throws all away.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkRefusals compares what the pipe spends on a page that is made of
// nothing but a text, and on requests that it refuses.
func BenchmarkRefusals(b *testing.B) {
	page := strings.Repeat("All of it. ", 100)

	o := serve.Options{
		BFF: "test", Budget: budget, MaxBody: 1000, Problem: problem.Write,
		Log: telemetry.NewLogger(io.Discard, true, slog.LevelInfo), Tracer: telemetry.NewTracer(nil),
		Reuse: []serve.Reuse{{Prefix: "/api/"}}, Limited: []string{"/api/"},
	}

	for _, bench := range []struct {
		name   string
		rate   int
		full   bool
		header http.Header
		want   int
	}{
		{"served", 0, false, http.Header{"Accept-Encoding": {"gzip"}}, http.StatusOK},
		{"shed", 0, true, http.Header{"Accept-Encoding": {"gzip"}, "Sec-Purpose": {"prefetch"}}, http.StatusServiceUnavailable},
		{"beyond its rate", 1, false, http.Header{"Accept-Encoding": {"gzip"}}, http.StatusTooManyRequests},
	} {
		b.Run(bench.name, func(b *testing.B) {
			o.Metrics = telemetry.NewMetrics()
			o.Protection = serve.NewProtection(o, serve.Rate{PerSecond: bench.rate})
			release := make(chan struct{})

			pipe := serve.Pipe(o, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/api/held/") {
					<-release
				}

				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, page)
			}))

			if bench.full {
				defer fill(pipe, release)()
			}

			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/api/page", http.NoBody)
			r.Header = bench.header

			for range 3 { // Beyond any burst.
				w := httptest.NewRecorder()
				if pipe.ServeHTTP(w, r); w.Code != bench.want && bench.rate == 0 {
					b.Fatalf("got %d", w.Code)
				}
			}

			b.ReportAllocs()

			for b.Loop() {
				pipe.ServeHTTP(&sink{header: http.Header{}}, r)
			}
		})
	}
}

// fill takes all places, those too that are added while nothing is answered, and
// returns what gives them back.
func fill(pipe http.Handler, release chan struct{}) (free func()) {
	const more = 2000

	for n := range more {
		go func() {
			r := httptest.NewRequest(http.MethodGet, "/api/held/"+strconv.Itoa(n), http.NoBody) //nolint:noctx // Until it is released.
			pipe.ServeHTTP(&sink{header: http.Header{}}, r)
		}()

		time.Sleep(time.Millisecond)
	}

	return func() { close(release) }
}
