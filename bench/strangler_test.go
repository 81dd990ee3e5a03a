package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"storefront/bench/internal/scrape"
)

// A measurement of three rounds: processor times of a page in µs by course, and
// its p50 with and without a shadow.
func strangled(t *testing.T, times map[string][3]int, calls float64, old, shadow [3]int) *strangler {
	t.Helper()

	s := &strangler{
		rounds: new(int), slices: new(int), connections: new(int), users: new(int), rate: new(int),
		time: new(time.Duration), warmUp: new(time.Duration), delay: new(time.Duration), rig: here(t), courses: courses(),
	}

	for _, c := range s.courses {
		for _, took := range times[c.name] {
			c.costs, c.perSecond = append(c.costs, cost{cpu: time.Duration(took) * time.Microsecond, calls: 3}), append(c.perSecond, 1)
		}
	}

	b := &beside{goal: true}

	for n := range old {
		b.old.costs = append(b.old.costs, cost{calls: 3})
		b.shadow.costs = append(b.shadow.costs, cost{calls: calls})
		b.old.p50 = append(b.old.p50, time.Duration(old[n])*time.Microsecond)
		b.shadow.p50 = append(b.shadow.p50, time.Duration(shadow[n])*time.Microsecond)
	}

	s.shadows = []*beside{b}

	return s
}

func TestStranglerIsJudgedRoundByRound(t *testing.T) {
	t.Parallel()

	// The machine was slower in the second round, for all.
	even := [3]int{200, 300, 210}

	for name, c := range map[string]struct {
		new, fallback [3]int
		calls         float64
		old, shadow   [3]int
		cost, shadows []int // goals that are missed
	}{
		"as it should be":       {[3]int{204, 306, 214}, [3]int{205, 308, 215}, 6, even, [3]int{203, 305, 250}, nil, nil},
		"dear":                  {[3]int{208, 310, 216}, [3]int{205, 308, 215}, 6, even, even, []int{0}, nil},
		"a dear fallback":       {[3]int{204, 306, 214}, [3]int{228, 340, 245}, 6, even, even, nil, nil}, // It is told, and no goal.
		"the limit itself":      {[3]int{206, 309, 214}, even, 6, even, even, []int{0}, nil},
		"one bad round":         {[3]int{300, 306, 214}, even, 6, even, even, nil, nil},
		"slow in the shadow":    {even, even, 6, even, [3]int{205, 307, 211}, nil, []int{0}},
		"nothing was compared":  {even, even, 3.1, even, even, nil, []int{1}},
		"some was not compared": {even, even, 5.8, even, even, nil, []int{1}},
	} {
		s := strangled(t, map[string][3]int{"without": even, "without, again": even, "new": c.new, "new, fallback": c.fallback, "old": even}, c.calls, c.old, c.shadow)

		sections, err := s.sections()
		if err != nil {
			t.Fatal(err)
		}

		for n, want := range [][]int{c.cost, c.shadows} {
			if got := missed(sections[n].Goals); !slices.Equal(got, want) {
				t.Errorf("%s: %s: missed are %v, want %v: %v", name, sections[n].Title, got, want, sections[n].Goals)
			}
		}
	}
}

func TestFailedRunsAreRepeatedOnceAndTold(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		fails, repeated int
		want            error
	}{{0, 0, nil}, {1, 1, nil}, {2, 1, errNotOK}} {
		s, runs := &strangler{}, 0

		err := s.twice(t.Context(), func() error {
			if runs++; runs > c.fails {
				return nil
			}

			return errNotOK
		})
		if !errors.Is(err, c.want) || len(s.repeated) != c.repeated {
			t.Errorf("%d failures: %v, repeated for %q", c.fails, err, s.repeated)
		}
	}
}

func TestSidesAreToldApart(t *testing.T) {
	t.Parallel()

	series, err := scrape.Read(strings.NewReader(`strangler_requests_total{outcome="ok",route="users",side="new"} 5
strangler_requests_total{outcome="failed",route="users",side="new"} 1
strangler_requests_total{outcome="ok",route="orders",side="new"} 3
strangler_requests_total{outcome="ok",route="users",side="old"} 40
`))
	if err != nil {
		t.Fatal(err)
	}

	if all, users, old := answeredBy(series, "new", ""), answeredBy(series, "new", "users"), answeredBy(series, "old", "orders"); all != 9 || users != 6 || old != 0 {
		t.Errorf("new sides got %v, of it users %v; the old one of orders %v", all, users, old)
	}
}

func TestStranglerHasBounds(t *testing.T) {
	t.Parallel()

	for _, args := range []string{"-rounds=0", "-slices=0", "-rate=0", "-delay=0s", "-time=1ms", "-connections=1025", "more"} {
		if err := runStrangler(context.Background(), strings.Fields(args), io.Discard); !errors.Is(err, errUsage) {
			t.Errorf("%q: the error is %v", args, err)
		}
	}

	for _, args := range []string{"", "-to=nowhere", "-to=http://127.0.0.1:1 -lie=1.1", "-to=http://127.0.0.1:1 -lie=NaN"} {
		if err := runFront(context.Background(), strings.Fields(args), io.Discard); !errors.Is(err, errUsage) {
			t.Errorf("front %q: the error is %v", args, err)
		}
	}
}
