package strangler

import (
	"context"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"storefront/internal/fault"
)

// TestBrokenBodiesAreFailures of the side that sent half of them, although the
// client has its header by then.
func TestBrokenBodiesAreFailures(t *testing.T) {
	t.Parallel()
	eachMode(t, func(t *testing.T, o facadeOptions) {
		t.Helper()

		half := func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "half of it") // Of no length: nobody waits for its end.
			_ = http.NewResponseController(w).Flush()

			panic(http.ErrAbortHandler)
		}

		o.old, o.new = half, half
		k := newFacade(t, o)

		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, k.URL+"/api/things/7", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}

		response, err := k.plain().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}

		if text, err := io.ReadAll(response.Body); err == nil || response.StatusCode != http.StatusOK {
			t.Errorf("it ends well: %d, %q", response.StatusCode, text)
		}

		_ = response.Body.Close()

		k.Close()

		side, other := New, Old
		if o.mode == ModeOld || o.mode == ModeShadow {
			side, other = Old, New
		}

		got := k.route.figures.totals()
		if *got.sides()[side] != (answers{Requests: 1, Failed: 1}) || *got.sides()[other] != (answers{}) {
			t.Errorf("%+v", got)
		}

		if ok, failed := k.counted(t, side, "ok"), k.counted(t, side, "failed"); ok != "0" || failed != "1" {
			t.Errorf("counted are %s good ones and %s failed ones", ok, failed)
		}

		if log := k.log.String(); !strings.Contains(log, `"level":"WARN"`) || !strings.Contains(log, `"status":200`) {
			t.Errorf("the event is %s", log)
		}
	})
}

// TestLeavingIsNoFailure of the side whose answer nobody waits for any more.
func TestLeavingIsNoFailure(t *testing.T) {
	t.Parallel()

	k := newFacade(t, facadeOptions{mode: ModeNew, new: func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "half of it")
		_ = http.NewResponseController(w).Flush()

		<-r.Context().Done()
	}})

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, k.URL+"/api/things/7", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}

	response, err := k.plain().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}

	_ = response.Body.Close()

	k.Close()

	if got := k.route.figures.totals().New; got != (answers{Requests: 1}) {
		t.Errorf("%+v", got)
	}

	if log := k.log.String(); strings.Contains(log, `"level":"WARN"`) {
		t.Errorf("the event is %s", log)
	}
}

// TestLateWritesAreFailures of the side that had the whole body, and no answer.
func TestLateWritesAreFailures(t *testing.T) {
	t.Parallel()

	for _, mode := range []Mode{ModeOld, ModeNew} {
		hang := func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}
		k := newFacade(t, facadeOptions{mode: mode, old: hang, new: hang, budget: 50 * time.Millisecond})

		if got := k.do(t, http.MethodPost, "/api/things", strings.NewReader("{}")); got.StatusCode != http.StatusGatewayTimeout {
			t.Errorf("%s: got %d", mode, got.StatusCode)
		}

		side := New
		if mode == ModeOld {
			side = Old
		}

		if failed := k.counted(t, side, "failed"); failed != "1" {
			t.Errorf("%s: counted are %s failures", mode, failed)
		}
	}
}

// TestLeavingBeforeIsLogged as leaving: nobody is to look for what went wrong.
func TestLeavingBeforeIsLogged(t *testing.T) {
	t.Parallel()

	asked := make(chan struct{})
	k := newFacade(t, facadeOptions{mode: ModeNew, new: func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	}})
	ctx, leave := context.WithCancel(t.Context())

	go func() {
		<-asked
		leave()
	}()

	r, err := http.NewRequestWithContext(ctx, http.MethodGet, k.URL+"/api/things/7", http.NoBody)
	do(t, err)

	if response, err := k.plain().RoundTrip(r); err == nil {
		_ = response.Body.Close()

		t.Error("it was answered")
	}

	k.Close()

	if log := k.log.String(); !strings.Contains(log, `"status":499`) {
		t.Errorf("the event is %s", log)
	}
}

// TestNoStatusIsAFailure, and no panic on the way to the client.
func TestNoStatusIsAFailure(t *testing.T) {
	t.Parallel()

	for _, status := range []string{"000", "099", "600", "999"} {
		k := newFacade(t, facadeOptions{mode: ModeNew, new: func(w http.ResponseWriter, _ *http.Request) { sayRaw(w, status) }})

		if got := k.do(t, http.MethodGet, "/api/things/7", http.NoBody); got.StatusCode != http.StatusBadGateway {
			t.Errorf("%s: got %d", status, got.StatusCode)
		}

		if got := k.route.figures.totals().New; got != (answers{Requests: 1, Failed: 1}) {
			t.Errorf("%s: %+v", status, got)
		}

		reply, err := newCall(t, k, http.MethodGet).Peek()(t.Context(), Ask{Side: New, Target: "/things/7"})
		if fault.KindOf(err) != fault.InvalidResponse {
			t.Errorf("%s: beside it got %d, %v", status, reply.Status, err)
		}
	}
}

// TestTooManyRequests of one client are that client's; those of nobody in
// particular are everybody's.
func TestTooManyRequests(t *testing.T) {
	t.Parallel()

	limits := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	}

	for name, test := range map[string]struct {
		headers  []string
		fallback bool
		status   int
		asked    int64 // the old side
		want     sample
	}{
		"of one":                 {[]string{"Authorization", "Bearer x"}, true, http.StatusTooManyRequests, 0, sample{New: answers{Requests: 1}}},
		"of one, no fallback":    {[]string{"Authorization", "Bearer x"}, false, http.StatusTooManyRequests, 0, sample{New: answers{Requests: 1}}},
		"of anybody":             {nil, true, http.StatusOK, 1, sample{New: answers{Requests: 1, Failed: 1}, Old: answers{Requests: 1}, Fallbacks: 1}},
		"anybody's, no fallback": {nil, false, http.StatusTooManyRequests, 0, sample{New: answers{Requests: 1, Failed: 1}}},
	} {
		k := newFacade(t, facadeOptions{mode: ModeNew, fallback: test.fallback, new: limits, old: sayJSON("{}")})

		got := k.do(t, http.MethodGet, "/api/things/7", http.NoBody, test.headers...)
		if got.StatusCode != test.status || (got.Header.Get("Retry-After") == "7") != (test.status == http.StatusTooManyRequests) {
			t.Errorf("%s: got %d, %v", name, got.StatusCode, got.Header)
		}

		k.wantAsked(t, 1, test.asked)
		k.Close()

		if got := k.route.figures.totals(); got != test.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// closes is a body that knows whether it was closed.
type closes struct {
	io.Reader

	closed atomic.Bool
}

func (c *closes) Close() error {
	c.closed.Store(true)

	return nil
}

// TestBodiesAreClosed, also those that no side gets.
func TestBodiesAreClosed(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		header http.Header
		bases  []string
		find   func(*http.Request) (way, error)
	}{
		"no route":     {find: func(*http.Request) (way, error) { return way{}, errNoRoute }},
		"no match":     {header: http.Header{"If-Match": {`"1"`}}, bases: []string{"http://127.0.0.1:1"}},
		"no replica":   {},
		"no base URL":  {bases: []string{"nowhere"}},
		"nobody there": {bases: []string{"http://127.0.0.1:1"}},
	} {
		k := newFacade(t, facadeOptions{mode: ModeNew, find: test.find})
		k.bases = test.bases

		body := &closes{Reader: strings.NewReader("x")}

		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://facade/api/things/1", body)
		do(t, err)

		maps.Copy(r.Header, test.header)

		response, err := k.transport.RoundTrip(r)
		if err == nil {
			_ = response.Body.Close()

			t.Errorf("%s: it was answered", name)
		}

		if !body.closed.Load() {
			t.Errorf("%s: the body is open still", name)
		}
	}
}
