package graph

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"storefront/upstream/upstreamtest"
)

const dashboardQuery = `query Dashboard($id: ID!) {
  dashboard(userId: $id) {
    user { id name email profilePicture bio location joinedDate }
    recommendedProducts(first: 10) { id name price image description specs { name value } reviews rating }
    recentOrders(first: 5) { id date total status items { productId quantity } shippingAddress trackingNumber }
  }
}`

// BenchmarkOperations is what GraphQL costs when all is fetched: gqlgen's own way
// (standard), our transport around it (plain), and with projections (ours).
func BenchmarkOperations(b *testing.B) {
	pages := newKept(b, upstreamtest.New(b))

	for name, body := range map[string]string{
		"dashboard": marshal(b, map[string]any{"query": dashboardQuery, "variables": map[string]string{"id": "user_1"}}),
		"items":     marshal(b, map[string]any{"query": `{dashboard(userId:"user_1"){recentOrders(first:20){id items{quantity product{id name price}}}}}`}),
		"typename":  marshal(b, map[string]any{"query": `{__typename}`}),
	} {
		for way, handler := range map[string]http.Handler{
			"standard": standard(pages), "plain": plainly(&still{from: pages}), "ours": ours(&still{from: pages}),
		} {
			b.Run(name+"/"+way, func(b *testing.B) { benchmark(b, handler, body) })
		}
	}
}

func marshal(tb testing.TB, v any) string {
	tb.Helper()

	body, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}

	return string(body)
}

func benchmark(b *testing.B, handler http.Handler, body string) {
	b.Helper()

	reader := new(rewound)
	r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/graphql", reader)
	r.Header.Set("Content-Type", "application/json")

	w := &discard{header: http.Header{}}

	b.ReportAllocs()

	for b.Loop() {
		reader.Reset([]byte(body))
		clear(w.header)
		w.sent = 0

		handler.ServeHTTP(w, r)
	}

	b.ReportMetric(float64(w.sent), "bytes-out")
}

type rewound struct{ bytes.Reader }

func (r *rewound) Close() error { return nil }

// discard is a connection that is never slow.
type discard struct {
	header http.Header
	sent   int
}

func (d *discard) Header() http.Header { return d.header }

func (d *discard) WriteHeader(int) {}

func (d *discard) Write(p []byte) (int, error) {
	d.sent += len(p)

	return len(p), nil
}
