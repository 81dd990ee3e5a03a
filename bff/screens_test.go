package bff_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"storefront/bff/bfftest"
	"storefront/bff/mobile"
	"storefront/bff/tv"
	"storefront/bff/web"
	"storefront/graph"
	"storefront/internal/problem"
	"storefront/internal/telemetry"
	"storefront/upstream"
	"storefront/upstream/upstreamtest"
)

// screen is a page of a BFF as chaos sees it.
type screen struct {
	routes   bfftest.Routes
	request  func(ctx context.Context, user string) *http.Request
	sections map[upstreamtest.Service]string
}

// view is a page, taken apart.
type view struct {
	status int
	body   string
	// isProblem is true for an error in place of a page.
	isProblem bool
	sections  map[string]string // as JSON
	state     map[string]string // "fresh", "stale" or "omitted"
	reason    map[string]string // "fresh" for a fresh one
}

// missed is a section, or in GraphQL a path, that is not fresh.
type missed struct {
	Section string   `json:"section"`
	Path    []string `json:"path"`
	State   string   `json:"state"`
	Reason  string   `json:"reason"`
}

func (v view) isWhole() bool {
	return v.status == http.StatusOK && len(v.sections) > 0 && !strings.Contains(v.body, "degraded") && !strings.Contains(v.body, "null")
}

// view takes an answer apart.
func (s screen) view(t *testing.T, answer *httptest.ResponseRecorder) view {
	t.Helper()

	v := view{status: answer.Code, body: answer.Body.String(), sections: map[string]string{}, state: map[string]string{}, reason: map[string]string{}}

	if answer.Code == http.StatusServiceUnavailable && answer.Header().Get("Content-Type") == problem.ContentType && answer.Header().Get("Retry-After") != "" {
		v.isProblem = true

		return v
	}

	var (
		page map[string]json.RawMessage
		says struct {
			Data struct {
				Dashboard map[string]json.RawMessage `json:"dashboard"`
			} `json:"data"`
			Degraded   []missed `json:"degraded"`
			Extensions struct {
				Degraded []missed `json:"degraded"`
			} `json:"extensions"`
		}
	)

	err := errors.Join(json.Unmarshal(answer.Body.Bytes(), &page), json.Unmarshal(answer.Body.Bytes(), &says))
	if err != nil || answer.Code != http.StatusOK {
		t.Fatalf("%d %v %s: %v", answer.Code, answer.Header(), answer.Body, err)
	}

	if says.Data.Dashboard != nil {
		page = says.Data.Dashboard
	}

	for _, section := range s.sections {
		v.sections[section], v.state[section], v.reason[section] = string(page[section]), "fresh", "fresh"

		if _, isMember := page[section]; !isMember { // The page is nothing but its section.
			v.sections[section], _, _ = strings.Cut(v.body, `,"degraded"`)
			v.sections[section] = strings.TrimSuffix(v.sections[section], "}")
		}
	}

	for _, m := range slices.Concat(says.Degraded, says.Extensions.Degraded) {
		section := m.Section + strings.TrimPrefix(strings.Join(m.Path, "."), "dashboard.")
		v.state[section], v.reason[section] = m.State, m.Reason
	}

	return v
}

func screens() map[string]screen {
	get := func(path string) func(context.Context, string) *http.Request {
		return func(ctx context.Context, user string) *http.Request {
			return httptest.NewRequestWithContext(ctx, http.MethodGet, path+user, http.NoBody)
		}
	}
	webRoutes := func(services upstream.Services) http.Handler {
		bff := web.New(services)

		return bff.Routes(new(web.Settings), graph.NewHandler(bff, telemetry.NewTracer(nil)), http.NotFoundHandler())
	}
	rest := map[upstreamtest.Service]string{upstreamtest.User: "user", upstreamtest.Product: "recommended_products", upstreamtest.Order: "recent_orders"}

	return map[string]screen{
		"web REST": {webRoutes, get("/api/dashboard/"), rest},
		"web GraphQL": {webRoutes, dashboardOperation, map[upstreamtest.Service]string{
			upstreamtest.User: "user", upstreamtest.Product: "recommendedProducts", upstreamtest.Order: "recentOrders",
		}},
		"web summary": {webRoutes, func(ctx context.Context, user string) *http.Request {
			return httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/customers/"+user+"/summary", http.NoBody)
		}, map[upstreamtest.Service]string{upstreamtest.Customer: "customer"}},
		"mobile": {func(services upstream.Services) http.Handler {
			return mobile.New(services).Routes(new(mobile.Settings))
		}, get("/api/dashboard/"), rest},
		"tv": {func(services upstream.Services) http.Handler {
			return tv.New(services).Routes(new(tv.Settings))
		}, get("/api/browse/"), map[upstreamtest.Service]string{upstreamtest.Product: "products"}},
	}
}

func dashboardOperation(ctx context.Context, user string) *http.Request {
	query := `{"query":"{dashboard(userId:\"` + user + `\"){user{id name bio} recommendedProducts{id name image} recentOrders{id status}}}"}`
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", strings.NewReader(query))
	r.Header.Set("Content-Type", "application/json")

	return r
}
