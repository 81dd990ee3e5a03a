package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"storefront/bench/internal/report"
	"storefront/bench/internal/stat"
)

// sections are what was found, a table for each group of workloads.
func (c *compare) sections() ([]*report.Section, error) {
	facts, err := c.facts()
	if err != nil {
		return nil, err
	}

	sections := []*report.Section{
		{
			Title: "Side by side: cold pages", Table: c.table(groupCold), Goals: c.coldGoals(),
			About: c.about("Every request is for another user, and nothing may be stored. " +
				"web-cold is the dashboard over GraphQL, or over REST for plain Go, Fastify and the fan-outs, which speak no GraphQL; " +
				"web-n+1 is 20 orders with the 40 products in them."),
		},
		{
			Title: "Side by side: everybody asks for the same page", Table: c.table(groupSame), Goals: c.sameGoals(),
			About: c.about("All connections ask for the page of one user, and nothing may be stored."),
		},
		{
			Title: "Side by side: pages at hand", Table: c.table(groupHot), Goals: c.hotGoals(),
			About: c.about(fmt.Sprintf("Services allow to store for %s; %d users were all asked for once before each run. "+
				"In the last workload clients send the ETag that they have; the floors answer them with the whole page.", maxAge, hotUsers)),
		},
		{
			Title: "Side by side: posts", Table: c.table(groupPosts), Goals: c.postsGoals(),
			About: c.about("All connections ask for the same, and nothing may be stored. A is 100 posts with who wrote them, B their titles, C a word."),
		},
		c.addedSection(),
		c.memorySection(),
	}

	for i, g := range []group{groupCold, groupSame, groupHot, groupPosts, groupAdded} {
		sections[i].Goals = append(c.failures(g), sections[i].Goals...)
	}

	sections = slices.DeleteFunc(sections, func(s *report.Section) bool { return len(s.Table.Rows)+len(s.Goals) == 0 })
	for _, s := range sections {
		s.Facts = facts
	}

	return sections, nil
}

// about says of all tables how they came about.
func (c *compare) about(what string) string {
	return what + fmt.Sprintf(" %d connections, each with one request at a time, ask each target for %s in turn, %d rounds after %s to warm up; "+
		"figures are the medians of the rounds. Processor time is that of the target's processes, user and system. "+
		"Whole answers were compared with the right ones before; in a run it is the status, the length and a mark. "+
		"Ours run with their default settings: metrics, Server-Timing, and an access log that goes to a file in the temporary folder.",
		*c.connections, *c.time, *c.rounds, *c.warmUp) + c.caveat()
}

// caveat is said of figures that are too rough: processor time is counted in
// steps of 10 ms, and others are at work too.
func (c *compare) caveat() string {
	const enough, rounds = 3 * time.Second, 3

	if *c.time >= enough && *c.rounds >= rounds {
		return ""
	}

	return " **This run was short: it shows the form of the table and is to be repeated with the default settings.**"
}

func (c *compare) facts() ([]report.Fact, error) {
	var all conditions

	for _, r := range c.worlds {
		if all.others == nil {
			all.before = r.before
		}

		all.others = append(all.others, r.others...)
		all.source = r.source
	}

	all.source = c.builds.source

	var machine *rig
	for _, machine = range c.worlds {
		break
	}

	facts, err := all.facts(machine.machine)

	for _, skipped := range c.builds.skipped {
		facts = append(facts, report.Fact{Name: "left out", Value: strings.ReplaceAll(strings.TrimSpace(skipped), "\n", " ")})
	}

	for _, t := range c.trials {
		if t.failed != nil {
			facts = append(facts, report.Fact{Name: "failed", Value: t.failure()})
		}
	}

	return facts, err
}

// failure is why a trial was given up, as much of it as fits.
func (t *trial) failure() string {
	const longest = 300

	text := strings.Join(strings.Fields(t.failed.Error()), " ")

	return fmt.Sprintf("%s, %s: %.*s", t.key, t.name, longest, text)
}

// of returns the trial of a contender at a task, nil where there is none that
// went well.
func (c *compare) of(key, name string) *trial {
	for _, t := range c.trials {
		if t.key == key && t.name == name && t.failed == nil {
			return t
		}
	}

	return nil
}

// in are the trials of a group that went well.
func (c *compare) in(g group) []*trial {
	var list []*trial

	for _, t := range c.trials {
		if t.group == g && t.failed == nil {
			list = append(list, t)
		}
	}

	return list
}

// times is how many times as much one takes as another, in words; none where
// there is no other.
func times(t, other *trial) string {
	if other == nil || other.cpu() == 0 {
		return "–"
	}

	return report.Ratio(ratio(t, other))
}

func ratio(t, other *trial) float64 { return float64(t.cpu()) / float64(other.cpu()) }

func (c *compare) table(g group) report.Table {
	table := report.Table{Head: []string{
		"workload", "target", "CPU µs per request", "least–most of a round", "× plain Go", "× net/http fixed",
		"requests per second", "p50 ms", "p99 ms", "bytes", "upstream calls per request", "peak MiB",
	}}

	for _, t := range c.in(g) {
		table.Rows = append(table.Rows, []string{
			t.key, t.name, report.Microseconds(t.cpu()), t.spread(), times(t, c.of(t.key, namePlain)), times(t, c.of(t.key, nameFixed)),
			report.Count(t.perSecond()), report.Milliseconds(t.p50()), report.Milliseconds(t.p99()), report.Count(t.bytes()),
			report.Fine(t.calls()), report.MiB(t.peak),
		})
	}

	return table
}

// spread is the least and the most processor time of a round.
func (t *trial) spread() string {
	times := each(t.rounds, func(r round) time.Duration { return r.cpu })

	return report.Microseconds(slices.Min(times)) + "–" + report.Microseconds(slices.Max(times))
}

// service is what the slow service itself took when it was disturbed least.
func (c *compare) service() (p50, p99 time.Duration) {
	var all []round
	for _, t := range c.in(groupAdded) {
		all = append(all, t.rounds...)
	}

	if len(all) == 0 {
		return 0, 0
	}

	return slices.Min(each(all, func(r round) time.Duration { return r.baseline50 })),
		slices.Min(each(all, func(r round) time.Duration { return r.baseline99 }))
}

func (c *compare) addedSection() *report.Section {
	section := &report.Section{
		Title: "Added latency over slow services",
		About: fmt.Sprintf("Every service takes %s for each answer, and nothing may be stored. What a closed loop of %d connections reaches in %s is "+
			"found first; then half as many requests are sent in an open loop: each is due at a time fixed in advance and its time counts from then, "+
			"so that waiting is seen. The product service itself, which sends the most, is asked at the same rate right after; what is added is the "+
			"difference of the percentiles. Medians of %d rounds, of the service itself the least of all, so that a disturbance there flatters nobody.", *c.slowDelay, *c.slowConnections, *c.time, *c.rounds) + c.caveat(),
		Table: report.Table{Head: []string{
			"workload", "target", "utmost requests per second", "due per second", "answered per second", "p50 ms", "p99 ms",
			"service p50 ms", "service p99 ms", "added p50 ms", "added p99 ms", "CPU µs per request",
		}},
	}

	const goal50, goal99 = time.Millisecond, 3 * time.Millisecond

	service50, service99 := c.service()

	for _, t := range c.in(groupAdded) {
		number := func(value func(r round) float64) float64 { return stat.Median(each(t.rounds, value)) }

		added50, added99 := t.p50()-service50, t.p99()-service99

		section.Table.Rows = append(section.Table.Rows, []string{
			t.key, t.name, report.Count(number(func(r round) float64 { return r.utmostPerSec })),
			report.Count(number(func(r round) float64 { return r.rate })), report.Count(t.perSecond()),
			report.Milliseconds(t.p50()), report.Milliseconds(t.p99()),
			report.Milliseconds(service50), report.Milliseconds(service99), report.Milliseconds(added50), report.Milliseconds(added99),
			report.Microseconds(t.cpu()),
		})

		if t.kind == ours {
			section.Goals = append(section.Goals, report.Goal{
				Text: fmt.Sprintf("%s: p50 under %s and p99 under %s above the service: %s and %s ms",
					t.key, goal50, goal99, report.Milliseconds(added50), report.Milliseconds(added99)),
				Met: added50 < goal50 && added99 < goal99,
			})
		}
	}

	return section
}

func (c *compare) memorySection() *report.Section {
	const goal = 96 << 20

	section := &report.Section{
		Title: "Memory at saturation",
		About: fmt.Sprintf("A fresh bff-mobile with CACHE_BYTES=%s answers requests for %d different users in turn over %d connections as fast as it can. "+
			"Services answer at once and allow to store for %s.", cacheBytes, *c.users, *c.connections, maxAge),
		Table: report.Table{Head: []string{
			"target", "requests", "most ever resident, MiB (VmHWM)", "resident at the end, MiB (VmRSS)", "requests per second",
			"CPU µs per request", "upstream calls per request",
		}},
	}

	if m := c.memory; m != nil {
		section.Table.Rows = [][]string{{
			"bff-mobile", report.Count(float64(m.result.Requests)), report.MiB(m.memory.Peak), report.MiB(m.memory.Resident),
			report.Count(m.result.PerSecond()), report.Microseconds(m.cost.cpu), report.Fine(m.cost.calls),
		}}
		section.Goals = []report.Goal{{
			Text: fmt.Sprintf("never more than %s MiB resident: %s MiB", report.MiB(int64(goal)), report.MiB(m.memory.Peak)),
			Met:  m.memory.Peak < goal,
		}}
	}

	return section
}
