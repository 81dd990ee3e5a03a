package main

import (
	"fmt"
	"time"

	"storefront/bench/internal/report"
	"storefront/bench/internal/stat"
)

// latencyGoal is what the dashboards of mobile and web keep to at the median
// when every service takes 50 ms: the calls run side by side.
const latencyGoal = 60 * time.Millisecond

func (l *latency) section() (*report.Section, error) {
	facts, err := l.rig.facts(l.rig.machine)
	if err != nil {
		return nil, err
	}

	section := &report.Section{
		Title: "Latency of a cold fan-out",
		About: fmt.Sprintf("Every service takes %s for each answer, and nothing may be stored. %d connections send %d requests to each target "+
			"in turn, each for another user, %d rounds after %d requests to warm up; the figures are the medians of the rounds. "+
			"Processor time is the target's own. The last row is asked without a BFF: what a fan-out cannot be faster than.",
			*l.delay, *l.connections, *l.requests, *l.rounds, *l.warmUp),
		Facts: facts,
		Table: report.Table{Head: []string{"target", "p50 ms", "p95 ms", "p99 ms", "upstream calls per request", "CPU µs per request"}},
	}

	for _, r := range l.rows {
		p50 := stat.Median(r.p50)
		section.Table.Rows = append(section.Table.Rows, []string{
			r.Name, report.Milliseconds(p50), report.Milliseconds(stat.Median(r.p95)), report.Milliseconds(stat.Median(r.p99)),
			report.Ratio(r.calls()), report.Microseconds(r.cpu()),
		})

		if r.goal {
			section.Goals = append(section.Goals, report.Goal{
				Text: fmt.Sprintf("%s in under %s at the median: %s ms", r.Name, latencyGoal, report.Milliseconds(p50)),
				Met:  p50 < latencyGoal,
			})
		}
	}

	return section, nil
}

func (r *row) calls() float64 {
	return stat.Median(each(r.costs, func(c cost) float64 { return c.calls }))
}

func (r *row) cpu() time.Duration {
	return stat.Median(each(r.costs, func(c cost) time.Duration { return c.cpu }))
}

func each[T, U any](list []T, of func(T) U) []U {
	values := make([]U, len(list))
	for i, value := range list {
		values[i] = of(value)
	}

	return values
}
