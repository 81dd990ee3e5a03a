package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"storefront/bench/internal/report"
	"storefront/bench/internal/stat"
	"storefront/bench/internal/verdict"
)

// What is to be reached when one replica is slow.
const (
	slowRatio = 1.5  // of the p99 with all healthy
	moreCalls = 1.10 // for a page
)

func (h *hedge) section() (*report.Section, error) {
	facts, err := h.day.facts(h.day.machine)
	if err != nil {
		return nil, err
	}

	facts = append(facts, report.Fact{Name: "hedges that the BFF says to have sent", Value: report.Count(h.hedges)})

	for _, l := range append(h.healthy, h.slow...) {
		facts = append(facts, l.wrongs()...)
	}

	return &report.Section{
		Title: "A slow replica",
		About: fmt.Sprintf("%d requests a second for the %s, due at fixed times whatever happens, over %d replicas of the %s service and one of each other. "+
			"A call takes %s, one in a hundred 1.4 times as long; of the slow replica %d times as long. %d rounds of %s with all healthy and then with one slow, each time another one; "+
			"times are from %s on after the change, calls are all.",
			*h.rate, page(*h.page).Name, *h.replicas, *h.service, *h.takes, *h.factor, *h.rounds, *h.time, runIn),
		Facts: facts,
		Table: report.Table{
			Head: []string{"round", "pages", "p50 ms", "p99 ms", "fresh %", "wrong", "calls for a page", "calls of each replica"},
			Rows: h.rows(),
		},
		Goals: h.goals(),
	}, nil
}

func (h *hedge) rows() (rows [][]string) {
	for n := range h.healthy {
		for _, l := range []*lap{h.healthy[n], h.slow[n]} {
			name := fmt.Sprintf("%d, healthy", n+1)
			if l.slowest >= 0 {
				name = fmt.Sprintf("%d, replica %d slow", n+1, l.slowest)
			}

			some := l.settled()
			row := append([]string{name, strconv.Itoa(len(some))}, some.times()...)
			replicas := each(l.calls, func(calls int64) string { return strconv.FormatInt(calls, 10) })
			rows = append(rows, append(row, some.share(verdict.Whole), strconv.Itoa(l.all().wrong()),
				report.Fine(ratioOf([]*lap{l})), strings.Join(replicas, " + ")))
		}
	}

	return rows
}

// settled are the samples that count.
func (l *lap) settled() samples { return l.all().between(l.from, l.from.Add(forever)) }

// ratioOf is how many calls there were for a page.
func ratioOf(laps []*lap) float64 {
	var (
		calls int64
		pages int
	)

	for _, l := range laps {
		pages += len(l.taken)
		for _, n := range l.calls {
			calls += n
		}
	}

	return float64(calls) / float64(max(1, pages))
}

func (h *hedge) goals() []report.Goal {
	var (
		g           goals
		whole, all  int
		p99         = func(l *lap) time.Duration { return l.settled().p99() }
		well, ill   = stat.Median(each(h.healthy, p99)), stat.Median(each(h.slow, p99))
		limit       = time.Duration(slowRatio * float64(well))
		extra, most = ratioOf(h.slow), moreCalls
	)

	for _, l := range append(h.healthy, h.slow...) {
		whole, all = whole+l.all().count(verdict.Whole), all+len(l.taken)
	}

	g.addf(ill <= limit && ill < forever, "p99 with one slow replica within %s × the %s ms with all healthy, in the medians of the rounds: %s ms",
		report.Ratio(slowRatio), report.Milliseconds(well), report.Milliseconds(ill))
	g.addf(extra <= most, "at most %s calls for a page with one slow replica: %s", report.Ratio(most), report.Fine(extra))
	g.addf(whole == all && all > 0, "pages whole and fresh: %d of %d", whole, all)

	return g
}
