package main

import (
	"slices"
	"testing"
	"time"

	"storefront/bench/internal/report"
	"storefront/bench/internal/timeline"
	"storefront/bench/internal/verdict"
	"storefront/upstream/upstreamtest"
)

var noon = time.Unix(1_700_000_000, 0)

// stretch is requests every 10 ms of a stretch of time.
func stretch(from, to, took time.Duration, kind verdict.Kind) (all samples) {
	for due := from; due < to; due += 10 * time.Millisecond {
		all = append(all, sample{noon.Add(due), took, kind})
	}

	return all
}

// missed are the goals that are not met, by their place.
func missed(all []report.Goal) (places []int) {
	for n, goal := range all {
		if !goal.Met {
			places = append(places, n)
		}
	}

	return places
}

// Ten seconds of health, twenty of death, ten of health.
func TestDeadIsJudgedByWhenAllIsWellAgain(t *testing.T) {
	t.Parallel()

	const (
		quick, slow   = 10 * time.Millisecond, time.Second
		failed, ended = 10 * time.Second, 40 * time.Second
		healed        = 30 * time.Second
		calm, normal  = 0, 1
		fresh, wrong  = 2, 3
	)

	for name, c := range map[string]struct {
		slowFor, staleFor time.Duration
		first, last       verdict.Kind // of the first and the last answer
		want              []int
	}{
		"as it should be":       {2 * time.Second, 2 * time.Second, verdict.Whole, verdict.Whole, nil},
		"the last moments":      {5 * time.Second, 5 * time.Second, verdict.Whole, verdict.Whole, nil},
		"slow too long":         {6 * time.Second, 2 * time.Second, verdict.Whole, verdict.Whole, []int{calm}},
		"slow all along":        {20 * time.Second, 2 * time.Second, verdict.Whole, verdict.Whole, []int{calm}},
		"stale too long":        {2 * time.Second, 6 * time.Second, verdict.Whole, verdict.Whole, []int{fresh}},
		"never fresh":           {2 * time.Second, 10 * time.Second, verdict.Whole, verdict.Whole, []int{fresh}},
		"another's in the end":  {2 * time.Second, 2 * time.Second, verdict.Whole, verdict.Foreign, []int{fresh, wrong}},
		"refused in the middle": {20 * time.Second, 10 * time.Second, verdict.Whole, verdict.Wrong, []int{calm, fresh, wrong}},
		"never well":            {2 * time.Second, 2 * time.Second, verdict.Stale, verdict.Whole, []int{normal}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			d := &dead{
				page: new(string), service: new(string), preset: new(string), rate: new(int), users: new(int),
				takes: new(time.Duration), normal: new(time.Duration), ill: new(time.Duration), after: new(time.Duration), day: &day{rig: here(t)},
				begin: noon, failed: noon.Add(failed), healed: noon.Add(healed), end: noon.Add(ended), calls: new(timeline.Timeline),
			}
			*d.page = "mobile"

			for _, some := range []samples{
				stretch(0, failed, quick, verdict.Whole),
				stretch(failed, failed+c.slowFor, slow, verdict.Stale),
				stretch(failed+c.slowFor, healed, quick, verdict.Stale),
				stretch(healed, healed+c.staleFor, quick, verdict.Stale),
				stretch(healed+c.staleFor, ended, quick, verdict.Whole),
			} {
				d.taken = append(d.taken, some...)
			}

			d.taken[len(d.taken)-1].kind = c.last
			d.taken[0].kind = c.first

			section, err := d.section()
			if err != nil {
				t.Fatal(err)
			}

			if got := missed(section.Goals); !slices.Equal(got, c.want) {
				t.Errorf("missed are %v, want %v: %v", got, c.want, section.Goals)
			}
		})
	}
}

// Now and then a request that finds out whether the service is back is slow.
func TestProbesDoNotMakeADeadServiceSlow(t *testing.T) {
	t.Parallel()

	all := stretch(0, 20*time.Second, 10*time.Millisecond, verdict.Stale)
	for n := 0; n < len(all); n += 200 {
		all[n].took = time.Second
	}

	if after, _, is := all.calm(noon, noon.Add(20*time.Second), 12*time.Millisecond); !is || after != 0 {
		t.Errorf("calm %t after %s", is, after)
	}
}

func TestSpansCoverAllOfATime(t *testing.T) {
	t.Parallel()

	for _, length := range []time.Duration{time.Second, 8 * time.Second, 8500 * time.Millisecond, time.Minute} {
		at := noon
		for _, s := range spans("phase", noon, noon.Add(length)) {
			if !s.from.Equal(at) || !s.to.After(s.from) {
				t.Errorf("%s: %+v after %s", length, s, at)
			}

			at = s.to
		}

		if !at.Equal(noon.Add(length)) {
			t.Errorf("%s: they end at %s", length, at)
		}
	}
}

// A phase of 30 s at 100/s with so many calls for one that is due, and twice as
// many for a short time where burst is.
func newPhase(share, calls float64, burst bool) *gust {
	const rate = 100

	f := &gust{rate: rate, share: share, from: noon, to: noon.Add(30 * time.Second), calls: new(timeline.Timeline)}
	f.taken = stretch(0, 30*time.Second, 10*time.Millisecond, verdict.Omitted)

	owed := 0.0

	for _, one := range f.taken {
		f.due.Note(one.due)

		for owed += calls; owed >= 1; owed-- {
			f.calls.Note(one.due)
		}

		if since := one.due.Sub(noon); burst && since >= 10*time.Second && since < 12*time.Second {
			f.calls.Note(one.due)
		}
	}

	return f
}

func TestStormIsJudgedByTheCallsThatReachTheService(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		phase *gust
		want  []int
	}{
		"half fails, few extra":       {newPhase(0.5, 1.05, false), nil},
		"half fails, many extra":      {newPhase(0.5, 1.2, false), []int{0}},
		"half fails, many for a time": {newPhase(0.5, 1, true), []int{0}},
		"half fails, and few dare":    {newPhase(0.5, 0.3, false), nil},
		"all fail, few dare":          {newPhase(1, 0.01, false), nil},
		"all fail, many dare":         {newPhase(1, 0.05, false), []int{0}},
		"all fail, all ask again":     {newPhase(1, 2, false), []int{0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := &storm{
				page: new(string), service: new(string), rate: new(int), low: new(int), time: new(time.Duration), windowFor: new(time.Duration),
				phases: []*gust{c.phase}, day: &day{rig: here(t)},
			}
			*s.page, *s.rate, *s.windowFor = "mobile", 100, 10*time.Second

			section, err := s.section()
			if err != nil {
				t.Fatal(err)
			}

			if got := missed(section.Goals); !slices.Equal(got, c.want) {
				t.Errorf("missed are %v, want %v: %v", got, c.want, section.Goals)
			}

			c.phase.taken[0].kind = verdict.Foreign
			if got := missed(s.goals()); len(got) == 0 || got[len(got)-1] != 1 {
				t.Errorf("another user's data is taken for good: %v", s.goals())
			}
		})
	}
}

func TestHedgeIsJudgedByTheMedianOfTheRounds(t *testing.T) {
	t.Parallel()

	const quick, slow = 20 * time.Millisecond, 200 * time.Millisecond

	newLap := func(took time.Duration, calls int64, last verdict.Kind) *lap {
		l := &lap{from: noon, calls: []int64{calls, 0, 0}}
		l.taken = stretch(0, 10*time.Second, took, verdict.Whole)
		l.taken[0].kind = last

		return l
	}
	well := newLap(quick, 1000, verdict.Whole)

	for name, c := range map[string]struct {
		slow []*lap
		want []int
	}{
		"as quick, few extra":  {[]*lap{newLap(quick, 1050, verdict.Whole), newLap(quick, 1100, verdict.Whole)}, nil},
		"one slow of three":    {[]*lap{newLap(quick, 1050, verdict.Whole), newLap(slow, 1000, verdict.Whole), newLap(quick, 1000, verdict.Whole)}, nil},
		"slow":                 {[]*lap{newLap(slow, 1000, verdict.Whole)}, []int{0}},
		"every call is hedged": {[]*lap{newLap(quick, 2000, verdict.Whole)}, []int{1}},
		"quick but not fresh":  {[]*lap{newLap(quick, 1000, verdict.Stale)}, []int{2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			h := &hedge{
				page: new(string), service: new(string), replicas: new(int), rate: new(int), rounds: new(int), users: new(int), factor: new(int),
				takes: new(time.Duration), time: new(time.Duration), day: &day{rig: here(t)}, slow: c.slow,
			}
			*h.page = "mobile"

			for range c.slow {
				h.healthy = append(h.healthy, well)
			}

			section, err := h.section()
			if err != nil {
				t.Fatal(err)
			}

			if got := missed(section.Goals); !slices.Equal(got, c.want) {
				t.Errorf("missed are %v, want %v: %v", got, c.want, section.Goals)
			}
		})
	}
}

func TestSoakIsJudgedByItsFirstAndLastQuarter(t *testing.T) {
	t.Parallel()

	const heap, count, answers = 0, 1, 2

	for name, c := range map[string]struct {
		level func(n int) level
		wrong verdict.Kind
		want  []int
	}{
		"flat":              {func(n int) level { return level{int64(1000 + n%7), 1, 20} }, verdict.Refused, nil},
		"a heap that grew":  {func(n int) level { return level{int64(1000 + n), 1, 20} }, verdict.Whole, []int{heap}},
		"a leak":            {func(n int) level { return level{1000, 1, 20 + n/20} }, verdict.Whole, []int{count}},
		"one comes or goes": {func(n int) level { return level{1000, 1, 7 - n/50} }, verdict.Whole, nil},
		"a heap that fell":  {func(n int) level { return level{int64(1000 - n), 1, 20} }, verdict.Whole, []int{heap}},
		"one spike":         {func(n int) level { return level{int64(1000 + n%50/49*9000), 1, 20} }, verdict.Whole, nil},
		"a wrong answer":    {func(int) level { return level{1000, 1, 20} }, verdict.Wrong, []int{answers}},
		"another's":         {func(int) level { return level{1000, 1, 20} }, verdict.Foreign, []int{answers}},
		"too few looks":     {nil, verdict.Whole, []int{heap, count}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := &soak{
				time: new(time.Duration), slice: new(time.Duration), change: new(time.Duration), rate: new(int), users: new(int), seed: new(uint64),
				bffs: newOptions("test").some("bff", bffNames(), "BFFs"), day: &day{rig: here(t)},
				levels: map[string][]level{}, pages: map[string]*counts{"tv": {}},
			}
			s.bffs.text = "tv"
			s.pages["tv"].tally.Add(verdict.Verdict{Kind: c.wrong})

			for n := 0; c.level != nil && n < 100; n++ {
				s.levels["tv"] = append(s.levels["tv"], c.level(n))
			}

			section, err := s.section()
			if err != nil {
				t.Fatal(err)
			}

			if got := missed(section.Goals); !slices.Equal(got, c.want) {
				t.Errorf("missed are %v, want %v: %v", got, c.want, section.Goals)
			}
		})
	}
}

// Every preset and service that the commands name is there.
func TestEveryBadDayHasAPage(t *testing.T) {
	t.Parallel()

	for _, name := range append(upstreamtest.Presets(), strangers) {
		if _, err := upstreamtest.Preset(name, 1); err != nil {
			t.Error(err)
		}
	}

	for _, key := range pageNames() {
		if p := page(key); p == nil || len(pagesOf([]string{p.Target})) == 0 {
			t.Errorf("%s has no page", key)
		}
	}
}
