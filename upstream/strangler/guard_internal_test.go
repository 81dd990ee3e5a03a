package strangler

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/telemetry"
)

// guarded is a guard over one route, and what it did.
type guarded struct {
	guard

	route *route
	moves []move
	log   bytes.Buffer
	err   error
}

func guardOf(r Route) *guarded {
	r.Name = "users"
	g := &guarded{route: newRoute(r, telemetry.NewMetrics().Strangler().Route(r.Name))}
	g.guard = guard{log: slog.New(slog.NewTextHandler(&g.log, nil)), move: func(m move) (bool, error) {
		g.moves = append(g.moves, m)

		return g.err == nil, g.err
	}}

	return g
}

// to puts another route of the same name in the place of the one in force, as a
// new file does.
func (g *guarded) to(mode Mode, percent int) {
	said := g.route.Route
	said.Mode, said.Percent = mode, percent
	g.route = g.route.as(said)
}

// pass lets time pass while both sides answer ten requests a second, in so long
// and so many failing.
func (g *guarded) pass(lasts, fresh, old time.Duration, failing bool) {
	const interval = 100 * time.Millisecond

	for i := range int(lasts / interval) {
		time.Sleep(interval)

		asked := func(took time.Duration) time.Time { return time.Now().Add(-took) }
		if fresh > 0 {
			g.route.figures.answered(New, failing, asked(fresh), fresh)
		}

		if old > 0 {
			g.route.figures.answered(Old, false, asked(old), old)
		}

		if i%5 == 0 {
			g.look(context.Background(), []*route{g.route})
		}
	}
}

// A step is as long as it is to be from the last change on, whoever made it and
// however often the file is read in between.
func TestGuardCountsFromTheLastChange(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		g := guardOf(Route{Mode: ModePercent, Percent: 5, Ramp: &Ramp{Step: 5, Every: time.Minute}})

		g.pass(50*time.Second, moment, moment, false)
		g.to(ModePercent, 20) // By an operator.
		g.pass(30*time.Second, moment, moment, false)
		g.to(ModePercent, 20) // The file is read again.
		g.pass(29*time.Second, moment, moment, false)

		if len(g.moves) > 0 {
			t.Fatalf("too early: %+v", g.moves)
		}

		g.pass(2*time.Second, moment, moment, false)

		if len(g.moves) == 0 || g.moves[0].From != (place{ModePercent, 20}) || g.moves[0].To != (place{ModePercent, 25}) {
			t.Errorf("%+v", g.moves)
		}
	})
}

// A route that went back stays there. When it is to try again, what was before
// does not count.
func TestGuardForgives(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		g := guardOf(Route{Mode: ModePercent, Percent: 5, Ramp: &Ramp{Step: 5, Every: time.Hour, MaxErrorRatio: 0.01}})

		g.pass(2*time.Second, moment, moment, true)

		if len(g.moves) == 0 || g.moves[0].To != (place{Mode: ModeOld}) {
			t.Fatalf("%+v", g.moves)
		}

		g.moves = nil
		g.to(ModeOld, 0)
		g.pass(time.Second, moment, moment, true) // What was under way.
		g.to(ModePercent, 5)
		g.pass(10*time.Second, moment, moment, false)

		if len(g.moves) > 0 {
			t.Errorf("%+v", g.moves)
		}
	})
}

// Where the old side is hardly asked any more the new one is held against what
// the old one did, in the slowest of its last minutes.
// TestGuardSeesWhatIsOverBetweenTwoLooks: who sends a route out again at once is not
// answered with what was seen before.
func TestGuardSeesWhatIsOverBetweenTwoLooks(t *testing.T) {
	t.Parallel()

	for name, back := range map[string]bool{"sent out again": true, "nobody did anything": false} {
		synctest.Test(t, func(t *testing.T) {
			g := guardOf(Route{Mode: ModePercent, Percent: 50, Ramp: &Ramp{Step: 5, Every: time.Minute, MaxErrorRatio: 0.01}})

			g.pass(2*time.Second, moment, moment, true)

			seen := len(g.moves)
			if seen == 0 {
				t.Fatal("it was to be sent back")
			}

			if back {
				g.to(ModeOld, 0)
				g.to(ModePercent, 50)
			}

			g.pass(2*time.Second, moment, moment, false)

			if again := len(g.moves) > seen; again == back {
				t.Errorf("%s: %+v", name, g.moves)
			}
		})
	}
}

func TestGuardRemembersTheOldPace(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		old   [2]time.Duration // at first, and then for a minute
		fresh time.Duration
		back  bool
	}{
		"slower":                           {[2]time.Duration{20 * moment, 20 * moment}, 30 * moment, true},
		"slower than the old side of late": {[2]time.Duration{40 * moment, 20 * moment}, 30 * moment, false},
		"never known":                      {[2]time.Duration{}, 30 * moment, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			synctest.Test(t, func(t *testing.T) {
				g := guardOf(Route{Mode: ModePercent, Percent: 95, Ramp: &Ramp{Step: 5, Every: time.Hour, MaxP99Ratio: 1.2}})

				g.pass(2*time.Minute, 20*moment, test.old[0], false)
				g.pass(2*time.Minute, 20*moment, test.old[1], false)
				g.pass(2*time.Minute, 20*moment, 0, false)
				g.to(ModePercent, 100)

				if len(g.moves) > 0 {
					t.Fatalf("%+v", g.moves)
				}

				g.pass(90*time.Second, test.fresh, 0, false)

				if back := len(g.moves) > 0; back != test.back {
					t.Errorf("%+v", g.moves)
				}
			})
		})
	}
}

// A move that cannot be made is tried again, and said once.
func TestGuardSaysOnceWhatFails(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		g := guardOf(Route{Mode: ModePercent, Ramp: &Ramp{Step: 5, Every: time.Second}})
		g.err = errors.New("read-only file system")
		g.pass(5*time.Second, moment, moment, false)

		if len(g.moves) < 2 || strings.Count(g.log.String(), "strangler move") != 1 || !strings.Contains(g.log.String(), "read-only") {
			t.Errorf("%d moves, %s", len(g.moves), g.log.String())
		}
	})
}

// Routes without a ramp, and in other modes, are left alone; what is known of
// one that is gone goes with it.
func TestGuardLeavesOthersAlone(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		for _, r := range []Route{
			{Mode: ModePercent}, {Mode: ModeShadow, Ramp: &Ramp{Step: 5, MaxErrorRatio: 0.01}}, {Mode: ModeNew, Ramp: &Ramp{Step: 5, MaxErrorRatio: 0.01}},
		} {
			g := guardOf(r)
			g.pass(5*time.Second, moment, moment, true)

			if len(g.moves) > 0 {
				t.Errorf("%+v: %+v", r, g.moves)
			}

			if g.look(t.Context(), nil); len(g.watches) > 0 {
				t.Errorf("%d are watched", len(g.watches))
			}
		}
	})
}

// The guard of a table ends with its context.
func TestTableGuard(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		table := &Table{options: Options{Log: slog.New(slog.DiscardHandler)}}
		table.routes.Store(&routes{all: []*route{guardOf(Route{Mode: ModeNew, Ramp: &Ramp{Step: 5}}).route}})

		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()

		table.guard(ctx)
	})
}

func BenchmarkLook(b *testing.B) {
	g := guardOf(Route{Mode: ModePercent, Percent: 50, Ramp: &Ramp{Step: 5, Every: time.Hour, MaxErrorRatio: 0.01, MaxP99Ratio: 1.2}})
	f := g.route.figures

	// A minute and more has passed, with twenty answers a second of each side.
	const passed = 90 * time.Second

	f.begun = f.begun.Add(-passed)

	for at := time.Duration(0); at < passed; at += 50 * time.Millisecond {
		f.answered(New, false, f.begun.Add(at), moment)
		f.answered(Old, false, f.begun.Add(at), moment)
	}

	g.look(b.Context(), []*route{g.route})
	g.watches[f].divided = 0
	b.ReportAllocs()

	for b.Loop() {
		g.look(b.Context(), []*route{g.route})
	}
}
