package resilience_test

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/upstream/upstreamtest"
)

// due is a route that stands where a test says.
type due struct {
	side     resilience.Side
	standsIn bool
}

func (*due) Divides() bool { return true }

func (d *due) Due(context.Context, string) resilience.Due {
	return resilience.Due{Side: d.side, StandsIn: d.standsIn}
}

func (d *due) Carry(ctx context.Context, target string, sides resilience.Sides) error {
	if d.side == resilience.NewSide && d.standsIn {
		return newOrOld(ctx, target, sides)
	}

	return only(d.side)(ctx, target, sides)
}

// TestWayBackIsOpen: that the circuit of a service is open is no reason not to ask
// the system that it took over from, nor the other way round.
func TestWayBackIsOpen(t *testing.T) {
	t.Parallel()

	for _, side := range []resilience.Side{resilience.NewSide, resilience.OldSide} {
		t.Run(side.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				at := &due{side: side}
				d := newDivided(t, at)
				failing, well := d.Shop, d.old

				if side == resilience.OldSide {
					failing, well = d.old, d.Shop
				}

				failing.Fail(upstreamtest.User, upstreamtest.Status(503))

				for range 20 {
					_ = get(t.Context(), d.service, "u")
				}

				checkFailed(t, get(t.Context(), d.service, "u"), fault.CircuitOpen, 0)

				at.side = 1 - side
				checkFresh(t, get(t.Context(), d.service, "u"), "u", 0)

				if n := well.Calls(upstreamtest.User); n != 1 {
					t.Errorf("the other one was asked %d times", n)
				}
			})
		})
	}
}

// TestStandsInForAll: where every circuit is open the old system answers still.
func TestStandsInForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDivided(t, &due{standsIn: true})
		d.Fail(upstreamtest.User, upstreamtest.Status(503))

		for i := range 40 {
			id := strconv.Itoa(i)
			checkFresh(t, get(t.Context(), d.service, id), id, 0)
		}

		if state := d.series(t, `upstream_breaker_state{bff="test",service="user"}`); state != "2" {
			t.Errorf("the circuit of the service is %q", state)
		}
	})
}

// rests is a route whose new side is left alone after some requests: the old one
// answers without the new one being asked.
type rests struct{ n, after int }

func (*rests) Divides() bool { return true }

func (r *rests) Due(context.Context, string) resilience.Due { return resilience.Due{StandsIn: true} }

func (r *rests) Carry(ctx context.Context, target string, sides resilience.Sides) error {
	if r.n++; r.n <= r.after {
		return newOrOld(ctx, target, sides)
	}

	return only(resilience.OldSide)(ctx, target, sides)
}

// TestWhoIsNotAskedIsNotJudged: an answer of the old system says nothing of a service
// that was not asked, and of one that failed it says no more than that.
func TestWhoIsNotAskedIsNotJudged(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		after    int // how often the new side is asked, and fails
		oldFault upstreamtest.Fault
		id       string
		state    string
	}{
		"a circuit does not close by it":         {after: 10, id: "u", state: "2"},
		"nor does it open":                       {oldFault: upstreamtest.Status(503), id: "u", state: "0"},
		"that there is no such thing is no cure": {after: 30, id: "missing_", state: "2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := newDivided(t, &rests{after: test.after})
				d.Fail(upstreamtest.User, upstreamtest.Status(503))

				if test.oldFault.Name() != "" {
					d.old.Fail(upstreamtest.User, test.oldFault)
				}

				for i := range 30 {
					_ = get(t.Context(), d.service, test.id+strconv.Itoa(i))

					if i >= test.after {
						time.Sleep(300 * ms)
					}
				}

				if state := d.series(t, `upstream_breaker_state{bff="test",service="user"}`); state != test.state {
					t.Errorf("the circuit is %q, though the service was asked %d times", state, d.Calls(upstreamtest.User))
				}
			})
		})
	}
}

// TestSickReplicaIsEjectedBesideAnOldSystem that stands in for it: the other one
// answers then.
func TestSickReplicaIsEjectedBesideAnOldSystem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t, 2)
		old := upstreamtest.New(t)
		r.shops = append(r.shops, old)

		o := r.options
		o.Old, o.Dividers = "http://2.test", map[string]resilience.Divider{"user": &due{standsIn: true}}
		s := resilience.NewService("user", "http://0.test,http://1.test", r.metrics.Upstream("test", "user"), o)

		r.fail(1, upstreamtest.Status(503))

		for i := range 200 {
			id := strconv.Itoa(i)
			if got := get(t.Context(), s, id); got.err != nil || got.Of != good(id) {
				t.Errorf("got %+v, %v", got.Value, got.err)
			}

			time.Sleep(ms)
		}

		if stoodIn := old.Calls(upstreamtest.User); stoodIn < 5 || stoodIn > 20 {
			t.Errorf("the old system stood in %d times for a replica that fails", stoodIn)
		}
	})
}

// TestBadRecordsAreNoBadSystem: an answer about one thing that cannot be read says
// nothing of others.
func TestBadRecordsAreNoBadSystem(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		ofOne bool
		kind  fault.Kind
	}{"of one": {true, fault.None}, "of all": {false, fault.CircuitOpen}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				s := k.service(upstreamtest.User)
				ask := func(id, about string) answer {
					return getWith(t.Context(), s, resilience.Request{Path: "/users/" + id, Names: true, OfOne: test.ofOne}, nameOf(about))
				}

				for i := range 20 {
					_ = ask("bad_"+strconv.Itoa(i), "somebody else")
				}

				if got := ask("good", "good"); got.kind() != test.kind {
					t.Errorf("got %v", got.err)
				}
			})
		})
	}
}
