package graph

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"storefront/upstream/upstreamtest"
)

// get asks for an operation by GET.
func get(tb testing.TB, handler http.Handler, operation string, headers ...string) *httptest.ResponseRecorder {
	tb.Helper()

	r := httptest.NewRequestWithContext(tb.Context(), http.MethodGet, "/graphql?query="+url.QueryEscape(operation), http.NoBody)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}

	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)

	return answer
}

// TestCacheControl: what the schema lets be kept is kept by a client that asks
// by GET, when nothing is missing.
func TestCacheControl(t *testing.T) {
	t.Parallel()

	shop := upstreamtest.New(t)
	shop.Fail(upstreamtest.Order, upstreamtest.Garbage().On("/orders?user_id=broken"))

	handler := ours(newKept(t, shop))

	for operation, want := range map[string]string{
		`{product(id:"prod_1"){name}}`:                                "private, max-age=60",
		`{user(id:"a"){name}}`:                                        "private, max-age=30",
		`{product(id:"prod_1"){name} user(id:"a"){name}}`:             "private, max-age=30",
		`{dashboard(userId:"a"){user{name} recommendedProducts{id}}}`: "private, max-age=30",
		`{dashboard(userId:"broken"){recentOrders{id}}}`:              "no-store",
		`{__typename}`:                  "no-store",
		`{__schema{queryType{name}}}`:   "no-store",
		`{user(id:"../x"){name}}`:       "no-store",
		`{product(id:"missing"){name}}`: "private, max-age=60",
		`{user(id:"a"){customer{tier}} customerSummary(id:"a"){name}}`: "private, max-age=30",
		`{user(id:"a"){name} customerSummary(id:"missing"){name}}`:     "private, max-age=30",
	} {
		first := get(t, handler, operation)
		if got := first.Header().Get("Cache-Control"); got != want {
			t.Errorf("%s: %s, want %s", operation, got, want)
		}

		tag := first.Header().Get("Etag")
		if (tag != "") != (want != "no-store") {
			t.Errorf("%s: the tag is %s", operation, tag)
		}

		again := get(t, handler, operation, "If-None-Match", `"x", `+tag)
		if tag != "" && (again.Code != http.StatusNotModified || again.Body.Len() > 0 || again.Header().Get("Etag") != tag) {
			t.Errorf("%s: %d %s", operation, again.Code, again.Body)
		}
	}

	post := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", http.NoBody)
	answer := httptest.NewRecorder()

	handler.ServeHTTP(answer, post)

	if got := answer.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("POST: %s", got)
	}
}
