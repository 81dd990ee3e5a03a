package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"storefront/internal/gql"
	"storefront/internal/telemetry"
)

// TestDifferential: gqlgen alone, with projections below its resolvers, and
// without it: the same bytes, whatever was fetched.
func TestDifferential(t *testing.T) {
	t.Parallel()

	odd := &page{posts: []Post{{ID: -1, Title: "\"\\\x00\u2028<&>\xff"}, {User: &PostUser{Phone: new("1")}}}}
	pages := map[string]*page{"hundred": hundred(), "odd": odd, "none": {}, "no posts": {failed: errPosts}, "no users": {posts: odd.posts, users: errUsers}}

	for name, fetched := range pages {
		plain, partly, ours := of(fetched), of(fetched), of(fetched)
		plain.Types, partly.Types = nil, newProjections().types()

		for _, query := range []string{
			`{posts{id userId title user{id name email}}}`, `{posts{title}}`, `{greet}`, `{a:greet __typename greet}`,
			`query($x:Boolean!){posts{id ...F user@skip(if:$x){phone} user{website __typename}}} fragment F on Post{title @include(if:$x) body b:body}`,
			`{posts{user{name}} greet __schema{queryType{name}}}`, `{posts{...{...{user{username}}}}}`, `{posts{nothing}}`,
		} {
			for _, x := range []bool{true, false} {
				want := ask(t, gql.NewHandler(plain), query, x)
				for _, service := range []gql.Service{partly, ours} {
					if got := ask(t, gql.NewHandler(service), query, x); got != want {
						t.Errorf("%s, %s: got\n%s, want\n%s", name, query, got, want)
					}
				}
			}
		}
	}
}

func of(fetched *page) gql.Service {
	return service(func(context.Context, fields) *page { return fetched }, telemetry.NewTracer(nil))
}

func ask(t *testing.T, handler http.Handler, query string, x bool) string {
	t.Helper()

	body, err := json.Marshal(map[string]any{"query": query, "variables": map[string]bool{"x": x}})
	if err != nil {
		t.Fatal(err)
	}

	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")

	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)

	return answer.Body.String()
}
