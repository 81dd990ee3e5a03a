package strangler

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/internal/telemetry"
)

// sides are two systems that do what a test says.
type sides struct {
	answer func(ctx context.Context, ask Ask) (Reply, error)
	peeked int
}

func (s *sides) Answer(ctx context.Context, ask Ask) (Reply, error) {
	if ask.Patience > 0 { // As those of package resilience.
		short, cancel := context.WithTimeout(ctx, ask.Patience)
		defer cancel()

		ctx = short
	}

	return s.answer(ctx, ask)
}

func (s *sides) Until(ctx context.Context) (time.Time, bool) { return ctx.Deadline() }

func (s *sides) Peek() func(ctx context.Context, ask Ask) (Reply, error) {
	s.peeked++

	return s.answer
}

// wayOf is a way of a safe request on a route of its own.
func wayOf(side Side, r Route) *way {
	r.Name, r.Methods = "users", []string{http.MethodGet}
	route := newRoute(r, telemetry.NewMetrics().Strangler().Route(r.Name))

	return &way{table: &Table{shadows: noShadows()}, route: route, side: side, entry: userEntry(route), by: New, asked: "/users/1", safe: true}
}

// noShadows take what is offered and ask nobody.
func noShadows() *shadows {
	s := newShadows()
	_ = s.close()

	return s
}

// userEntry is how our own clients ask for users.
func userEntry(r *route) *entry {
	e := newEntry(r, New, Path{Old: "/api/users/{id}", New: "/users/{id}"})

	return &e
}

// What each path does: who is asked, for how long, what the client has, and what
// the figures say.
func TestCarry(t *testing.T) {
	t.Parallel()

	const budget = 100 * moment

	type says = func(ctx context.Context) (Reply, error)

	var (
		good    = func(context.Context) (Reply, error) { return Reply{Status: http.StatusOK}, nil }
		fails   = func(context.Context) (Reply, error) { return Reply{}, errBroken }
		status  = func(context.Context) (Reply, error) { return Reply{Status: http.StatusBadGateway}, nil }
		busy    = func(context.Context) (Reply, error) { return Reply{Status: http.StatusTooManyRequests}, nil }
		missing = func(context.Context) (Reply, error) {
			return Reply{Status: http.StatusNotFound}, fault.New(fault.NotFound, "status 404")
		}
		hangs = func(ctx context.Context) (Reply, error) {
			<-ctx.Done()

			return Reply{}, fault.Wrap(fault.KindOf(ctx.Err()), ctx.Err())
		}
		late = func(context.Context) (Reply, error) { // It has no patience.
			time.Sleep(budget + moment)

			return Reply{}, fault.New(fault.Timeout, "late")
		}
		breaks = func(ctx context.Context) (Reply, error) { // The connection is cut as the client leaves.
			<-ctx.Done()

			return Reply{}, errBroken
		}
	)

	back := Route{Mode: ModeNew, Fallback: true}
	ramped := Route{Mode: ModePercent, Ramp: &Ramp{MaxDiffRatio: new(0.001)}}

	for name, test := range map[string]struct {
		side     Side
		route    Route
		unsafe   bool
		new, old says
		leaves   time.Duration // when the client does
		asked    string
		kind     fault.Kind
		figures  sample
	}{
		"old":            {Old, Route{Mode: ModeOld, Fallback: true}, false, nil, good, 0, "old", fault.None, sample{Old: answers{Requests: 1}}},
		"old that fails": {Old, Route{Mode: ModeOld, Fallback: true}, false, nil, fails, 0, "old", fault.Unavailable, sample{Old: answers{Requests: 1, Failed: 1}}},
		"new":            {New, Route{Mode: ModeNew}, false, good, nil, 0, "new", fault.None, sample{New: answers{Requests: 1}}},
		"new that fails": {New, Route{Mode: ModeNew}, false, fails, nil, 0, "new", fault.Unavailable, sample{New: answers{Requests: 1, Failed: 1}}},
		"new, in time":   {New, back, false, good, nil, 0, "new", fault.None, sample{New: answers{Requests: 1}}},

		"fallback":                {New, back, false, fails, good, 0, "new old", fault.None, sample{New: answers{Requests: 1, Failed: 1}, Old: answers{Requests: 1}, Fallbacks: 1}},
		"fallback for a status":   {New, back, false, status, good, 0, "new old", fault.None, sample{New: answers{Requests: 1, Failed: 1}, Old: answers{Requests: 1}, Fallbacks: 1}},
		"fallback for too much":   {New, back, false, busy, good, 0, "new old", fault.None, sample{New: answers{Requests: 1, Failed: 1}, Old: answers{Requests: 1}, Fallbacks: 1}},
		"fallback for what hangs": {New, back, false, hangs, good, 0, "new old", fault.None, sample{New: answers{Requests: 1, Failed: 1}, Old: answers{Requests: 1}, Fallbacks: 1}},
		"fallback that fails":     {New, back, false, fails, missing, 0, "new old", fault.NotFound, sample{New: answers{Requests: 1, Failed: 1}, Old: answers{Requests: 1}, Fallbacks: 1}},
		"both hang":               {New, back, false, hangs, hangs, 0, "new old", fault.Timeout, sample{New: answers{Requests: 1, Failed: 1}, Old: answers{Requests: 1, Failed: 1}, Fallbacks: 1}},
		"no fallback for a 404":   {New, back, false, missing, good, 0, "new", fault.NotFound, sample{New: answers{Requests: 1}}},
		"no fallback of a write":  {New, back, true, fails, good, 0, "new", fault.Unavailable, sample{New: answers{Requests: 1, Failed: 1}}},

		"the client leaves":                {New, back, false, hangs, good, 10 * moment, "new", fault.Canceled, sample{}},
		"the client leaves, and it breaks": {New, back, false, breaks, good, 10 * moment, "new", fault.Unavailable, sample{}},
		"the client leaves the old side":   {Old, Route{Mode: ModeShadow}, false, nil, hangs, 10 * moment, "old", fault.Canceled, sample{}},
		"the budget ends without fallback": {New, Route{Mode: ModeNew}, false, hangs, good, 0, "new", fault.Timeout, sample{New: answers{Requests: 1, Failed: 1}}},

		"the budget ends with a fallback": {New, back, false, late, good, 0, "new", fault.Timeout, sample{New: answers{Requests: 1, Failed: 1}}},

		"shadow":                       {Old, Route{Mode: ModeShadow}, false, nil, good, 0, "old kept", fault.None, sample{Old: answers{Requests: 1}}},
		"shadow of a 404":              {Old, Route{Mode: ModeShadow}, false, nil, missing, 0, "old kept", fault.NotFound, sample{Old: answers{Requests: 1}}},
		"no shadow of a failure":       {Old, Route{Mode: ModeShadow}, false, nil, status, 0, "old", fault.None, sample{Old: answers{Requests: 1, Failed: 1}}},
		"no shadow of a write":         {Old, Route{Mode: ModeShadow}, true, nil, good, 0, "old", fault.None, sample{Old: answers{Requests: 1}}},
		"a ramp that compares":         {Old, ramped, false, nil, good, 0, "old kept", fault.None, sample{Old: answers{Requests: 1}}},
		"a ramp that does not compare": {Old, Route{Mode: ModePercent, Ramp: &Ramp{MaxErrorRatio: 1}}, false, nil, good, 0, "old", fault.None, sample{Old: answers{Requests: 1}}},
		"percent without a ramp":       {Old, Route{Mode: ModePercent}, false, nil, good, 0, "old", fault.None, sample{Old: answers{Requests: 1}}},
		"no shadow of a fallback":      {New, Route{Mode: ModePercent, Fallback: true, Ramp: ramped.Ramp}, false, fails, good, 0, "new old", fault.None, sample{New: answers{Requests: 1, Failed: 1}, Old: answers{Requests: 1}, Fallbacks: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), budget)
				defer cancel()

				if test.leaves > 0 {
					time.AfterFunc(test.leaves, cancel)
				}

				w := wayOf(test.side, test.route)
				w.safe = !test.unsafe

				var asked []string

				s := &sides{answer: func(ctx context.Context, ask Ask) (Reply, error) {
					asked = append(asked, ask.Side.String())

					if ask.Target != w.target(ask.Side) {
						t.Errorf("%s is asked for %s", ask.Side, ask.Target)
					}

					if ask.Side == New {
						return test.new(ctx)
					}

					deadline, _ := ctx.Deadline()
					if left := time.Until(deadline); left < budget/2 {
						t.Errorf("the old side has %s", left)
					}

					return test.old(ctx)
				}}

				err := w.carry(ctx, s)

				if s.peeked > 0 {
					asked = append(asked, "kept")
				}

				if got := strings.Join(asked, " "); got != test.asked || fault.KindOf(err) != test.kind {
					t.Errorf("asked %s: %v", got, err)
				}

				if got := w.route.figures.totals(); got != test.figures {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

// A side that is known to fail is not asked, which counts as a fallback, and for
// a ramp as a failure.
func TestCarryLetsRest(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		w := wayOf(New, Route{Mode: ModePercent, Fallback: true})
		asked := 0
		s := &sides{answer: func(_ context.Context, ask Ask) (Reply, error) {
			if ask.Side == Old {
				return Reply{}, nil
			}

			asked++

			return Reply{}, errBroken
		}}

		for range 3 * healthFailures {
			if err := w.carry(t.Context(), s); err != nil {
				t.Error(err)
			}
		}

		if got := w.route.figures.totals(); asked != healthFailures || failures(got) != 3*healthFailures || due(got) != 3*healthFailures || got.Fallbacks != 3*healthFailures {
			t.Errorf("asked %d times: %+v", asked, got)
		}
	})
}

// A panic goes on, counts as a failure, and holds no permit: each of these would
// be the only probe for ever.
func TestCarryPanics(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		w := wayOf(New, Route{Mode: ModeNew, Fallback: true})
		s := &sides{answer: func(context.Context, Ask) (Reply, error) { panic("a mistake") }}

		for range healthFailures + 2 {
			func() {
				defer func() {
					if said := recover(); said != "a mistake" {
						t.Errorf("%v", said)
					}
				}()

				_ = w.carry(t.Context(), s)
			}()

			if w.route.figures.totals().New.Failed >= healthFailures {
				time.Sleep(healthLongest)
			}
		}

		if got := w.route.figures.totals(); got.New.Failed != healthFailures+2 || got.Fallbacks != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// Who is not bounded has patience all the same.
func TestPatience(t *testing.T) {
	t.Parallel()

	if p := patience(time.Time{}, false); p != time.Second {
		t.Errorf("without a deadline: %s", p)
	}

	if p := patience(time.Now().Add(-time.Second), true); p != time.Millisecond {
		t.Errorf("after the deadline: %s", p)
	}
}

func BenchmarkAnswered(b *testing.B) {
	f := newFigures(telemetry.NewMetrics().Strangler().Route("users"))
	now := time.Now()

	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			f.answered(New, false, now, time.Millisecond)
		}
	})
}

func BenchmarkCarry(b *testing.B) {
	good := &sides{answer: func(context.Context, Ask) (Reply, error) { return Reply{}, nil }}

	for name, w := range map[string]*way{
		"new":          wayOf(New, Route{Mode: ModeNew}),
		"new-fallback": wayOf(New, Route{Mode: ModeNew, Fallback: true}),
		"old":          wayOf(Old, Route{Mode: ModeOld}),

		"shadow": wayOf(Old, Route{Mode: ModeShadow}),
	} {
		b.Run(name, func(b *testing.B) {
			ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
			defer cancel()

			b.ReportAllocs()

			for b.Loop() {
				_ = w.carry(ctx, good)
			}
		})
	}
}
