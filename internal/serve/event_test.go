package serve_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/serve"
	"storefront/internal/telemetry"
)

// busy is a handler that does all that can be recorded.
func busy(w http.ResponseWriter, r *http.Request) {
	record := telemetry.RecordFrom(r.Context())
	record.SetRoute("/api/dashboard/:user_id")
	record.AddCall(telemetry.Call{Service: "user", Duration: 3 * ms, Extra: 1})
	record.AddCall(telemetry.Call{
		Service: "order", Duration: 40 * ms, Source: telemetry.Stale, Err: fault.New(fault.Unavailable, "%s", strings.Repeat("x", 1000)),
	})
	record.AddDegraded("recent_orders", fresh.Status{State: fresh.Stale, Reason: fault.Unavailable, Age: time.Minute})
	time.Sleep(50 * ms)
	says("text/plain", "text")(w, r)
}

// TestEvent has all that is known of a request in one line, and nothing that
// tells who asked.
func TestEvent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(busy)
		p.ask(t, http.MethodGet, "/api/dashboard/user_1?token=secret", "X-Request-Id", "request-1", "Traceparent", traceparent,
			"Authorization", "Bearer secret", "Cookie", "a=secret", "User-Agent", "secret")

		got := p.event(t)
		delete(got, "time")

		want := map[string]any{
			"level": "WARN", "msg": "request", "bff": "test", "method": "GET", "route": "/api/dashboard/:user_id",
			"status": 200.0, "bytes": 4.0, "duration_ms": 50.0, "upstream_calls": 2.0, "upstream_extra_calls": 1.0,
			"upstream":        "user;dur=3.0, order;dur=40.0;desc=stale",
			"upstream_errors": []any{"order: unavailable: " + strings.Repeat("x", 280)},
			"degraded":        []any{"recent_orders stale unavailable"},
			"request_id":      "request-1", "trace_id": traceID,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}

		for _, private := range []string{"user_1", "secret"} {
			if strings.Contains(p.log.String(), private) {
				t.Errorf("%s is logged: %s", private, p.log)
			}
		}
	})
}

// TestPlainEvent has no more than there is to say.
func TestPlainEvent(t *testing.T) {
	t.Parallel()

	p := newPipe(func(http.ResponseWriter, *http.Request) {})
	p.ask(t, "X-INVENTED", "/")

	got := p.event(t)
	for _, varying := range []string{"time", "duration_ms", "request_id", "trace_id"} {
		if got[varying] == nil {
			t.Errorf("no %s", varying)
		}

		delete(got, varying)
	}

	want := map[string]any{
		"level": "INFO", "msg": "request", "bff": "test", "method": "other", "route": "unmatched",
		"status": 200.0, "bytes": 0.0, "upstream_calls": 0.0,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLevels(t *testing.T) {
	t.Parallel()

	quiet := func(o *serve.Options) { o.Quiet = true }
	faulty := func(_ http.ResponseWriter, r *http.Request) {
		telemetry.RecordFrom(r.Context()).SetFault(context.DeadlineExceeded)
	}
	status := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}

	for name, test := range map[string]struct {
		pipe *pipe
		want string
	}{
		"as ever":           {newPipe(status(http.StatusOK)), "INFO"},
		"a client's fault":  {newPipe(status(http.StatusNotFound)), "INFO"},
		"nothing to show":   {newPipe(status(http.StatusServiceUnavailable)), "WARN"},
		"our fault":         {newPipe(faulty), "ERROR"},
		"a probe":           {newPipe(status(http.StatusOK), quiet), "DEBUG"},
		"a probe, not well": {newPipe(status(http.StatusServiceUnavailable), quiet), "DEBUG"},
		"our fault, probed": {newPipe(faulty, quiet), "ERROR"},
	} {
		test.pipe.ask(t, http.MethodGet, "/")

		if got := test.pipe.event(t)["level"]; got != test.want {
			t.Errorf("%s: %v, want %s", name, got, test.want)
		}
	}
}

func TestServerTiming(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answer := newPipe(busy).ask(t, http.MethodGet, "/")
		wantHeaders(t, answer, map[string]string{"Server-Timing": "user;dur=3.0, order;dur=40.0;desc=stale"})

		answer = newPipe(busy, func(o *serve.Options) { o.HideTiming = true }).ask(t, http.MethodGet, "/")
		wantHeaders(t, answer, map[string]string{"Server-Timing": ""})

		answer = newPipe(func(http.ResponseWriter, *http.Request) {}).ask(t, http.MethodGet, "/")
		wantHeaders(t, answer, map[string]string{"Server-Timing": ""})
	})
}

// TestDraining asks clients to come back elsewhere.
func TestDraining(t *testing.T) {
	t.Parallel()

	for draining, want := range map[bool]string{true: "close", false: ""} {
		p := newPipe(says("text/plain", "text"), func(o *serve.Options) { o.Draining = func() bool { return draining } })
		wantHeaders(t, p.ask(t, http.MethodGet, "/"), map[string]string{"Connection": want})
	}
}

// TestClientGone is 499 in the log and the metrics, and no fault of ours.
func TestClientGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		network := p.server(t)

		ctx, leave := context.WithTimeout(t.Context(), 10*ms)
		defer leave()

		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://test/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}

		if response, err := network.client(t).Do(r); err == nil {
			t.Errorf("got %d", read(t, response).status)
		}

		synctest.Wait()

		if event := p.event(t); event["status"] != 499.0 || event["level"] != "INFO" || event["duration_ms"] != 10.0 {
			t.Errorf("logged is %v", event)
		}

		if !p.has(t, `bff_requests_total{bff="test",method="GET",route="unmatched",status="499"} 1`) {
			t.Error("it is not counted")
		}
	})
}

// TestLabelsAreFew, whatever clients think up.
func TestLabelsAreFew(t *testing.T) {
	t.Parallel()

	p := newPipe(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	for _, target := range []string{"/a", "/b", "/c?d=e"} {
		for _, method := range []string{"GET", "ONE", "TWO"} {
			p.ask(t, method, target)
		}
	}

	for _, line := range []string{
		`bff_requests_total{bff="test",method="GET",route="unmatched",status="404"} 3`,
		`bff_requests_total{bff="test",method="other",route="unmatched",status="404"} 6`,
		`bff_requests_in_flight{bff="test"} 0`,
	} {
		if !p.has(t, line) {
			t.Errorf("no %s", line)
		}
	}
}

// TestInFlight counts who is being answered now.
func TestInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answer := make(chan struct{})
		p := newPipe(func(http.ResponseWriter, *http.Request) { <-answer })

		for range 3 {
			go p.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
		}

		synctest.Wait()

		if !p.has(t, `bff_requests_in_flight{bff="test"} 3`) {
			t.Error("they are not counted")
		}

		close(answer)
		synctest.Wait()

		if !p.has(t, `bff_requests_in_flight{bff="test"} 0`) {
			t.Error("they are counted though they are answered")
		}
	})
}
