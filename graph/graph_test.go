package graph_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"storefront/bff/bfftest"
	"storefront/bff/web"
	"storefront/graph"
	"storefront/internal/telemetry"
	"storefront/upstream"
	"storefront/upstream/upstreamtest"
)

func handler(tb testing.TB, shop *upstreamtest.Shop) http.Handler {
	tb.Helper()

	return bfftest.Handler(tb, shop, routes)
}

func routes(services upstream.Services) http.Handler {
	bff := web.New(services)

	return bff.Routes(new(web.Settings), graph.NewHandler(bff, telemetry.NewTracer(nil)), http.NotFoundHandler())
}

// post sends body to /graphql.
func post(tb testing.TB, handler http.Handler, body string, headers ...string) *httptest.ResponseRecorder {
	tb.Helper()

	r := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")

	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}

	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)

	return answer
}

// query runs an operation and returns the answer's body.
func query(tb testing.TB, handler http.Handler, operation string) string {
	tb.Helper()

	body, err := json.Marshal(map[string]string{"query": operation})
	if err != nil {
		tb.Fatal(err)
	}

	return post(tb, handler, string(body)).Body.String()
}
