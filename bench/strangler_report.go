package main

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"storefront/bench/internal/report"
	"storefront/bench/internal/stat"
)

// What is to be reached.
const (
	strangledRatio = 1.03 // processor time of a page in that without a strangler
	shadowedRatio  = 1.02 // p50 in mode shadow in that in mode old
	shadowedCalls  = 5.9  // of 6, or nothing was compared
)

func (s *strangler) sections() ([]*report.Section, error) {
	facts, err := s.rig.facts(s.rig.machine)
	if err != nil {
		return nil, err
	}

	for _, why := range s.repeated {
		facts = append(facts, report.Fact{Name: "a run was repeated", Value: strconv.Quote(why)})
	}

	return []*report.Section{s.costSection(facts), s.shadowSection(facts)}, nil
}

func (s *strangler) costSection(facts []report.Fact) *report.Section {
	section := &report.Section{
		Title: "What the strangler costs",
		About: fmt.Sprintf("A bff-mobile without an old system, and beside it one that follows a routes file with all routes in one mode. "+
			"Every request is for another user, services and monolith answer at once and forbid to store. %d rounds, each with fresh processes that live side by side and are warmed for %s each; "+
			"then %d connections, each with one request at a time, ask one process after the other in %d turns, %s each process in all. "+
			"Figures are the medians of the rounds; a ratio is that to the process without a strangler in the same round. "+
			"Processor time is the BFF's own, user and system. The second row is the first once more: what it is off by is chance. That the right side was asked is read from the BFF's metrics. The old side sends what the services do, so what is left of the difference is the way there.",
			*s.rounds, *s.warmUp, *s.connections, *s.slices, *s.time),
		Facts: facts,
		Table: report.Table{Head: []string{"routes", "CPU µs per request", "× without", "least–most of a round", "requests per second", "upstream calls per request"}},
	}

	var g goals

	for _, c := range s.courses {
		ratios := c.ratios(s.courses[0])
		ratio := stat.Median(ratios)

		section.Table.Rows = append(section.Table.Rows, []string{
			c.name, report.Microseconds(stat.Median(each(c.costs, costCPU))), report.Fine(ratio),
			report.Fine(slices.Min(ratios)) + "–" + report.Fine(slices.Max(ratios)),
			report.Count(stat.Median(c.perSecond)), report.Fine(stat.Median(each(c.costs, costCalls))),
		})

		if c.goal {
			g.addf(ratio < strangledRatio, "%s: processor time of a page in that without a strangler under %s: %s", c.name, report.Ratio(strangledRatio), report.Fine(ratio))
		}
	}

	section.Goals = g

	return section
}

func costCPU(c cost) time.Duration { return c.cpu }
func costCalls(c cost) float64     { return c.calls }

// ratios are the processor times in those of another course, round by round.
func (c *course) ratios(to *course) []float64 {
	all := make([]float64, len(c.costs))
	for n := range all {
		all[n] = float64(c.costs[n].cpu) / float64(to.costs[n].cpu)
	}

	return all
}

func (s *strangler) shadowSection(facts []report.Fact) *report.Section {
	section := &report.Section{
		Title: "What shadowing does to a page",
		About: fmt.Sprintf("One bff-mobile whose routes are all in mode old, and all in mode shadow, in turns: %d rounds of %s each. %d requests a second, due at fixed times, each for another user; their times count from then. "+
			"The rate is one that load, stub and BFF can do together on few cores with room to spare: a page that waits for a core says nothing of what it was made to wait for. "+
			"The goal is for services that take %s, as services do; the rows of services that answer at once show what is left of a page when it waits for nothing but cores, which the second question takes as well. "+
			"Processor time says what shadowing does cost: everything is asked and read twice, and compared.",
			*s.rounds, *s.time, *s.rate, *s.delay),
		Facts: facts,
		Table: report.Table{Head: []string{"services take", "mode", "p50 ms", "× old", "p99 ms", "CPU µs per request", "upstream calls per request"}},
	}

	var g goals

	for _, b := range s.shadows {
		ratio := b.ratio()
		section.Table.Rows = append(section.Table.Rows, b.old.row(b.delay, "old", 1), b.shadow.row(b.delay, "shadow", ratio))

		if b.goal {
			calls := stat.Median(each(b.shadow.costs, costCalls))

			g.addf(ratio <= shadowedRatio, "services that take %s: p50 of a page in mode shadow in that in mode old at most %s: %s", b.delay, report.Ratio(shadowedRatio), report.Fine(ratio))
			g.addf(calls >= shadowedCalls, "all of it was asked twice: %s calls for a page of 6", report.Fine(calls))
		}
	}

	section.Goals = g

	return section
}

// ratio is the median of p50 in mode shadow in that in mode old, round by round.
func (b *beside) ratio() float64 {
	all := make([]float64, len(b.old.p50))
	for n := range all {
		all[n] = float64(b.shadow.p50[n]) / float64(b.old.p50[n])
	}

	return stat.Median(all)
}

func (a *aside) row(delay time.Duration, mode string, ratio float64) []string {
	return []string{
		delay.String(), mode, report.Milliseconds(stat.Median(a.p50)), report.Fine(ratio), report.Milliseconds(stat.Median(a.p99)),
		report.Microseconds(stat.Median(each(a.costs, costCPU))), report.Fine(stat.Median(each(a.costs, costCalls))),
	}
}
