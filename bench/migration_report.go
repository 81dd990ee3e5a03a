package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"storefront/bench/internal/load"
	"storefront/bench/internal/report"
	"storefront/bench/internal/routes"
	"storefront/bench/internal/stat"
)

// What is to be reached.
const (
	sideShare   = 0.99 // of the requests of a route, by the side that is due
	namedWithin = 1000 // requests until a lie is named
	offWithin   = 5 * time.Second
)

// notRight is what a fact about a wrong answer is called.
const notRight = "not right"

func (m *migration) section() (*report.Section, error) {
	facts, err := m.systems.facts(m.systems.machine)
	if err != nil {
		return nil, err
	}

	m.sort()

	section := &report.Section{
		Title: "A migration under load",
		About: fmt.Sprintf("A monolith, three new services and `go run .` as built, each a process of its own. %d requests a second, due at fixed times whatever becomes of earlier ones, are spread evenly over %d clients: "+
			"%s. Each asks for %d users in turn, and every answer is held against what the monolith alone had answered before: clients of the facade get at least what they got, with equal values, pages are equal to the byte. "+
			"A phase takes %s; a request belongs to the one in which it was due, and its time counts from then. The last columns are the requests sent to the monolith and to the new services. "+
			"Then the new user service stands behind a front that lies or fails: in the shadow one in %.0f answers has a wrong field; with %d %% of the users, and the monolith to fall back to, all are 503, hang or are reset after %s; "+
			"and at last it is good, and its share grows by itself, with a restart of the program on the way.",
			*m.rate, len(m.clients), strings.Join(each(m.clients, func(c *client) string { return c.name }), ", "), *m.users, *m.phase,
			1/lieShare, guardedPercent, healthy),
		Facts: append(facts, m.wrongs()...),
		Table: report.Table{
			Head: []string{"meanwhile", "requests", "failed", "different", "p50 ms", "p99 ms", "users: old + new", "products: old + new", "orders: old + new"},
			Rows: m.rows(),
		},
		Goals: m.goals(),
	}

	return section, nil
}

func (m *migration) rows() (rows [][]string) {
	for _, s := range m.steps {
		rows = append(rows, s.row())
	}

	for _, l := range m.lies {
		row := outcomesRow(fmt.Sprintf("users shadow, lies %d", l.seed), l.visitors.outcomes)
		rows = append(rows, append(row, "–", "–", "–"))
	}

	for _, o := range m.outages {
		rows = append(rows, o.row())
	}

	if m.ramp != nil {
		rows = append(rows, append(outcomesRow("users ramp", m.ramp.visitors.outcomes), "–", "–", "–"))
	}

	return rows
}

func (s *step) row() []string {
	row := outcomesRow(s.name, s.outcomes)
	for _, route := range moved() {
		row = append(row, s.sent[route].text())
	}

	return row
}

func (o *outage) row() []string {
	sides := sent{float64(o.report.Sides.Old.Requests), float64(o.report.Sides.New.Requests)}

	return append(outcomesRow(fmt.Sprintf("users %d %%, %s at %d/s", guardedPercent, o.fault, o.rate), o.visitors.outcomes), sides.text(), "–", "–")
}

// outcomesRow are the columns that all rows have.
func outcomesRow(name string, outcomes []load.Outcome) []string {
	const p50, p99 = 50, 99

	failed, differing := bad(outcomes)
	times := slices.Sorted(slices.Values(each(outcomes, load.Outcome.Took)))

	return []string{
		name, strconv.Itoa(len(outcomes)), strconv.Itoa(failed), strconv.Itoa(differing),
		report.Milliseconds(stat.Percentile(times, p50)), report.Milliseconds(stat.Percentile(times, p99)),
	}
}

// everybody are all clients at work.
func (m *migration) everybody() []*visitors {
	all := []*visitors{&m.visitors}
	for _, l := range m.lies {
		all = append(all, &l.visitors)
	}

	for _, o := range m.outages {
		all = append(all, &o.visitors)
	}

	if m.ramp != nil {
		all = append(all, &m.ramp.visitors)
	}

	return all
}

// wrongs tell some of what went wrong.
func (m *migration) wrongs() (facts []report.Fact) {
	for _, v := range m.everybody() {
		for _, example := range v.examples {
			facts = append(facts, report.Fact{Name: notRight, Value: strconv.Quote(example)})
		}
	}

	return facts
}

func (m *migration) goals() []report.Goal {
	var g goals

	all := 0
	failed, differing := 0, 0

	for _, v := range m.everybody() {
		f, d := bad(v.outcomes)
		all, failed, differing = all+len(v.outcomes), failed+f, differing+d
	}

	g.addf(failed == 0 && all > 0, "failed requests of all clients, whatever happened: %d of %d", failed, all)
	g.addf(differing == 0 && all > 0, "answers that any client saw to be different: %d of %d", differing, all)
	m.sideGoals(&g)

	for _, l := range m.lies {
		g.addf(l.found.Path == "$."+lieField && l.asked <= namedWithin, "a lie in %v of the answers (seed %d) is named by its path within %d requests: %s after %d",
			lieShare, l.seed, namedWithin, said(l.found.Path != "", "%s", l.found.Path), l.asked)
	}

	for _, o := range m.outages {
		g.addf(o.off > 0 && o.off <= offWithin, "%s at %d/s: all users at the old system within %s: %s", o.fault, o.rate, offWithin, o.text())
	}

	m.rampGoals(&g)

	return g
}

// sideGoals: it was really the side that was due who answered.
func (m *migration) sideGoals(g *goals) {
	least, when := 1.0, ""

	for _, s := range m.steps {
		for _, route := range moved() {
			due := s.sent[route].old
			if slices.Contains(s.new, route) {
				due = s.sent[route].new
			}

			if part := due / max(1, s.sent[route].old+s.sent[route].new); part < least {
				least, when = part, ", "+s.name+", "+route
			}
		}
	}

	if len(m.steps) > 0 {
		g.addf(least >= sideShare, "requests of each route, in each phase, that the side answered that was due, at least %v of all: %s%s", sideShare, report.Fine(least), when)
	}
}

func (m *migration) rampGoals(g *goals) {
	if m.ramp == nil {
		return
	}

	places := strings.Join(each(m.ramp.places, func(at routes.Place) string { return strconv.Itoa(share(at)) }), ", ")
	g.addf(m.ramp.took > 0, "the share of a good system grows to 100 %% by itself: %s, in %s", places, m.ramp.took.Round(time.Millisecond))
	g.addf(share(m.ramp.behind) >= share(m.ramp.before) && share(m.ramp.before) > 0, "a restart keeps where the route stood: %d %% before, %d %% after",
		share(m.ramp.before), share(m.ramp.behind))
}

// text says after how long a route was off.
func (o *outage) text() string {
	return said(o.off > 0, "%s", o.off.Round(time.Millisecond).String())
}
