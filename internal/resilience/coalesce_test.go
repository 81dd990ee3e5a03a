package resilience_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/internal/session"
	"storefront/internal/telemetry"
	"storefront/internal/wire"
	"storefront/upstream/upstreamtest"
)

func TestEqualCallsAreOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.Fail(upstreamtest.User, upstreamtest.Latency(50*ms))

		const callers = 50

		s := k.service(upstreamtest.User)
		calls := make([]<-chan answer, callers)

		for i := range calls {
			calls[i] = begin(t.Context(), s, "user_1")
		}

		for _, call := range calls {
			checkFresh(t, <-call, "user_1", 50*ms)
		}

		if n := k.Calls(upstreamtest.User); n != 1 {
			t.Errorf("%d calls, want 1", n)
		}

		if n := k.series(t, `upstream_cache_hits_total{bff="test",service="user",source="coalesced"}`); n != "49" {
			t.Errorf("%s calls are counted as coalesced, want 49", n)
		}

		// What is over is not shared.
		checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 50*ms)

		if n := k.Calls(upstreamtest.User); n != 2 {
			t.Errorf("%d calls, want 2", n)
		}
	})
}

// TestUnequalCallsAreApart has pairs of calls that differ in one thing. Were
// any of them to share, one client would see what was made for another.
func TestUnequalCallsAreApart(t *testing.T) {
	t.Parallel()

	type caller struct {
		principal session.Principal
		service   upstreamtest.Service
		req       resilience.Request
	}

	usual := caller{"alice", upstreamtest.User, resilience.Request{Path: "/a", Query: "b=c"}}
	tests := map[string]func(*caller){
		"principals":              func(c *caller) { c.principal = "bob" },
		"alice and nobody":        func(c *caller) { c.principal = "" },
		"services":                func(c *caller) { c.service = upstreamtest.Order },
		"paths":                   func(c *caller) { c.req.Path = "/b" },
		"queries":                 func(c *caller) { c.req.Query = "b=d" },
		"a query and none":        func(c *caller) { c.req.Query = "" },
		"a query within the path": func(c *caller) { c.req = resilience.Request{Path: "/a%3Fb=c"} },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				services := map[upstreamtest.Service]*resilience.Service{}

				for _, name := range []upstreamtest.Service{upstreamtest.User, upstreamtest.Order} {
					services[name] = k.service(name)
					k.Set(name, "/", `{"id":"x","name":"n"}`)
					k.Fail(name, upstreamtest.Latency(50*ms))
				}

				other := usual
				change(&other)

				for _, c := range []caller{usual, other, usual, other} {
					go getWith(session.With(t.Context(), c.principal), services[c.service], c.req, nameOf("x"))
				}

				synctest.Wait()

				if n := k.Calls(upstreamtest.User) + k.Calls(upstreamtest.Order); n != 2 {
					t.Errorf("%d calls, want 2", n)
				}

				time.Sleep(50 * ms)
				synctest.Wait()
			})
		})
	}
}

// TestPanicCostsTheCall has an answer that our own code cannot cope with.
func TestPanicCostsTheCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)
		req := resilience.Request{Path: "/users/user_1", Names: true}
		broken := func(*wire.Reader) text { panic("index out of range") }

		record := &telemetry.Record{}
		checkFailed(t, getWith(telemetry.WithRecord(t.Context(), record), s, req, broken), fault.Unavailable, 0)

		if stack := record.Fault(); stack == nil || !strings.Contains(stack.Error(), "coalesce_test.go") {
			t.Errorf("the people on call read %v", stack)
		}

		if ok := k.series(t, `upstream_calls_total{bff="test",outcome="ok",service="user"}`); ok != "0" {
			t.Errorf("%s broken calls are counted as good, want 0", ok)
		}

		checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 0)
		checkStale(t, getWith(t.Context(), s, req, broken), "user_1", fault.Unavailable, 0)
	})
}
