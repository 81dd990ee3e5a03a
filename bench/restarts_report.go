package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"storefront/bench/internal/load"
	"storefront/bench/internal/report"
	"storefront/bench/internal/stat"
)

// lostGoal is the share of all requests that may fail when a replica is killed.
const lostGoal = 0.001

func (r *restarts) section() (*report.Section, error) {
	facts, err := r.rig.facts(r.rig.machine)
	if err != nil {
		return nil, err
	}

	r.sort()

	section := &report.Section{
		Title: "Restarts behind a balancer",
		About: fmt.Sprintf("%d bff-mobile with their default settings behind HAProxy as %s has it. %d requests are due in a second, whatever becomes of earlier ones, "+
			"over %d connections of which %d are opened for each request anew; %d users ask in turn, the second time with If-None-Match, and so on. "+
			"Under load each replica is stopped with SIGTERM and started again; then one is killed with -9, missed, and started again. "+
			"A request belongs to the row in which it was due, and its time counts from then. It fails when the connection breaks, or when the answer is not the right one. "+
			"Tried again is what HAProxy hid from clients: a connection refused or broken, and the request sent to another replica. Services answer at once and forbid to store.",
			replicas, *r.example, *r.rate, *r.connections, *r.fresh, *r.users),
		Facts: append(facts, report.Fact{Name: "balancer", Value: r.haproxy.version}),
		Table: report.Table{Head: []string{"meanwhile", "seconds", "requests", "failed", "of what", "tried again", "p50 ms", "p99 ms", "most ms"}},
		Goals: r.goals(),
	}

	for _, s := range r.spans {
		section.Table.Rows = append(section.Table.Rows, s.row())
	}

	return section, nil
}

func (s *leg) row() []string {
	const p50, p99, most = 50, 99, 100

	times := each(s.outcomes, load.Outcome.Took)
	at := func(p float64) string { return report.Milliseconds(stat.Percentile(times, p)) }
	failed := failures(s.outcomes)

	return []string{
		s.name, report.Ratio(s.to.Sub(s.from).Seconds()), report.Count(float64(len(s.outcomes))),
		report.Count(float64(len(failed))), causes(failed), report.Count(float64(s.again)), at(p50), at(p99), at(most),
	}
}

// failures are the outcomes that are ones.
func failures(outcomes []load.Outcome) []load.Outcome {
	return slices.DeleteFunc(slices.Clone(outcomes), func(o load.Outcome) bool { return o.Err == nil })
}

// causes says what requests failed of and how many of each.
func causes(failed []load.Outcome) string {
	count := map[string]int{}
	for _, o := range failed {
		count[cause(o.Err)]++
	}

	if len(count) == 0 {
		return "–"
	}

	words := make([]string, 0, len(count))
	for _, text := range slices.Sorted(maps.Keys(count)) {
		words = append(words, fmt.Sprintf("%d × %s", count[text], text))
	}

	return strings.Join(words, "; ")
}

// cause is the last cause of an error, without addresses, fit for a table.
func cause(err error) string {
	const longest = 60

	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}

	text, _, _ := strings.Cut(err.Error(), "\n")

	return strings.ReplaceAll(text[:min(len(text), longest)], "|", "/")
}

// goals: restarts lose nothing; a kill loses nothing but what was under way.
func (r *restarts) goals() []report.Goal {
	var (
		g               goals
		restarted, lost []load.Outcome
		all             int
	)

	for _, s := range r.spans {
		failed := failures(s.outcomes)
		lost = append(lost, failed...)
		all += len(s.outcomes)

		if s.restarting {
			restarted = append(restarted, slices.DeleteFunc(failed, r.inFlight)...)
		}
	}

	elsewhere := slices.DeleteFunc(slices.Clone(lost), r.inFlight)

	g.addf(len(restarted) == 0, "rolling restart of %d replicas: 0 failed requests: %d", replicas, len(restarted))
	g.addf(float64(len(lost)) < lostGoal*float64(all), "kill -9 included, less than 0.1 %% of all requests fail: %d of %d", len(lost), all)
	g.addf(len(elsewhere) == 0, "none fails that was not under way when the replica died: %d (it took %s ms to die)",
		len(elsewhere), report.Milliseconds(r.buried.Sub(r.killed).Round(time.Microsecond)))

	return g
}
