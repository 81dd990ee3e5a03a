package main

import (
	"bytes"
	"net/http"
	"slices"
	"time"

	"storefront/bench/internal/flood"
	"storefront/bench/internal/load"
	"storefront/bench/internal/procfs"
	"storefront/bench/internal/scrape"
	"storefront/bench/internal/stat"
)

// phase is what one load showed.
type phase struct {
	factor float64 // of the capacity
	rate   int
	span   time.Duration

	shots    int
	of       [classes]int // requests by class
	answered [classes]int // pages within the budget
	whole    int
	late     int // pages beyond the budget
	refused  int
	failed   int             // whatever else came of a request
	times    []time.Duration // of pages, shortest first once it is over
	unwhole  time.Duration   // when the last request was sent that got no whole page

	cost   cost
	memory procfs.Memory
	shed   map[string]float64
}

// note notes one shot. glance says whether a page is whole.
func (p *phase) note(s flood.Shot, glance func(load.Answer) error) {
	class := classOf(s.N)
	p.shots++
	p.of[class]++

	isWhole := s.Status == http.StatusOK && glance(load.Answer{Status: s.Status, Body: s.Body}) == nil
	if !isWhole || s.Took > budgetOfMobile {
		p.unwhole = max(p.unwhole, s.At)
	}

	switch {
	case s.Status == http.StatusServiceUnavailable || s.Status == http.StatusTooManyRequests:
		p.refused++
	case s.Status != http.StatusOK || !isWhole && !bytes.Contains(s.Body, []byte(`"degraded"`)):
		p.failed++
	case s.Took > budgetOfMobile:
		p.late++
		p.times = append(p.times, s.Took)
	default:
		p.answered[class]++
		p.times = append(p.times, s.Took)

		if isWhole {
			p.whole++
		}
	}
}

// sheds are the words of what is shed.
func sheds() []string { return []string{"prefetch", "sections", "normal", "high"} }

// read notes what the target itself says of what it has shed.
func (p *phase) read(before, after scrape.Series) error {
	p.shed = map[string]float64{}

	for _, what := range sheds() {
		series := `bff_shed_total{bff="mobile",what="` + what + `"}`

		from, err := before.Get(series)
		if err != nil {
			return err
		}

		to, err := after.Get(series)
		if err != nil {
			return err
		}

		p.shed[what] = to - from
	}

	slices.Sort(p.times)

	return nil
}

// good are the pages within the budget.
func (p *phase) good() (n int) {
	for _, answered := range p.answered {
		n += answered
	}

	return n
}

// goodput is how many pages within the budget there were in a second.
func (p *phase) goodput() float64 { return float64(p.good()) / p.span.Seconds() }

// success is the share of a class that got a page within the budget.
func (p *phase) success(c class) float64 {
	return float64(p.answered[c]) / float64(max(1, p.of[c]))
}

func (p *phase) percentile(percent float64) time.Duration {
	if len(p.times) == 0 {
		return 0
	}

	return stat.Percentile(p.times, percent)
}

// ofRefusal is the processor time of a refused request, the pages taken at that
// of a page.
func (p *phase) ofRefusal(page time.Duration) time.Duration {
	if p.refused == 0 {
		return 0
	}

	all := p.cost.cpu * time.Duration(p.shots)

	return max(0, all-page*time.Duration(len(p.times))) / time.Duration(p.refused)
}
