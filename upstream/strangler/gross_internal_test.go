package strangler

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// slowRamp looks at times alone, and stays where it is.
func slowRamp() *Ramp { return &Ramp{Step: 5, Every: time.Hour, MaxP99Ratio: 1.2} }

// A new side that turns slow is off within seconds, and within a minute and a
// half where next to nothing is asked of it. Nothing fails meanwhile.
func TestGuardTurnsBackTheSlow(t *testing.T) {
	t.Parallel()

	const slowest = 3 * time.Second

	thrice, hung := in(60*time.Millisecond, 0.3), in(slowest, 0)

	for name, test := range map[string]struct {
		replicas, percent, rate int
		bad                     time.Duration // when it turns slow
		new                     func(context.Context, *rand.Rand) error
		within                  time.Duration
	}{
		"three times, 10/s":          {1, 25, 10, 20 * time.Second, thrice, 13 * time.Second},
		"three times, 100/s":         {1, 25, 100, 20 * time.Second, thrice, 8 * time.Second},
		"three times, 1,000/s":       {1, 25, 1000, 20 * time.Second, thrice, 7 * time.Second},
		"3 s, 10/s":                  {1, 25, 10, 20 * time.Second, hung, slowest + 8*time.Second},
		"3 s, 100/s":                 {1, 25, 100, 20 * time.Second, hung, slowest + 7*time.Second},
		"3 s, 3 replicas, 10/s":      {3, 25, 10, 70 * time.Second, hung, slowest + 20*time.Second},
		"3 s, 1/s":                   {1, 25, 1, 6 * time.Minute, hung, slowest + 90*time.Second},
		"soon after a start":         {1, 25, 100, 9 * time.Second, thrice, 8 * time.Second},
		"one in five, ten times":     {1, 25, 100, 20 * time.Second, sometimes(0.2, in(200*time.Millisecond, 0.3), in20), 11 * time.Second},
		"few ask the old side":       {1, 95, 10, 5 * time.Minute, thrice, 25 * time.Second},
		"hung, few ask the old side": {1, 95, 10, 5 * time.Minute, hung, slowest + 25*time.Second},
		"hardly one asks it":         {1, 99, 20, 12 * time.Minute, thrice, 75 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			lasts := test.bad + test.within
			f := play(t, test.replicas, Route{Mode: ModePercent, Percent: test.percent, Ramp: slowRamp()},
				load{rate: test.rate, lasts: lasts, budget: 10 * slowest, old: in20, new: until(test.bad, in20, test.new)})

			switch {
			case len(f.moves) != 1 || f.moves[0].To != (place{Mode: ModeOld}) || f.moves[0].at < test.bad || f.moves[0].at > test.bad+test.within:
				t.Errorf("%+v", f.moves)
			case !strings.Contains(f.moves[0].Because, "may, and "):
				t.Errorf("it took a minute's evidence: %s", f.moves[0].Because)
			}

			if lost := f.lost.Load(); lost > 0 {
				t.Errorf("%d requests were lost", lost)
			}
		})
	}
}

// At 100 % nobody asks the old side any more: what it was like is remembered.
func TestGuardTurnsBackTheSlowAtTheEnd(t *testing.T) {
	t.Parallel()

	const bad = 3 * time.Minute

	f := play(t, 1, Route{Mode: ModePercent, Percent: 50, Ramp: &Ramp{Step: 50, Every: 90 * time.Second, MaxP99Ratio: 1.2}},
		load{rate: 20, lasts: bad + 10*time.Second, old: in20, new: until(bad, in20, in(60*time.Millisecond, 0.3))})

	if len(f.moves) != 2 || f.moves[0].To != (place{ModePercent, 100}) || f.moves[1].To != (place{Mode: ModeOld}) || f.moves[1].at < bad {
		t.Errorf("%+v", f.moves)
	}
}

// A pause of some seconds moves nothing, nor does a longer one of both sides,
// however few are asked of the old one.
func TestGuardBearsPauses(t *testing.T) {
	t.Parallel()

	const (
		step  = 2 * time.Minute
		begin = step + 30*time.Second
		first = 50 // percent
	)

	slow := in(300*time.Millisecond, 0.1)

	for name, test := range map[string]struct {
		percent, rate int
		lasts         time.Duration
		both          bool
	}{
		"the new side, 3 s":                    {25, 10, 3 * time.Second, false},
		"the new side, 3 s, many":              {25, 200, 3 * time.Second, false},
		"the new side, 4 s":                    {95, 100, 4*time.Second - 300*time.Millisecond, false},
		"both, 10 s":                           {25, 10, 10 * time.Second, true},
		"both, 10 s, many":                     {25, 200, 10 * time.Second, true},
		"both, 10 s, few ask the old side":     {95, 10, 10 * time.Second, true},
		"both, 10 s, hardly any":               {98, 10, 10 * time.Second, true},
		"both, 10 s, few of many ask it":       {98, 200, 10 * time.Second, true},
		"both for a minute, few ask the other": {95, 20, time.Minute, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			side := during(begin, test.lasts, in20, slow)
			l := load{rate: test.rate, lasts: begin + test.lasts + 10*time.Second, budget: 10 * time.Second, old: in20, new: side}

			if test.both {
				l.old = side
			}

			// At first the old side is asked as often as it takes to know it.
			ramp := slowRamp()
			ramp.Every = step

			if test.percent > first {
				ramp.Step = test.percent - first
			} else {
				ramp.Every = time.Hour
			}

			f := play(t, 1, Route{Mode: ModePercent, Percent: min(test.percent, first), Ramp: ramp}, l)
			if last := f.place(); last != (place{ModePercent, test.percent}) {
				t.Errorf("%s: %+v", last, f.moves)
			}
		})
	}
}

// Sides that are equally bad are equal: with long tails, single answers that
// take ten times as long, and all of them for some seconds now and then.
func TestGuardBearsTails(t *testing.T) {
	t.Parallel()

	const (
		lasts  = 30 * time.Minute
		median = 20 * time.Millisecond
	)

	tail, long := in(median, 0.6), in(10*median, 0.6)

	for name, side := range map[string]func(context.Context, *rand.Rand) error{
		"tails":  in(median, 0.9),
		"single": sometimes(0.005, long, tail),
		"bursts": burst(53*time.Second, 7*time.Second, tail, long),
	} {
		for seed, percent := range []int{25, 60, 90} {
			t.Run(fmt.Sprintf("%s, %d %%", name, percent), func(t *testing.T) {
				t.Parallel()

				f := play(t, 1, Route{Mode: ModePercent, Percent: percent, Ramp: slowRamp()},
					load{rate: 10, lasts: lasts, once: true, seed: seed, budget: time.Minute, old: side, new: side})

				if len(f.moves) > 0 {
					t.Errorf("%+v", f.moves)
				}
			})
		}
	}
}

// What is gross, and what is not: in how many quarters of a time.
func TestGross(t *testing.T) {
	t.Parallel()

	all := func(bad, of int) [4]tally { return [4]tally{{bad, of}, {bad, of}, {bad, of}, {bad, of}} }

	for name, test := range map[string]struct {
		lapse
		quarters int
	}{
		"nothing":                           {lapse{}, 0},
		"nothing, and nobody asks":          {lapse{alone: true}, 0},
		"two of five":                       {lapse{fresh: all(2, 5), old: tally{0, 60}}, 4},
		"two of six may be an accident":     {lapse{fresh: all(2, 6), old: tally{0, 60}}, 0},
		"one of one":                        {lapse{fresh: all(1, 1), old: tally{0, 60}}, 0},
		"one quarter is well":               {lapse{fresh: [4]tally{{5, 5}, {0, 5}, {5, 5}, {5, 5}}, old: tally{0, 60}}, 3},
		"one in twenty-five, be it certain": {lapse{fresh: all(400, 10_000), old: tally{0, 40_000}}, 0},
		"one in sixteen":                    {lapse{fresh: all(625, 10_000), old: tally{0, 40_000}}, 4},
		"so is the old side":                {lapse{fresh: all(5, 5), old: tally{40, 60}}, 0},
		"nearly so is the old side":         {lapse{fresh: all(10, 100), old: tally{40, 600}}, 0},
		"the old side a little":             {lapse{fresh: all(5, 5), old: tally{6, 60}}, 4},
		"the old side is hardly asked":      {lapse{fresh: all(5, 5), old: tally{0, 2}}, 0},
		"three answers of it tell":          {lapse{fresh: all(5, 5), old: tally{0, 3}}, 4},
		"of fewer that are slow more tell":  {lapse{fresh: all(10, 100), old: tally{0, 20}}, 0},
		"as many as that":                   {lapse{fresh: all(10, 100), old: tally{0, 50}}, 4},
		"nobody asks the old side":          {lapse{fresh: all(5, 5), alone: true}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			for _, seen := range test.fresh[:3] {
				test.late = test.late.plus(seen)
			}

			if got := test.gross(); got != test.quarters {
				t.Errorf("%d", got)
			}
		})
	}
}

type answer = func(context.Context, *rand.Rand) error

// sometimes has a side answer otherwise in a share of all.
func sometimes(share float64, then, usual answer) answer {
	return func(ctx context.Context, r *rand.Rand) error {
		if r.Float64() < share {
			return then(ctx, r)
		}

		return usual(ctx, r)
	}
}

// during has a side answer otherwise for so long from begin on.
func during(begin, lasts time.Duration, usual, then answer) answer {
	return until(begin, usual, until(begin+lasts, then, usual))
}

// burst has a side answer otherwise for so long, once in every so long.
func burst(every, lasts time.Duration, usual, then answer) answer {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

	return func(ctx context.Context, r *rand.Rand) error {
		if time.Since(start)%every >= every-lasts {
			return then(ctx, r)
		}

		return usual(ctx, r)
	}
}
