package resilience_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/internal/session"
	"storefront/internal/telemetry"
	"storefront/upstream/upstreamtest"
)

// way is how a test has a request answered.
type way func(ctx context.Context, target string, sides resilience.Sides) error

// Carry answers a request that way.
func (w way) Carry(ctx context.Context, target string, sides resilience.Sides) error {
	return w(ctx, target, sides)
}

func (way) Divides() bool { return false }

// Due is the new side, unless the test says otherwise.
func (w way) Due(context.Context, string) resilience.Due { return resilience.Due{} }

// only has one side answer.
func only(side resilience.Side) way {
	return func(ctx context.Context, target string, sides resilience.Sides) error {
		_, err := sides.Answer(ctx, resilience.Ask{Side: side, Target: target})

		return err
	}
}

// newOrOld has the old side answer where the new one does not.
func newOrOld(ctx context.Context, target string, sides resilience.Sides) error {
	if _, err := sides.Answer(ctx, resilience.Ask{Target: target, Patience: 100 * ms}); err == nil {
		return nil
	}

	return only(resilience.OldSide)(ctx, target, sides)
}

// divided is a service beside an older system that answers the same.
type divided struct {
	*kit

	old     *upstreamtest.Shop
	service *resilience.Service
}

func newDivided(t *testing.T, by resilience.Divider) *divided {
	t.Helper()

	d := &divided{kit: newKit(t), old: upstreamtest.New(t)}
	d.options.Old = strings.Replace(d.old.URL(upstreamtest.User), "http://", "http://old-", 1)
	d.options.Dividers = map[string]resilience.Divider{"user": by}

	dial := d.options.Dial
	d.options.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if old, is := strings.CutPrefix(addr, "old-"); is {
			return d.old.DialContext(ctx, network, old)
		}

		return dial(ctx, network, addr)
	}

	if transport, ok := d.options.Transport.(*http.Transport); ok {
		transport.DialContext = d.options.Dial
	}

	d.service = d.kit.service(upstreamtest.User)

	return d
}

// TestSides has a request answered by either side, and by one for the other.
func TestSides(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		by                 way
		newFault, oldFault upstreamtest.Fault
		newCalls, oldCalls int
		kind               fault.Kind
		after              time.Duration
	}{
		"new":               {by: only(resilience.NewSide), newCalls: 1},
		"old":               {by: only(resilience.OldSide), oldCalls: 1},
		"new is well":       {by: newOrOld, newCalls: 1},
		"new says 503":      {by: newOrOld, newFault: upstreamtest.Status(503), newCalls: 1, oldCalls: 1},
		"new says garbage":  {by: newOrOld, newFault: upstreamtest.Garbage(), newCalls: 1, oldCalls: 1},
		"new lies":          {by: newOrOld, newFault: upstreamtest.WrongUser(), newCalls: 1, oldCalls: 1},
		"new hangs":         {by: newOrOld, newFault: upstreamtest.Hang(), newCalls: 1, oldCalls: 1, after: 100 * ms},
		"both fail":         {by: newOrOld, newFault: upstreamtest.Status(503), oldFault: upstreamtest.Garbage(), newCalls: 1, oldCalls: 1, kind: fault.InvalidResponse},
		"both hang":         {by: newOrOld, newFault: upstreamtest.Hang(), oldFault: upstreamtest.Hang(), newCalls: 1, oldCalls: 1, kind: fault.Timeout, after: attemptTimeout},
		"old is not needed": {by: only(resilience.NewSide), oldFault: upstreamtest.Hang(), newCalls: 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := newDivided(t, test.by)
				if test.newFault.Name() != "" {
					d.Fail(upstreamtest.User, test.newFault)
				}

				if test.oldFault.Name() != "" {
					d.old.Fail(upstreamtest.User, test.oldFault)
				}

				got := get(t.Context(), d.service, "u")
				if test.kind == fault.None {
					checkFresh(t, got, "u", test.after)
				} else {
					checkFailed(t, got, test.kind, test.after)
				}

				if asked, old := d.Calls(upstreamtest.User), d.old.Calls(upstreamtest.User); asked != test.newCalls || old != test.oldCalls {
					t.Errorf("new was asked %d times, old %d", asked, old)
				}
			})
		})
	}
}

// TestKeptAndPeeked: what is compared is what both have said, and the question
// to the other side outlives the request.
func TestKeptAndPeeked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var (
			said resilience.Reply
			peek func(context.Context, resilience.Ask) (resilience.Reply, error)
		)

		d := newDivided(t, way(func(ctx context.Context, target string, sides resilience.Sides) (err error) {
			said, err = sides.Answer(ctx, resilience.Ask{Side: resilience.OldSide, Target: target, Keep: true})
			peek = sides.Peek()

			return err
		}))

		ctx, cancel := context.WithCancel(t.Context())
		checkFresh(t, get(ctx, d.service, "u"), "u", 0)
		cancel()

		other, err := peek(t.Context(), resilience.Ask{Target: "/users/u"})
		if err != nil || other.Status != http.StatusOK || string(other.Body) != string(said.Body) || len(said.Body) == 0 || said.Status != http.StatusOK {
			t.Errorf("old said %+v, new %+v, %v", said, other, err)
		}

		for _, target := range []string{"/users/missing_1", "/nothing"} {
			if other, err = peek(t.Context(), resilience.Ask{Target: target}); err != nil || other.Status != http.StatusNotFound {
				t.Errorf("%s: %+v, %v", target, other, err)
			}
		}

		checkFailed(t, get(t.Context(), d.service, "missing_1"), fault.NotFound, 0)

		if said.Status != http.StatusNotFound {
			t.Errorf("old said %+v", said)
		}
	})
}

// TestWhoIsAskedAfterwardsHasTheRest, and is told so: not what there was when the
// other side was asked, nor as long as a call may take at most.
func TestWhoIsAskedAfterwardsHasTheRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const budget, between = 700 * ms, 250 * ms

		d := newDivided(t, way(func(ctx context.Context, target string, sides resilience.Sides) error {
			until, bounded := sides.Until(ctx)
			if left := time.Until(until); !bounded || left != budget {
				t.Errorf("the request lasts %v, %v", left, bounded)
			}

			_, _ = sides.Answer(ctx, resilience.Ask{Target: target})

			time.Sleep(between)

			_, _ = sides.Answer(ctx, resilience.Ask{Target: target, Patience: time.Hour})

			return newOrOld(ctx, target, sides)
		}))
		d.Fail(upstreamtest.User, upstreamtest.Status(503).First(2), upstreamtest.Hang())

		ctx, cancel := context.WithTimeout(t.Context(), budget)
		defer cancel()

		checkFresh(t, get(ctx, d.service, "u"), "u", between+100*ms)

		var left []string

		for _, r := range append(d.Requests(upstreamtest.User), d.old.Requests(upstreamtest.User)...) {
			left = append(left, r.Header.Get("X-Request-Timeout-Ms"))
		}

		if strings.Join(left, " ") != "700 450 100 350" {
			t.Errorf("said %v", left)
		}
	})
}

// TestSidesSayHowMuchTimeIsLeft, of the part that a side is given.
func TestSidesSayHowMuchTimeIsLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDivided(t, way(func(ctx context.Context, target string, sides resilience.Sides) error {
			_, err := sides.Answer(ctx, resilience.Ask{Target: target, Patience: 100 * ms})

			short, cancel := context.WithTimeout(context.WithoutCancel(ctx), 50*ms)
			defer cancel()

			_, _ = sides.Peek()(short, resilience.Ask{Target: target})

			return err
		}))

		ctx, cancel := context.WithTimeout(t.Context(), 700*ms)
		defer cancel()

		checkFresh(t, get(ctx, d.service, "u"), "u", 0)

		var left []string
		for _, r := range d.Requests(upstreamtest.User) {
			left = append(left, r.Header.Get("X-Request-Timeout-Ms"))
		}

		if strings.Join(left, " ") != "100 50" {
			t.Errorf("said %v", left)
		}
	})
}

// TestTagsOfOneSideStayThere: both count their versions from 1, so that "1" of
// one is not "1" of the other.
func TestTagsOfOneSideStayThere(t *testing.T) {
	t.Parallel()

	var (
		mu    sync.Mutex
		asked []string
		side  resilience.Side
	)

	version := func(name string) *httptest.Server {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()

			asked = append(asked, name+r.Header.Get("If-None-Match"))

			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Etag", `"1"`)
			w.Header().Set("Cache-Control", "private, no-cache")

			if r.Header.Get("If-None-Match") == `"1"` {
				w.WriteHeader(http.StatusNotModified)

				return
			}

			_, _ = w.Write([]byte(`{"id":"u","name":"` + name + `"}`))
		}))
		t.Cleanup(server.Close)

		return server
	}
	oldSystem, service := version("old"), version("new")

	transport := resilience.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)

	s := resilience.NewService("user", service.URL, telemetry.NewMetrics().Upstream("test", "user"), resilience.Options{
		Transport: transport, Lean: lean, AttemptTimeout: 5 * time.Second, Tracer: telemetry.NewTracer(nil),
		Old: oldSystem.URL, Dividers: map[string]resilience.Divider{
			"user": way(func(ctx context.Context, target string, sides resilience.Sides) error {
				return only(side)(ctx, target, sides)
			}),
		},
		LastGood: newKit(t).options.LastGood, Answers: resilience.NewAnswers(1 << 20),
	})

	for _, step := range []struct {
		side resilience.Side
		name text
	}{{resilience.NewSide, "new"}, {resilience.NewSide, "new"}, {resilience.OldSide, "old"}, {resilience.OldSide, "old"}, {resilience.NewSide, "new"}} {
		side = step.side
		if got := get(t.Context(), s, "u"); got.err != nil || got.Of != step.name {
			t.Errorf("%v said %+v, %v", side, got.Value, got.err)
		}
	}

	if want := []string{"new", `new"1"`, "old", "old", "new"}; !slices.Equal(asked, want) {
		t.Errorf("asked %v", asked)
	}
}

// TestPersonalAnswersAreNotShared: whoever else asks may be due for the other
// side.
func TestPersonalAnswersAreNotShared(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		side     resilience.Side
		personal bool
		calls    int32
	}{
		"shared": {resilience.NewSide, false, 1}, "personal": {resilience.NewSide, true, 2},
		"shared, old": {resilience.OldSide, false, 1}, "personal, old": {resilience.OldSide, true, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var calls atomic.Int32

			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				calls.Add(1)
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Cache-Control", "public, max-age=60")
				_, _ = w.Write([]byte(`{"id":"u","name":"Ann"}`))
			}))
			t.Cleanup(server.Close)

			transport := resilience.NewTransport()
			t.Cleanup(transport.CloseIdleConnections)

			s := resilience.NewService("user", server.URL, telemetry.NewMetrics().Upstream("test", "user"), resilience.Options{
				Transport: transport, Lean: lean, AttemptTimeout: 5 * time.Second, Tracer: telemetry.NewTracer(nil), Old: server.URL,
				Dividers: map[string]resilience.Divider{"user": way(func(ctx context.Context, target string, sides resilience.Sides) error {
					_, err := sides.Answer(ctx, resilience.Ask{Side: test.side, Target: target, Personal: test.personal})

					return err
				})},
				LastGood: newKit(t).options.LastGood, Answers: resilience.NewAnswers(1 << 20),
			})

			for _, who := range []session.Principal{"ann", "bob", "ann", "bob"} {
				if got := get(session.With(t.Context(), who), s, "u"); got.err != nil || got.Of != "Ann" {
					t.Errorf("%s got %+v, %v", who, got.Value, got.err)
				}
			}

			if calls.Load() != test.calls {
				t.Errorf("%d calls, want %d", calls.Load(), test.calls)
			}
		})
	}
}
