package strangler

import (
	"strings"
	"testing"
	"time"
)

func TestDecide(t *testing.T) {
	t.Parallel()

	const ms = time.Millisecond

	ramp := Ramp{Step: 5, Every: time.Minute, MaxErrorRatio: 0.01, MaxDiffRatio: new(0.001), MaxP99Ratio: 1.2}
	good := evidence{sharp: tally{0, 50}, late: tally{0, 100}, step: tally{2, 1000}, differ: tally{0, 1000}, old: 100 * ms, fresh: 110 * ms}
	unlimited := Ramp{Step: 5, Every: time.Minute}
	crawls := lapse{span: grossSpan, bound: 120 * ms, fresh: [4]tally{{5, 5}, {3, 4}, {2, 3}, {6, 6}}, late: tally{10, 12}, old: tally{1, 40}}
	stumbles := crawls
	stumbles.fresh[2] = tally{1, 3}

	for name, test := range map[string]struct {
		ramp    Ramp
		percent int
		change  func(*evidence)
		inStep  time.Duration
		turn    turn
		because string
	}{
		"due": {
			ramp, 25, nil, time.Minute, up,
			"2 of 1000 requests failed in 1m0s, 0 of 1000 compared answers differ, the 99th percentile is 110ms, and 100ms on the old side",
		},
		"too early":                       {ramp, 25, nil, time.Minute - 1, stay, ""},
		"at the end":                      {ramp, 100, nil, time.Hour, stay, ""},
		"just enough answers":             {ramp, 25, func(e *evidence) { e.step = tally{0, 20} }, time.Minute, up, "0 of 20 requests failed"},
		"too few answers":                 {ramp, 25, func(e *evidence) { e.step = tally{0, 19} }, time.Hour, stay, ""},
		"too few that are good":           {unlimited, 25, func(e *evidence) { e.step = tally{1, 20} }, time.Hour, stay, ""},
		"as few as it asks for":           {Ramp{Step: 5, Every: time.Minute, MinRequests: 3}, 25, func(e *evidence) { e.step = tally{0, 3} }, time.Hour, up, ""},
		"none is asked yet":               {ramp, 0, func(e *evidence) { *e = evidence{} }, time.Minute, up, ""},
		"none is asked yet, and it lies":  {ramp, 0, func(e *evidence) { *e = evidence{differ: tally{3, 100}} }, time.Second, back, "3 of 100 compared answers differ, at most 0.1 % may"},
		"one failure of few":              {ramp, 25, func(e *evidence) { e.sharp, e.late = tally{1, 2}, tally{1, 4} }, time.Second, stay, ""},
		"two failures of two":             {ramp, 25, func(e *evidence) { e.sharp, e.late = tally{2, 2}, tally{2, 2} }, time.Second, stay, ""},
		"three failures of few":           {ramp, 25, func(e *evidence) { e.sharp, e.late = tally{2, 2}, tally{3, 8} }, time.Second, back, "3 of 8 requests failed in 10 s, at most 1 % may"},
		"three failures of many":          {ramp, 25, func(e *evidence) { e.sharp, e.late = tally{3, 100}, tally{3, 200} }, time.Second, stay, ""},
		"all of a sudden":                 {ramp, 25, func(e *evidence) { e.sharp = tally{9, 40} }, time.Second, back, "9 of 40 requests failed in 5 s, at most 1 % may"},
		"a few more than may be":          {ramp, 25, func(e *evidence) { e.late = tally{12, 1000} }, time.Second, stay, ""},
		"many more than may be":           {ramp, 25, func(e *evidence) { e.late = tally{25, 1000} }, time.Second, back, "25 of 1000 requests failed in 10 s, at most 1 % may"},
		"more than may be in the step":    {ramp, 25, func(e *evidence) { e.step = tally{11, 1000} }, time.Hour, stay, ""},
		"failures are not looked at":      {unlimited, 25, func(e *evidence) { e.sharp, e.step = tally{40, 40}, tally{40, 100} }, time.Minute, up, ""},
		"two differences":                 {ramp, 25, func(e *evidence) { e.differ = tally{2, 10} }, time.Hour, stay, ""},
		"three differences of many":       {ramp, 25, func(e *evidence) { e.differ = tally{3, 2500} }, time.Hour, stay, ""},
		"few enough differences":          {ramp, 25, func(e *evidence) { e.differ = tally{3, 3000} }, time.Hour, up, "3 of 3000 compared answers differ"},
		"one answer in a hundred differs": {ramp, 25, func(e *evidence) { e.differ = tally{4, 400} }, time.Second, back, "4 of 400 compared answers differ, at most 0.1 % may"},
		"differences are not looked at":   {unlimited, 25, func(e *evidence) { e.differ = tally{10, 10} }, time.Minute, up, ""},
		"slow": {
			ramp, 25, func(e *evidence) { e.fresh, e.slow = 150*ms, [3]tally{{10, 100}, {9, 100}, {8, 100}} }, time.Second, back,
			"27 of 300 answers took longer than 120ms in a minute, at most 1 % may: the 99th percentile is 150ms, and 100ms on the old side",
		},
		"grossly slow": {
			ramp, 25, func(e *evidence) { e.lapses[0] = crawls }, time.Second, back,
			"16 of 18 answers took longer than 120ms in 8 s, at most 1 % may, and 1 of 40 of the old side did then",
		},
		"grossly slow, told by a longer time": {ramp, 25, func(e *evidence) { e.lapses[0], e.lapses[2] = stumbles, crawls }, time.Second, back, "16 of 18"},
		"grossly slow for a moment":           {ramp, 25, func(e *evidence) { e.lapses[1] = stumbles }, time.Hour, stay, ""},
		"slow for a moment":                   {ramp, 25, func(e *evidence) { e.fresh, e.slow = 150*ms, [3]tally{{90, 100}, {0, 100}, {90, 100}} }, time.Hour, stay, ""},
		"slow by chance":                      {ramp, 25, func(e *evidence) { e.fresh, e.slow = 121*ms, [3]tally{{2, 100}, {2, 100}, {2, 100}} }, time.Hour, stay, ""},
		"slower, but too few tell":            {ramp, 25, func(e *evidence) { e.fresh, e.slow = 0, [3]tally{{9, 9}, {9, 9}, {9, 9}} }, time.Second, stay, ""},
		"the old side is not known":           {ramp, 25, func(e *evidence) { e.old, e.fresh, e.slow = 0, 900*ms, [3]tally{{9, 9}, {9, 9}, {9, 9}} }, time.Minute, up, ""},
		"by less than the machine's own":      {ramp, 25, func(e *evidence) { e.old, e.fresh = ms, 6*ms }, time.Minute, up, ""},
		"times are not looked at":             {unlimited, 25, func(e *evidence) { e.fresh = time.Hour }, time.Minute, up, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			e := good
			if test.change != nil {
				test.change(&e)
			}

			said := decide(test.ramp, test.percent, e, test.inStep)
			if said.turn != test.turn || !strings.Contains(said.because, test.because) || said.turn == stay && said.because != "" {
				t.Errorf("%d, %q", said.turn, said.because)
			}
		})
	}
}

// The tail of the binomial distribution, as tables have it.
func TestChance(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		bad, of   int
		share     float64
		low, high float64
	}{
		{1, 1, 0.5, 0.4999, 0.5001},
		{3, 3, 0.01, 0.99e-6, 1.01e-6},
		{3, 8, 0.01, 5.3e-5, 5.5e-5},
		{6, 10, 0.5, 0.3769, 0.3771}, // 386 of 1024
		{20, 1000, 0.01, 0.0030, 0.0036},
		{1_000_000, 1_000_000, 0.01, 0, 1e-300},
		{2_000, 100_000, 0.01, 0, 1e-100},
	} {
		if got := chance(test.bad, test.of, test.share); got < test.low || got > test.high {
			t.Errorf("%d of %d at %g: %g", test.bad, test.of, test.share, got)
		}
	}
}
