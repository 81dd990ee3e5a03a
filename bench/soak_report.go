package main

import (
	"fmt"
	"math"
	"strconv"

	"storefront/bench/internal/report"
	"storefront/bench/internal/stat"
	"storefront/bench/internal/verdict"
)

// flat is how much the last quarter may differ from the first.
const flat = 0.05

// quarters are the parts of a soak.
const quarters = 4

func (s *soak) section() (*report.Section, error) {
	facts, err := s.day.facts(s.day.machine)
	if err != nil {
		return nil, err
	}

	for _, p := range pagesOf(s.bffs.list()) {
		c := s.pages[p.Key]
		facts = append(facts, report.Fact{Name: p.Name, Value: fmt.Sprintf(
			"%d answers: %d whole, %d with something stale, %d with something omitted, %d refused, %d wrong, %d of others, %d lost; %d later than the budget of %s + %s",
			c.tally.All(), c.tally.Of[verdict.Whole], c.tally.Of[verdict.Stale], c.tally.Of[verdict.Omitted], c.tally.Of[verdict.Refused],
			c.tally.Of[verdict.Wrong], c.tally.Of[verdict.Foreign], c.lost, c.late, p.Budget, grace)})
	}

	facts = append(facts, each(s.examples, func(e string) report.Fact { return report.Fact{Name: "not right", Value: strconv.Quote(e)} })...)

	return &report.Section{
		Title: "Soak",
		About: fmt.Sprintf("%s of %d requests a second for each page, due at fixed times whatever happens, by %d users in any order; every %s one of the services, chosen at random, "+
			"gets another preset of bad days or is well again (seed %d). After every %s of load all connections of clients are closed and, 2.5 s later, each BFF is looked at: "+
			"heap in use after two collections, and goroutines, but for those whose stacks hold nothing but the standard library's keeping a connection. Medians of each quarter of the looks.",
			*s.time, *s.rate, *s.users, *s.change, *s.seed, *s.slice),
		Facts: facts,
		Table: report.Table{
			Head: []string{"BFF and quarter", "looks", "heap in use MiB", "goroutines", "resident MiB"},
			Rows: s.rows(),
		},
		Goals: s.goals(),
	}, nil
}

// quarter is the nth quarter of the looks at a BFF, counted from 0; where there
// are fewer than four, some are empty.
func (s *soak) quarter(bff string, n int) []level {
	all := s.levels[bff]

	return all[n*len(all)/quarters : (n+1)*len(all)/quarters]
}

func heapOf(l level) int64     { return l.heap }
func residentOf(l level) int64 { return l.resident }
func goroutinesOf(l level) int { return l.goroutines }

func (s *soak) rows() (rows [][]string) {
	for _, name := range s.bffs.list() {
		for n := range quarters {
			looks := s.quarter(name, n)
			rows = append(rows, []string{
				fmt.Sprintf("%s, %d", name, n+1), strconv.Itoa(len(looks)),
				report.MiB(stat.Median(each(looks, heapOf))), strconv.Itoa(stat.Median(each(looks, goroutinesOf))),
				report.MiB(stat.Median(each(looks, residentOf))),
			})
		}
	}

	return rows
}

func (s *soak) goals() []report.Goal {
	var (
		g     goals
		wrong int
	)

	for _, name := range s.bffs.list() {
		first, last := s.quarter(name, 0), s.quarter(name, quarters-1)
		heap := growth(stat.Median(each(first, heapOf)), stat.Median(each(last, heapOf)))
		before, after := stat.Median(each(first, goroutinesOf)), stat.Median(each(last, goroutinesOf))
		isFlat := before > 0 && math.Abs(float64(after-before)) <= max(1, flat*float64(before))

		g.addf(math.Abs(heap) <= flat, "bff-%s: heap in use in the last quarter within %s of the first: %s", name, inHundred(flat), signed(heap))
		g.addf(isFlat, "bff-%s: goroutines in the last quarter within %s of the first, or one: %d, %d", name, inHundred(flat), before, after)
	}

	for _, c := range s.pages {
		wrong += c.tally.Of[verdict.Wrong] + c.tally.Of[verdict.Foreign] + c.lost
	}

	g.addf(wrong == 0, "answers that are wrong, of others, or missing: %d", wrong)

	return g
}

// growth is how much more the last is than the first, as a share of it; without
// a first one nothing is known, which is no flatness.
func growth(first, last int64) float64 {
	if first <= 0 {
		return math.Inf(1)
	}

	return float64(last-first) / float64(first)
}

// signed writes a growth in hundredths.
func signed(growth float64) string { return fmt.Sprintf("%+.1f %%", 100*growth) } //nolint:mnd // Hundredths.
