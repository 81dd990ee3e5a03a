package strangler

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/internal/telemetry"
)

// fleet is replicas that follow one file. Each has its own figures and guard.
type fleet struct {
	mu       sync.Mutex
	replicas []*atomic.Pointer[route]
	start    time.Time
	moves    []moved
	lost     atomic.Int64 // requests that a client saw fail
}

type moved struct {
	move

	at time.Duration
}

// newFleet starts replicas that stop with ctx.
func newFleet(ctx context.Context, replicas int, r Route) *fleet {
	f := &fleet{start: time.Now()}
	r.Name, r.Fallback = "users", true

	for range replicas {
		own := new(atomic.Pointer[route])
		own.Store(newRoute(r, telemetry.NewMetrics().Strangler().Route(r.Name)))
		f.replicas = append(f.replicas, own)

		g := guard{move: f.move, log: slog.New(slog.DiscardHandler)}
		go g.run(ctx, func() []*route { return []*route{own.Load()} })
	}

	return f
}

// move is what [Table.move] is: the first one wins, and all follow.
func (f *fleet) move(m move) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()

	if f.place() != m.From {
		return false, nil
	}

	for _, own := range f.replicas {
		now := own.Load()
		said := now.Route
		said.Mode, said.Percent = m.To.Mode, m.To.Percent
		own.Store(now.as(said))
	}

	f.moves = append(f.moves, moved{m, time.Since(f.start)})

	return true, nil
}

func (f *fleet) moved() bool {
	f.mu.Lock()
	defer f.mu.Unlock()

	return len(f.moves) > 0
}

func (f *fleet) place() place { return f.replicas[0].Load().place() }

// load is what is asked of a fleet: so many requests a second, by turns of each
// replica. A side answers or fails.
type load struct {
	rate     int
	lasts    time.Duration
	once     bool // The first move ends it.
	seed     int
	budget   time.Duration // of a request, 0 for a second
	old, new func(context.Context, *rand.Rand) error
}

func (f *fleet) bear(ctx context.Context, l load) {
	var all sync.WaitGroup
	defer all.Wait()

	for i := range int(l.lasts.Seconds() * float64(l.rate)) {
		if l.once && f.moved() {
			return
		}

		time.Sleep(time.Until(f.start.Add(time.Duration(i) * time.Second / time.Duration(l.rate))))

		random := rand.New(rand.NewPCG(uint64(1+l.seed), uint64(i))) //nolint:gosec // The same each time.
		r := f.replicas[i%len(f.replicas)].Load()
		w := &way{table: &Table{shadows: noShadows()}, route: r, side: Old, entry: userEntry(r), by: New, asked: "/users/1", safe: true}

		if r.Mode == ModePercent && random.IntN(wholePercent) < r.Percent {
			w.side = New
		}

		all.Go(func() {
			budget, cancel := context.WithTimeout(ctx, cmp.Or(l.budget, time.Second))
			defer cancel()

			err := w.carry(budget, &sides{answer: func(ctx context.Context, ask Ask) (Reply, error) {
				if ask.Side == New {
					return Reply{}, l.new(ctx, random)
				}

				return Reply{}, l.old(ctx, random)
			}})
			if err != nil {
				f.lost.Add(1)
			}
		})
	}
}

// in answers in about so long: now and then it takes much longer, in the manner
// of services.
func in(median time.Duration, deviation float64) func(context.Context, *rand.Rand) error {
	return func(ctx context.Context, r *rand.Rand) error {
		return takes(ctx, time.Duration(float64(median)*math.Exp(deviation*r.NormFloat64())))
	}
}

// takes answers after so long, in so far as anybody waits.
func takes(ctx context.Context, long time.Duration) error {
	select {
	case <-time.After(long):
		return nil
	case <-ctx.Done():
		return fault.Wrap(fault.Timeout, ctx.Err())
	}
}

var errBroken = fault.New(fault.Unavailable, "status 500")

// in20 is a good side.
func in20(ctx context.Context, r *rand.Rand) error { return in(20*time.Millisecond, 0.3)(ctx, r) }

func broken(context.Context, *rand.Rand) error { return errBroken }

// until has a side change once virtual time, which begins in 2000, is so old.
func until(when time.Duration, before, then func(context.Context, *rand.Rand) error) func(context.Context, *rand.Rand) error {
	change := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(when)

	return func(ctx context.Context, r *rand.Rand) error {
		if time.Now().Before(change) {
			return before(ctx, r)
		}

		return then(ctx, r)
	}
}

// flaky has a side fail now and then.
func flaky(share float64, side func(context.Context, *rand.Rand) error) func(context.Context, *rand.Rand) error {
	return func(ctx context.Context, r *rand.Rand) error {
		if r.Float64() < share {
			return errBroken
		}

		return side(ctx, r)
	}
}

// play has a fleet bear a load in virtual time.
func play(t *testing.T, replicas int, r Route, l load) (f *fleet) {
	t.Helper()

	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()

		f = newFleet(ctx, replicas, r)
		f.bear(ctx, l)
	})

	return f
}

// A good new side takes over in steps, each as long as it is to be; at the end
// it is still guarded.
func TestRampGoesUp(t *testing.T) {
	t.Parallel()

	const last = 4

	ramp := &Ramp{Step: 30, Every: time.Minute, MaxErrorRatio: 0.01, MaxDiffRatio: new(0.001), MaxP99Ratio: 1.2}
	f := play(t, 3, Route{Mode: ModePercent, Ramp: ramp}, load{rate: 30, lasts: 6 * time.Minute, old: in20, new: until(5*time.Minute+30*time.Second, in20, broken)})

	if len(f.moves) != last+1 {
		t.Fatalf("%+v", f.moves)
	}

	for i, percent := range []int{30, 60, 90, 100} {
		m, due := f.moves[i], time.Duration(i+1)*ramp.Every
		if m.To != (place{ModePercent, percent}) || m.By != "ramp" || m.at < due || m.at > due+5*time.Second {
			t.Errorf("%+v at %s", m.move, m.at)
		}
	}

	if m := f.moves[last]; m.To != (place{Mode: ModeOld}) || m.By != "guard" || m.at > 5*time.Minute+35*time.Second {
		t.Errorf("%+v at %s", m.move, m.at)
	}

	if lost := f.lost.Load(); lost > 0 {
		t.Errorf("%d requests were lost", lost)
	}
}

// A new side that starts failing at 25 %, at once or by hanging, is off within
// 5 s, for good, and no client has seen it.
func TestGuardTurnsBack(t *testing.T) {
	t.Parallel()

	const bad = 12 * time.Second

	for _, replicas := range []int{1, 3} {
		for _, rate := range []int{10, 100, 1000} {
			for how, fails := range map[string]func(context.Context, *rand.Rand) error{
				"fails": broken,
				"hangs": func(ctx context.Context, _ *rand.Rand) error { return takes(ctx, time.Hour) },
			} {
				t.Run(fmt.Sprintf("%d replicas, %d/s, %s", replicas, rate, how), func(t *testing.T) {
					t.Parallel()

					f := play(t, replicas, Route{Mode: ModePercent, Percent: 25, Ramp: &Ramp{Step: 5, Every: time.Hour, MaxErrorRatio: 0.01}},
						load{rate: rate, lasts: 2 * bad, old: in20, new: until(bad, in20, fails)})

					if len(f.moves) != 1 || f.moves[0].To != (place{Mode: ModeOld}) || f.moves[0].at < bad || f.moves[0].at > bad+5*time.Second {
						t.Errorf("%+v", f.moves)
					}

					if lost := f.lost.Load(); lost > 0 {
						t.Errorf("%d requests were lost", lost)
					}
				})
			}
		}
	}
}

// What is no accident moves a route back, and what is one does not.
func TestGuardTellsAccidents(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		percent, rate int
		old, new      func(context.Context, *rand.Rand) error
		back          bool
	}{
		"half of the failures that may be":    {100, 100, in20, flaky(0.005, in20), false},
		"as many as may be":                   {50, 100, in20, flaky(0.01, in20), false},
		"few requests":                        {50, 10, in20, flaky(0.005, in20), false},
		"three times as many":                 {50, 100, in20, flaky(0.03, in20), true},
		"30 % slower":                         {25, 100, in(20*time.Millisecond, 0), in(26*time.Millisecond, 0), true},
		"30 % slower, and by turns":           {50, 100, in(20*time.Millisecond, 0.2), in(26*time.Millisecond, 0.2), true},
		"just as slow, with a long tail":      {90, 50, in(20*time.Millisecond, 0.5), in(20*time.Millisecond, 0.5), false},
		"half as slow again, but so is noise": {50, 50, in(time.Millisecond, 0.3), in(1500*time.Microsecond, 0.3), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			ramp := &Ramp{Step: 5, Every: time.Hour, MaxErrorRatio: 0.01, MaxP99Ratio: 1.2}
			f := play(t, 1, Route{Mode: ModePercent, Percent: test.percent, Ramp: ramp}, load{rate: test.rate, lasts: 10 * time.Minute, once: true, old: test.old, new: test.new})

			if went := len(f.moves) > 0; went != test.back || went && f.moves[0].By != "guard" {
				t.Errorf("%+v", f.moves)
			}
		})
	}
}
