package upstreamtest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"storefront/upstream/upstreamtest"
)

// BenchmarkGate is what a gate costs where nothing is wrong: beside no gate, with
// counts alone, as before a program's embedded services, and with requests kept.
func BenchmarkGate(b *testing.B) {
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	counting, keeping := upstreamtest.NewGate(next, ""), upstreamtest.NewGate(next, "")
	counting.Keep(0)
	handlers := []struct {
		name string
		http.Handler
	}{{"none", next}, {"counting", counting}, {"keeping", keeping}}
	for _, handler := range handlers {
		b.Run(handler.name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(p *testing.PB) {
				w := httptest.NewRecorder()
				r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/users/u-7", http.NoBody)
				r.Header = http.Header{"Traceparent": {"00-1"}, "X-Request-Id": {"r-1"}, "X-Request-Timeout-Ms": {"1"}}
				for p.Next() {
					handler.ServeHTTP(w, r)
				}
			})
		})
	}
}
