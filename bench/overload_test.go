package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"storefront/bench/internal/flood"
	"storefront/bench/internal/load"
	"storefront/bench/internal/scrape"
	"storefront/bench/internal/workload"
)

func TestPhaseTellsPagesApart(t *testing.T) {
	t.Parallel()

	const page, degraded = `{"whole":true}`, `{"degraded":[]}`

	p := &phase{span: 2 * time.Second}
	for _, s := range []flood.Shot{
		{N: 0, At: 1, Took: time.Millisecond, Status: http.StatusOK, Body: []byte(page)},
		{N: 1, At: 2, Took: budgetOfMobile, Status: http.StatusOK, Body: []byte(degraded)},
		{N: 2, At: 3, Took: 1, Status: http.StatusServiceUnavailable},
		{N: 3, At: 4, Took: budgetOfMobile + 1, Status: http.StatusOK, Body: []byte(page)},
		{N: 4, At: 5, Took: 1, Status: 0},
		{N: 5, At: 6, Took: 1, Status: http.StatusOK, Body: []byte(`{}`)},
		{N: 10, At: 7, Took: 1, Status: http.StatusOK, Body: []byte(page)},
	} {
		p.note(s, func(a load.Answer) error {
			if string(a.Body) != page {
				return errMissed
			}

			return nil
		})
	}

	if p.shots != 7 || p.good() != 3 || p.whole != 2 || p.late != 1 || p.refused != 1 || p.failed != 2 || p.unwhole != 6 {
		t.Errorf("got %+v", p)
	}

	if p.goodput() != 1.5 || p.success(high) != 1 || p.success(plain) != 1./3 || p.success(prefetch) != 0 {
		t.Errorf("goodput %v, success %v, %v, %v", p.goodput(), p.success(high), p.success(plain), p.success(prefetch))
	}

	p.cost.cpu = time.Millisecond
	if got, want := p.ofRefusal(time.Millisecond), 3*time.Millisecond; got != want { // Seven requests, four of them pages.
		t.Errorf("a refusal takes %v, want %v", got, want)
	}
}

func TestPhaseReadsWhatIsShed(t *testing.T) {
	t.Parallel()

	series := func(n string) scrape.Series {
		s, err := scrape.Read(strings.NewReader(strings.ReplaceAll(`bff_shed_total{bff="mobile",what="prefetch"} N
bff_shed_total{bff="mobile",what="sections"} N
bff_shed_total{bff="mobile",what="normal"} N
bff_shed_total{bff="mobile",what="high"} N
`, "N", n)))
		if err != nil {
			t.Fatal(err)
		}

		return s
	}

	p := &phase{}
	if err := p.read(series("2"), series("5")); err != nil || p.shed["normal"] != 3 {
		t.Errorf("got %v, %v", p.shed, err)
	}

	if err := p.read(scrape.Series{}, series("5")); err == nil {
		t.Error("figures that the program does not give are made up")
	}
}

func TestOverloadIsJudged(t *testing.T) {
	t.Parallel()

	met := func(change func(o *overload)) bool {
		_, flags := quiet()
		o := &overload{
			common: flags, rig: here(t), workload: workload.Mobile(), places: new(int), service: new(time.Duration), time: new(time.Duration),
			after: &phase{span: time.Second},
		}

		for _, factor := range factors() {
			o.phases = append(o.phases, &phase{
				factor: float64(factor), span: time.Second, times: []time.Duration{time.Millisecond},
				of: [classes]int{100, 100, 100}, answered: [classes]int{100, 50, 10},
			})
		}

		change(o)

		section, err := o.section()
		if err != nil {
			t.Fatal(err)
		}

		return section.Met()
	}
	last := func(o *overload) *phase { return o.phases[len(o.phases)-1] }

	if !met(func(*overload) {}) {
		t.Error("all is well, and a goal is missed")
	}

	for name, change := range map[string]func(*overload){
		"less goodput":        func(o *overload) { last(o).answered[plain] = 30 },
		"a late page":         func(o *overload) { last(o).times[0] = budgetOfMobile + 1 },
		"one who matters":     func(o *overload) { o.phases[1].answered[high] = 98 },
		"prefetch before all": func(o *overload) { o.phases[1].answered[prefetch] = 60 },
		"memory":              func(o *overload) { last(o).memory.Peak = overloadMemory + 1 },
		"no way back":         func(o *overload) { o.after.unwhole = overloadBack + 1 },
	} {
		if met(change) {
			t.Errorf("%s: all goals are met", name)
		}
	}
}
