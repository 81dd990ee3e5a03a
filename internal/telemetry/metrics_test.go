package telemetry_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/telemetry"
)

// scrape gives the metrics as an operator's Prometheus reads them.
func scrape(t *testing.T, metrics *telemetry.Metrics) string {
	t.Helper()

	w := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))

	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("%d, %s", w.Code, w.Header().Get("Content-Type"))
	}

	return w.Body.String()
}

// wantLines fails the test unless each line is there as it stands.
func wantLines(t *testing.T, text string, lines ...string) {
	t.Helper()

	for _, line := range lines {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
}

func TestUpstreamSeries(t *testing.T) {
	t.Parallel()

	metrics := telemetry.NewMetrics()
	user := metrics.Upstream("tv", "user")

	// All are there before anything happens, so that a rate is right from the
	// first failure on.
	wantLines(t, scrape(t, metrics),
		`upstream_calls_total{bff="tv",outcome="ok",service="user"} 0`,
		`upstream_calls_total{bff="tv",outcome="timeout",service="user"} 0`,
		`upstream_calls_total{bff="tv",outcome="unavailable",service="user"} 0`,
		`upstream_calls_total{bff="tv",outcome="invalid_response",service="user"} 0`,
		`upstream_calls_total{bff="tv",outcome="circuit_open",service="user"} 0`,
		`upstream_calls_total{bff="tv",outcome="overload",service="user"} 0`,
		`upstream_calls_total{bff="tv",outcome="not_found",service="user"} 0`,
		`upstream_calls_total{bff="tv",outcome="canceled",service="user"} 0`,
		`upstream_call_duration_seconds_count{bff="tv",service="user"} 0`,
		`upstream_retries_total{bff="tv",service="user"} 0`,
		`upstream_breaker_state{bff="tv",service="user"} 0`,
		`upstream_cache_hits_total{bff="tv",service="user",source="hit"} 0`,
		`upstream_cache_hits_total{bff="tv",service="user",source="stale"} 0`,
		`upstream_cache_hits_total{bff="tv",service="user",source="coalesced"} 0`,
	)

	user.Sent(fault.None, 3*time.Millisecond)
	user.Sent(fault.NotFound, time.Millisecond)
	user.Sent(fault.Timeout, time.Second)
	user.Saved(telemetry.Stale)

	wantLines(t, scrape(t, metrics),
		`upstream_calls_total{bff="tv",outcome="ok",service="user"} 1`,
		`upstream_calls_total{bff="tv",outcome="timeout",service="user"} 1`,
		`upstream_calls_total{bff="tv",outcome="not_found",service="user"} 1`,
		`upstream_call_duration_seconds_count{bff="tv",service="user"} 3`,
		`upstream_call_duration_seconds_sum{bff="tv",service="user"} 1.004`,
		`upstream_call_duration_seconds_bucket{bff="tv",service="user",le="0.005"} 2`,
		`upstream_cache_hits_total{bff="tv",service="user",source="stale"} 1`,
	)
}

func TestRequestSeries(t *testing.T) {
	t.Parallel()

	metrics := telemetry.NewMetrics()

	record := &telemetry.Record{BFF: "tv", RequestID: "request-1"}
	record.SetRoute("/api/browse/:user_id")
	record.AddDegraded("products", fresh.Status{State: fresh.Stale, Reason: fault.Timeout})

	inFlight := metrics.InFlight("tv")
	inFlight.Inc()

	wantLines(t, scrape(t, metrics), `bff_requests_in_flight{bff="tv"} 1`)
	metrics.Answered(record, http.MethodGet, http.StatusOK, 700, 40*time.Millisecond)
	inFlight.Dec()

	wantLines(t, scrape(t, metrics),
		`bff_requests_in_flight{bff="tv"} 0`,
		`bff_requests_total{bff="tv",method="GET",route="/api/browse/:user_id",status="200"} 1`,
		`bff_request_duration_seconds_sum{bff="tv",route="/api/browse/:user_id"} 0.04`,
		`bff_request_duration_seconds_bucket{bff="tv",route="/api/browse/:user_id",le="0.05"} 1`,
		`bff_request_duration_seconds_bucket{bff="tv",route="/api/browse/:user_id",le="0.025"} 0`,
		`bff_response_size_bytes_sum{bff="tv",route="/api/browse/:user_id"} 700`,
		`bff_degraded_sections_total{bff="tv",reason="timeout",section="products",state="stale"} 1`,
	)
}

// TestMethodsAreFew: a client may invent as many as it likes.
func TestMethodsAreFew(t *testing.T) {
	t.Parallel()

	metrics := telemetry.NewMetrics()
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get", "BREW", "X1", "X2", ""} {
		metrics.Answered(&telemetry.Record{BFF: "tv"}, method, http.StatusNotFound, 0, 0)
	}

	text := scrape(t, metrics)
	wantLines(t, text, `bff_requests_total{bff="tv",method="other",route="unmatched",status="404"} 5`)

	if n := strings.Count(text, "bff_requests_total{"); n != 8 {
		t.Errorf("%d series, want 8", n)
	}
}

// TestProcessSeries lets an operator see the process itself.
func TestProcessSeries(t *testing.T) {
	t.Parallel()

	metrics := telemetry.NewMetrics()
	metrics.Gauge("tv", "held", "Things held.", func() float64 { return 7 })
	metrics.Gauge("web", "held", "Things held.", func() float64 { return 8 })

	text := scrape(t, metrics)
	wantLines(t, text, `held{bff="tv"} 7`, `held{bff="web"} 8`, "# HELP held Things held.")

	for _, name := range []string{"go_goroutines ", "go_memstats_heap_alloc_bytes ", "process_open_fds "} {
		if !strings.Contains(text, "\n"+name) {
			t.Errorf("no %s", name)
		}
	}
}

// TestSorts: what a BFF meets is there from the start, and is told apart from
// what another one does.
func TestSorts(t *testing.T) {
	t.Parallel()

	metrics := telemetry.NewMetrics()
	meets := metrics.Sorts("tv", "met_total", "Things met.", "sort", "good", "bad")
	metrics.Sorts("web", "met_total", "Things met.", "sort", "good", "bad")("bad")
	plain := metrics.Sorts("tv", "plain_total", "Things.", "")

	meets("good")
	meets("good")
	plain("")

	wantLines(t, scrape(t, metrics), `met_total{bff="tv",sort="good"} 2`, `met_total{bff="tv",sort="bad"} 0`,
		`met_total{bff="web",sort="good"} 0`, `met_total{bff="web",sort="bad"} 1`, `plain_total{bff="tv"} 1`, "# HELP met_total Things met.")
}
