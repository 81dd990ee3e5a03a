package graph_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"storefront/bff/bfftest"
	"storefront/bff/web"
	"storefront/graph"
	"storefront/internal/fanout"
	"storefront/internal/gql"
	"storefront/upstream"
	"storefront/upstream/upstreamtest"
)

// TestCallsLock holds all that the web BFF offers against its lock: the routes
// of package web and the documents of this one.
func TestCallsLock(t *testing.T) {
	t.Parallel()

	bounds := web.New(nil).Routes(new(web.Settings), http.NotFoundHandler(), http.NotFoundHandler()).Bounds()
	maps.Copy(bounds, graph.Bounds())
	bfftest.CallsLock(t, "../bff/web/calls.lock", bounds)
}

// shipped is a trusted document, with variables that are about something.
type shipped struct{ name, text, variables string }

func documents(t *testing.T) (all []shipped) {
	t.Helper()

	for name, more := range map[string][2]string{
		"Customer":     {"customer", `{"userId":"u-7-x"}`},
		"Dashboard":    {"dashboard", `{"userId":"u-7-x"}`},
		"OrderHistory": {"order_history", `{"userId":"u-7-x","first":50}`},
		"OrderPage":    {"order_page", `{"id":"u-7-x_order_1"}`},
		"ProductPage":  {"product_page", `{"id":"prod_1"}`},
		"Profile":      {"profile", `{"userId":"u-7-x"}`},
	} {
		text, err := os.ReadFile(filepath.Join("operations", filepath.Base(more[0])+".graphql"))
		if err != nil {
			t.Fatal(err)
		}

		all = append(all, shipped{name, string(text), more[1]})
	}

	files, err := filepath.Glob("operations/*.graphql")
	if err != nil || len(all) != len(files) || len(all) != len(graph.Bounds()) {
		t.Errorf("%d documents are tested, there are %d in the files %q, %v", len(all), len(graph.Bounds()), files, err)
	}

	return all
}

// body names the document, where it is not sent as it is.
func (s *shipped) body(t *testing.T, named bool) string {
	t.Helper()

	envelope := map[string]any{"variables": json.RawMessage(s.variables), "query": s.text}
	if named {
		delete(envelope, "query")
		envelope["documentId"] = gql.DocumentID(s.text)
	}

	text, err := json.Marshal(envelope)
	if err != nil {
		t.Fatal(err)
	}

	return string(text)
}

// TestDocumentsAreMeasured: what is computed from plans is what happens at worst.
func TestDocumentsAreMeasured(t *testing.T) {
	t.Parallel()

	for _, one := range documents(t) {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()

			bounds := graph.Bounds()
			bfftest.CallsAre(t, routes, one.name, bounds["document "+one.name], func(ctx context.Context) *http.Request {
				r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", strings.NewReader(one.body(t, true)))
				r.Header.Set("Content-Type", "application/json")

				return r
			})
		})
	}
}

// TestDocumentsAreAllowed: no trusted document is refused by default.
func TestDocumentsAreAllowed(t *testing.T) {
	t.Parallel()

	if err := (&upstream.Settings{MaxCalls: upstream.DefaultMaxCalls}).Allow(graph.Bounds()); err != nil {
		t.Error(err)
	}

	if diff := cmp.Diff(fanout.Bound{Calls: 3, Waves: 1}, graph.Bounds()["document Profile"]); diff != "" {
		t.Errorf("what is included if $more is not counted: %s", diff)
	}
}

// TestDocumentID: who names a document by POST or GET gets what sending it gets.
func TestDocumentID(t *testing.T) {
	t.Parallel()

	for _, one := range documents(t) {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				bff := handler(t, upstreamtest.New(t))
				want := post(t, bff, one.body(t, false)).Body.String()
				query := url.Values{"documentId": {gql.DocumentID(one.text)}, "variables": {one.variables}}

				if strings.Contains(want, `"errors"`) || strings.Contains(want, ":null") {
					t.Errorf("not whole: %s", want)
				}

				if diff := cmp.Diff(want, post(t, bff, one.body(t, true)).Body.String()); diff != "" {
					t.Error(diff)
				}

				if diff := cmp.Diff(want, bfftest.Get(t, bff, "/graphql?"+query.Encode()).Body.String()); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// TestNoSuchDocument: an id that names nothing is the client's mistake.
func TestNoSuchDocument(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bff := handler(t, upstreamtest.New(t))

		for body, want := range map[string]string{
			`{"documentId":"sha256:00"}`:                          "documentId names no document",
			`{"documentId":"sha256:00","query":"{ __typename }"}`: "exclude each other",
			`{"documentId":"","query":" "}`:                       "query is missing",
			`{"documentId":7}`:                                    "must be a JSON object",
		} {
			got := post(t, bff, body)
			if got.Code != http.StatusBadRequest || !strings.Contains(got.Body.String(), want) || !strings.Contains(got.Body.String(), gql.CodeBadInput) {
				t.Errorf("%s: %d %s", body, got.Code, got.Body)
			}
		}

		if got := post(t, bff, `{"documentId":null,"query":"{ __typename }"}`); got.Code != http.StatusOK {
			t.Errorf("null: %d %s", got.Code, got.Body)
		}
	})
}
