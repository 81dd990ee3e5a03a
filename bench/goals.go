package main

import (
	"fmt"
	"math"

	"storefront/bench/internal/report"
)

// goals collects what was to be reached.
type goals []report.Goal

func (g *goals) addf(met bool, format string, args ...any) {
	*g = append(*g, report.Goal{Text: fmt.Sprintf(format, args...), Met: met})
}

// atMost is a goal for a figure.
func (g *goals) atMost(t *trial, what string, figure, limit float64) {
	g.addf(figure <= limit, "%s: %s at most %s: %s", t.key, what, report.Fine(limit), report.Fine(figure))
}

// failures: what ours could not do at all is a goal missed.
func (c *compare) failures(of group) []report.Goal {
	var g goals

	for _, t := range c.trials {
		if t.group == of && t.kind == ours && t.failed != nil {
			g.addf(false, "%s", t.failure())
		}
	}

	return g
}

// coldGoals: much less work than plain Go, and less than any peer, which are not
// faster either; related data in two calls.
func (c *compare) coldGoals() []report.Goal {
	const mobile, tv, web = 0.20, 0.20, 0.30

	var g goals

	for _, goal := range []struct {
		key   string
		limit float64
	}{{"mobile-cold", mobile}, {"tv-cold", tv}, {"web-cold", web}} {
		if t, plain := c.of(goal.key, nameOurs), c.of(goal.key, namePlain); t != nil && plain != nil {
			g.atMost(t, "processor time in that of plain Go", ratio(t, plain), goal.limit)
		}
	}

	for _, t := range c.in(groupCold) {
		if other := c.of(t.key, nameOurs); other != nil && t.kind == peer {
			g.addf(other.cpu() < t.cpu(), "%s: less processor time than %s: %s of %s µs",
				t.key, t.name, report.Microseconds(other.cpu()), report.Microseconds(t.cpu()))
			g.addf(other.p99() <= t.p99(), "%s: p99 not above that of %s: %s, theirs %s ms",
				t.key, t.name, report.Milliseconds(other.p99()), report.Milliseconds(t.p99()))
		}
	}

	g.related(c.of("web-n+1", nameOurs), c.of("web-cold", nameOurs))

	return g
}

// related is about a page whose parts need other parts.
func (g *goals) related(t, page *trial) {
	const calls, within, limit = 2, 0.005, 1.5

	if t == nil {
		return
	}

	g.addf(math.Abs(t.calls()-calls) < within, "%s: exactly %d upstream calls: %s", t.key, calls, report.Fine(t.calls()))

	if page != nil {
		perByte := func(t *trial) float64 { return float64(t.cpu()) / t.bytes() }
		g.atMost(t, "processor time for a kilobyte in that of web-cold", perByte(t)/perByte(page), limit)
	}
}

// sameGoals: whoever asks for what is being fetched waits for it.
func (c *compare) sameGoals() []report.Goal {
	const limit = 0.1

	var g goals

	for _, t := range c.in(groupSame) {
		if t.kind == ours {
			g.atMost(t, "upstream calls per request", t.calls(), limit)
		}
	}

	return g
}

// hotGoals: what is at hand costs little more than bytes that are always the
// same.
func (c *compare) hotGoals() []report.Goal {
	const whole, unchanged, calls = 1.5, 1.2, 0.02

	var g goals

	for _, t := range c.in(groupHot) {
		fixed := c.of(t.key, nameFixed)
		if t.kind != ours || fixed == nil {
			continue
		}

		if t.conditional {
			g.atMost(t, "processor time in that of the net/http floor", ratio(t, fixed), unchanged)

			continue
		}

		g.atMost(t, "processor time in that of the net/http floor", ratio(t, fixed), whole)
		g.addf(t.calls() < calls, "%s: upstream calls per request under %s: %s", t.key, report.Fine(calls), report.Fine(t.calls()))
	}

	return g
}

// postsGoals are Tailcall's figures: there the floor of fixed bytes is 50 for A
// and 46 for B. Ours are brought into its unit by the floor of this run.
func (c *compare) postsGoals() []report.Goal {
	var g goals

	for _, query := range []struct {
		key                string
		floor, limit, rate float64
	}{{"posts A", 50, 132, 40}, {"posts B", 46, 58, 15}} {
		t := c.of(query.key, nameOurs)
		if t == nil {
			continue
		}

		if fixed := c.of(query.key, nameFixed); fixed != nil {
			figure := ratio(t, fixed) * query.floor
			g.addf(figure <= query.limit, "%s: at most %s where the net/http floor is %s: %s",
				t.key, report.Count(query.limit), report.Count(query.floor), report.Count(figure))
		}

		if plain := c.of(query.key, nameGqlgen); plain != nil {
			figure := t.perSecond() / plain.perSecond()
			g.addf(figure > query.rate, "%s: more than %s times the requests per second of plain gqlgen with a loader: %s times",
				t.key, report.Count(query.rate), report.Ratio(figure))
		}
	}

	return g
}
