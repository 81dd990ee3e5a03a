package main

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"storefront/upstream/upstreamtest"
)

func TestHealth(t *testing.T) {
	t.Parallel()

	shop := upstreamtest.NewTCP(t)
	p := startOver(t, shop, nil)

	// An upstream service that is down is no reason to take no traffic.
	for _, service := range upstreamtest.Services() {
		shop.Fail(service, upstreamtest.ResetBeforeHeaders())
	}

	if got := p.get(t, "web", "/api/dashboard/user_1"); got.status != http.StatusServiceUnavailable {
		t.Errorf("page: %d %s", got.status, got.body)
	}

	for path, want := range map[string]string{"/livez": `{"status":"live"}`, "/readyz": `{"status":"ready"}`} {
		got := p.get(t, "ops", path, "X-Request-Id", "mine")
		if got.status != http.StatusOK || string(got.body) != want || got.header.Get("X-Request-Id") != "mine" {
			t.Errorf("%s: %d %s %v", path, got.status, got.body, got.header)
		}
	}
}

func TestProfiles(t *testing.T) {
	t.Parallel()

	p := startOver(t, upstreamtest.NewTCP(t), nil)

	for path, want := range map[string]string{
		"/debug/pprof/":                  "goroutine",
		"/debug/pprof/goroutine?debug=1": "goroutine profile:",
		"/debug/pprof/heap?debug=1":      "heap profile:",
		"/debug/pprof/cmdline":           os.Args[0],
	} {
		if got := p.get(t, "ops", path); got.status != http.StatusOK || !strings.Contains(string(got.body), want) {
			t.Errorf("%s: %d %.300s", path, got.status, got.body)
		}
	}

	// Nobody else serves them.
	for _, server := range []string{"web", "mobile", "tv"} {
		if got := p.get(t, server, "/debug/pprof/"); got.status != http.StatusNotFound {
			t.Errorf("%s: %d %.300s", server, got.status, got.body)
		}
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()

	shop := upstreamtest.NewTCP(t)
	p := startOver(t, shop, nil)

	p.get(t, "mobile", "/api/dashboard/u-secret")
	p.get(t, "tv", "/api/browse/u-secret")
	p.get(t, "web", "/api/dashboard/u-secret")
	p.graphql(t, `query UserChosenName{dashboard(userId:"u-secret"){user{name}}}`)
	p.get(t, "web", "/no/such/u-secret")
	p.ask(t, request{Server: "tv", Method: "U-SECRET", Path: "/api/browse/u-secret"})
	shop.Fail(upstreamtest.User, upstreamtest.Status(http.StatusInternalServerError))
	p.get(t, "mobile", "/api/dashboard/u-secret")
	p.get(t, "mobile", "/api/dashboard/u-other")

	got := p.get(t, "ops", "/metrics")
	text := string(got.body)

	if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") {
		t.Fatalf("%d %s", got.status, got.header.Get("Content-Type"))
	}

	for _, line := range []string{
		`bff_requests_total{bff="mobile",method="GET",route="/api/dashboard/:user_id",status="200"} 3`,
		`bff_requests_total{bff="tv",method="GET",route="/api/browse/:user_id",status="200"} 1`,
		`bff_requests_total{bff="web",method="POST",route="/graphql",status="200"} 1`,
		`bff_requests_total{bff="web",method="GET",route="unmatched",status="404"} 1`,
		`bff_requests_total{bff="tv",method="other",route="unmatched",status="405"} 1`,
		`bff_request_duration_seconds_count{bff="mobile",route="/api/dashboard/:user_id"} 3`,
		`bff_response_size_bytes_count{bff="mobile",route="/api/dashboard/:user_id"} 3`,
		`bff_requests_in_flight{bff="web"} 0`,
		`bff_degraded_sections_total{bff="mobile",reason="unavailable",section="user",state="stale"} 1`,
		`bff_degraded_sections_total{bff="mobile",reason="unavailable",section="user",state="omitted"} 1`,
		`upstream_calls_total{bff="mobile",outcome="ok",service="user"} 1`,
		`upstream_calls_total{bff="mobile",outcome="unavailable",service="user"} 2`,
		`upstream_calls_total{bff="tv",outcome="ok",service="product"} 1`,
		`upstream_call_duration_seconds_count{bff="web",service="user"} 2`,
		`upstream_retries_total{bff="mobile",service="user"} 0`,
		`upstream_breaker_state{bff="mobile",service="user"} 0`,
		`upstream_cache_hits_total{bff="mobile",service="user",source="stale"} 1`,
		`upstream_cache_hits_total{bff="mobile",service="user",source="coalesced"} 0`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("no %s", line)
		}
	}

	for _, pattern := range []string{"(?i)u-secret", "UserChosenName", "127[.]0[.]0[.]1"} {
		if found := regexp.MustCompile(".*" + pattern + ".*").FindString(text); found != "" {
			t.Errorf("%s is in a label: %s", pattern, found)
		}
	}
}

// The number of series does not grow with what clients invent.
func TestMetricsAreBounded(t *testing.T) {
	t.Parallel()

	p := startOver(t, upstreamtest.NewTCP(t), nil)

	invent := func(n int) int {
		for i := range n {
			p.get(t, "mobile", fmt.Sprintf("/api/dashboard/u%d", i))
			p.get(t, "mobile", fmt.Sprintf("/nothing/%d", i))
			p.ask(t, request{Server: "mobile", Method: fmt.Sprintf("M%d", i), Path: "/api/dashboard/u"})
			p.graphql(t, fmt.Sprintf(`query Q%d{a%d:user(id:"u%d"){name}}`, i, i, i))
		}

		return strings.Count(string(p.get(t, "ops", "/metrics").body), "\n")
	}

	invent(0) // From the first scrape on, /metrics itself is counted.

	few := invent(2)
	if many := invent(20); many > few {
		t.Errorf("%d lines of metrics have become %d", few, many)
	}
}

func TestOpsAnswersNothingElse(t *testing.T) {
	t.Parallel()

	p := startOver(t, upstreamtest.NewTCP(t), nil)

	for _, r := range []request{
		{Server: "ops", Path: "/"},
		{Server: "ops", Path: "/api/dashboard/user_1"},
		{Server: "ops", Path: "/livez", Method: http.MethodPost},
	} {
		if got := p.ask(t, r); got.status != http.StatusNotFound && got.status != http.StatusMethodNotAllowed {
			t.Errorf("%s %s: %d", r.Method, r.Path, got.status)
		}
	}
}
