package main

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"storefront/bench/internal/load"
	"storefront/bench/internal/profile"
	"storefront/bench/internal/report"
	"storefront/bench/internal/verdict"
	"storefront/upstream/upstreamtest"
)

// judged is a section with its goals by what they are about.
func judged(t *testing.T, goals []report.Goal) map[string]bool {
	t.Helper()

	met := map[string]bool{}
	for _, g := range goals {
		before, _, _ := strings.Cut(g.Text, ":")
		what, _, _ := strings.Cut(strings.TrimPrefix(g.Text, before+": "), " ")
		met[before+": "+what] = g.Met
	}

	return met
}

// badFaults is a measurement with one result, of the page mobile or tv.
func badFaults(t *testing.T, p *verdict.Page, see func(r *result)) *faults {
	t.Helper()

	flags := newOptions("test")
	f := &faults{
		requests: new(int), connections: new(int), users: new(int), left: map[string]profile.Goroutines{},
		bffs: flags.some("bff", bffNames(), "BFFs"), day: &day{rig: here(t)},
	}
	f.bffs.text = p.Target

	for _, page := range f.pages() {
		r := &result{preset: "down", service: upstreamtest.Product, page: page}
		f.results = append(f.results, r)
		see(r)
	}

	return f
}

func TestFaultsAreJudgedByEveryAnswer(t *testing.T) {
	t.Parallel()

	quick := load.Answer{Took: time.Millisecond}
	late := load.Answer{Took: time.Second + grace + time.Nanosecond}
	of := func(kind verdict.Kind) verdict.Verdict { return verdict.Verdict{Kind: kind, Why: "why"} }

	for name, c := range map[string]struct {
		page   *verdict.Page
		see    func(r *result)
		missed string
	}{
		"all is well": {verdict.Mobile(), func(*result) {}, ""},
		"degraded":    {verdict.Mobile(), func(r *result) { r.see(quick, of(verdict.Omitted), true); r.see(quick, of(verdict.Stale), false) }, ""},
		"late":        {verdict.Mobile(), func(r *result) { r.see(late, of(verdict.Whole), false) }, "mobile dashboard: answered"},
		"just in time": {
			verdict.Mobile(), func(r *result) { r.see(load.Answer{Took: time.Second + grace}, of(verdict.Whole), false) }, "",
		},
		"no answer":                     {verdict.TV(), func(r *result) { r.miss(errors.New("reset")) }, "TV browse: answered TV browse: whole,"},
		"wrong":                         {verdict.TV(), func(r *result) { r.see(quick, of(verdict.Wrong), false) }, "TV browse: whole,"},
		"foreign":                       {verdict.TV(), func(r *result) { r.see(quick, of(verdict.Foreign), false) }, "TV browse: whole, TV browse: answers"},
		"refused, nothing is at hand":   {verdict.TV(), func(r *result) { r.see(quick, of(verdict.Refused), true) }, ""},
		"refused, something is at hand": {verdict.TV(), func(r *result) { r.see(quick, of(verdict.Refused), false) }, "TV browse: whole,"},
		"refused, others are well":      {verdict.Mobile(), func(r *result) { r.see(quick, of(verdict.Refused), true) }, "mobile dashboard: whole,"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			f := badFaults(t, c.page, func(r *result) {
				r.see(quick, of(verdict.Whole), false)
				c.see(r)
			})

			section, err := f.section()
			if err != nil {
				t.Fatal(err)
			}

			for goal, met := range judged(t, section.Goals) {
				if met == strings.Contains(c.missed, goal) {
					t.Errorf("%s: met is %t", goal, met)
				}
			}

			if len(section.Table.Rows) != 1 || len(section.Table.Rows[0]) != len(section.Table.Head) {
				t.Errorf("the table is %v", section.Table)
			}
		})
	}
}

func TestNothingAskedIsNothingShown(t *testing.T) {
	t.Parallel()

	for goal, met := range judged(t, badFaults(t, verdict.TV(), func(*result) {}).goals()) {
		if met == strings.HasPrefix(goal, "TV browse") {
			t.Errorf("%s: met is %t", goal, met)
		}
	}
}

func TestGoroutinesThatAreLeftMissTheirGoal(t *testing.T) {
	t.Parallel()

	f := badFaults(t, verdict.TV(), func(r *result) { r.see(load.Answer{}, verdict.Verdict{}, false) })
	f.left["tv"] = profile.Goroutines{{Count: 2, Functions: []string{"main.wait", "main.main"}}}

	if judged(t, f.goals())["bff-tv: goroutines"] {
		t.Error("two that are left are none")
	}

	if told := f.examples(); len(told) != 1 || told[0].Value != "2 × main.main > main.wait" {
		t.Errorf("it is said of them: %v", told)
	}
}

func TestChoicesHaveBounds(t *testing.T) {
	t.Parallel()

	for args, want := range map[string]error{
		"": nil, "-preset=down": nil, "-preset=down,hang -page=tv": nil,
		"-preset=sulk": errUsage, "-preset=down,": errUsage, "-preset=down,sulk": errUsage, "-page=all": errUsage, "-page=": errUsage,
	} {
		o := newOptions("test")
		o.flags.SetOutput(io.Discard)
		o.some("preset", upstreamtest.Presets(), "presets")
		o.choice("page", "mobile", pageNames(), "a page")

		if err := o.parse(strings.Fields(args)); !errors.Is(err, want) {
			t.Errorf("%q: the error is %v, want %v", args, err, want)
		}
	}
}
