package main

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"storefront/bench/internal/profile"
	"storefront/bench/internal/report"
	"storefront/bench/internal/verdict"
)

// maxExamples is how many things that went wrong are told at length.
const maxExamples = 10

func (f *faults) section() (*report.Section, error) {
	facts, err := f.day.facts(f.day.machine)
	if err != nil {
		return nil, err
	}

	return &report.Section{
		Title: "Faults",
		About: fmt.Sprintf("Each preset of bad days on each service in turn; %d requests to each page of each BFF over %d connections, "+
			"after a warm-up that puts the pages of %d users at hand; every tenth request is of a user who has never been asked for. "+
			"Every answer is judged whole: status, JSON, each section as it has to be for this user or said to be stale or omitted and why. "+
			"A page that is of the faulty service alone may be refused (503) to a new user. "+
			"\"Believed\" are pages with a list of somebody else's that the service itself gave (wrong-user): a list does not say whose it is. "+
			"Goroutines are counted after each preset, once the service is well and all connections of clients are closed, against those before the first; "+
			"those are left out whose stacks hold nothing but the standard library's keeping a connection. A row sums up all pages.",
			*f.requests, *f.connections, *f.users),
		Facts: append(facts, f.examples()...),
		Table: report.Table{
			Head: []string{"preset, service", "answers", "whole", "stale", "omitted", "refused", "wrong", "foreign", "lost", "late", "believed", "slowest, of its budget ms"},
			Rows: f.rows(),
		},
		Goals: f.goals(),
	}, nil
}

// rows are the results by preset and service.
func (f *faults) rows() (rows [][]string) {
	pages := len(f.pages())

	for some := range slices.Chunk(f.results, max(1, pages)) {
		var (
			tally      verdict.Tally
			lost, late int
			over       = -time.Hour
		)

		for _, r := range some {
			tally.Join(r.tally)
			lost, late = lost+r.lost, late+r.late
			over = max(over, r.slowest-r.page.Budget)
		}

		figures := append([]int{tally.All()}, append(tally.Of[:], lost, late, tally.Believed)...)
		name := some[0].preset + ", " + string(some[0].service)
		slowest := fmt.Sprintf("%+.0f", float64(over)/float64(time.Millisecond))
		rows = append(rows, slices.Concat([]string{name}, each(figures, strconv.Itoa), []string{slowest}))
	}

	return rows
}

// examples tell some of what went wrong.
func (f *faults) examples() (facts []report.Fact) {
	for _, r := range f.results {
		if len(r.examples) > 0 && len(facts) < maxExamples {
			facts = append(facts, report.Fact{
				Name:  fmt.Sprintf("%s, %s, %s, first of %d", r.preset, r.service, r.page.Name, len(r.examples)),
				Value: strconv.Quote(r.examples[0]),
			})
		}
	}

	for _, name := range f.bffs.list() {
		for _, stack := range f.left[name][:min(len(f.left[name]), maxExamples)] {
			facts = append(facts, report.Fact{Name: "left in bff-" + name, Value: stack.String()})
		}
	}

	return facts
}

// goals are what every page has to keep to, and every BFF.
func (f *faults) goals() []report.Goal {
	var g goals

	for _, p := range f.pages() {
		all := f.of(p)
		asked := all.tally.All() + all.lost
		inTime := all.tally.All() - all.late

		g.addf(asked > 0 && inTime == asked, "%s: answered within its budget of %s + %s: %d of %d", p.Name, p.Budget, grace, inTime, asked)
		g.addf(asked > 0 && all.honest == asked, "%s: whole, or honestly degraded: %d of %d", p.Name, all.honest, asked)
		g.addf(asked > 0 && all.tally.Of[verdict.Foreign] == 0, "%s: answers with another user's data: %d", p.Name, all.tally.Of[verdict.Foreign])
	}

	for _, name := range f.bffs.list() {
		left := profile.Goroutines.Total(f.left[name])
		g.addf(left == 0, "bff-%s: goroutines left: %d", name, left)
	}

	return g
}

// of sums up a page's results.
func (f *faults) of(p *verdict.Page) (all counts) {
	for _, r := range f.results {
		if r.page.Key == p.Key {
			all.tally.Join(r.tally)
			all.honest, all.late, all.lost = all.honest+r.honest, all.late+r.late, all.lost+r.lost
		}
	}

	return all
}
