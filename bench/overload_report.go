package main

import (
	"fmt"
	"strconv"
	"time"

	"storefront/bench/internal/report"
)

// What more than can be done must not change.
const (
	overloadGoodput = 0.9             // of the most that there is at any load
	overloadHigh    = 0.99            // of what matters most
	overloadMemory  = 64 << 20        // bytes more than before
	overloadBack    = 5 * time.Second // until all is as before
)

func (o *overload) section() (*report.Section, error) {
	facts, err := o.rig.facts(o.rig.machine)
	if err != nil {
		return nil, err
	}

	section := &report.Section{
		Title: "Overload",
		About: fmt.Sprintf("Each service makes %d answers at a time and takes %s for each; the others wait in line, and one that was given up is made all the same. "+
			"A closed loop of %d requests at a time finds the capacity: %s pages a second, %s µs of processor time each. "+
			"Then requests are sent at a multiple of it for %s, whether or not they are answered (vegeta), each for another user: "+
			"10 %% `Priority: u=1`, 50 %% without a word, 40 %% `Sec-Purpose: prefetch`. "+
			"Goodput counts pages within the budget of %s. The load of 0.5 follows that of 10 at once.",
			*o.places, *o.service, *o.connections, report.Count(o.capacity), report.Microseconds(o.whole), *o.time, budgetOfMobile),
		Facts: facts,
		Table: report.Table{Head: []string{
			"load", "sent/s", "goodput/s", "of it degraded/s", "p50 ms", "p99 ms", "u=1 %", "normal %", "prefetch %",
			"shed: prefetch", "sections", "normal", "u=1", "late or broken", "peak RSS MiB", "CPU µs per refusal",
		}},
		Goals: o.goals(),
	}

	for _, p := range append(o.phases, o.after) {
		section.Table.Rows = append(section.Table.Rows, o.line(p))
	}

	return section, nil
}

func (o *overload) line(p *phase) []string {
	const p50, p99 = 50, 99

	line := []string{
		strconv.FormatFloat(p.factor, 'g', -1, 64) + " ×", strconv.Itoa(p.rate), report.Count(p.goodput()),
		report.Count(float64(p.good()-p.whole) / p.span.Seconds()),
		report.Milliseconds(p.percentile(p50)), report.Milliseconds(p.percentile(p99)),
	}

	for c := range classes {
		line = append(line, percent(p.success(c)))
	}

	for _, what := range sheds() {
		line = append(line, report.Count(p.shed[what]))
	}

	return append(line, strconv.Itoa(p.late+p.failed), report.MiB(p.memory.Peak), report.Microseconds(p.ofRefusal(o.whole)))
}

func percent(share float64) string {
	const hundred, digits = 100, 1

	return strconv.FormatFloat(share*hundred, 'f', digits, 64)
}

func (o *overload) goals() []report.Goal {
	const p99 = 99

	var g goals

	peak, last := 0., o.phases[len(o.phases)-1]
	for _, p := range o.phases {
		peak = max(peak, p.goodput())
	}

	g.addf(last.goodput() >= overloadGoodput*peak, "goodput at %g × at least %s %% of the peak of %s/s: %s %%",
		last.factor, percent(overloadGoodput), report.Count(peak), percent(last.goodput()/peak))

	for _, p := range o.phases {
		name := fmt.Sprintf("%g ×", p.factor)

		g.addf(p.percentile(p99) <= budgetOfMobile, "%s: p99 of pages within the budget of %s: %s ms",
			name, budgetOfMobile, report.Milliseconds(p.percentile(p99)))
		g.addf(p.success(high) >= overloadHigh, "%s: %s %% of u=1 or more get their page: %s %%",
			name, percent(overloadHigh), percent(p.success(high)))
		g.addf(p.success(prefetch) <= p.success(plain), "%s: prefetch takes the loss: %s %%, of those without a word %s %%",
			name, percent(p.success(prefetch)), percent(p.success(plain)))
	}

	grown := last.memory.Peak - o.idle.Peak
	g.addf(grown <= overloadMemory, "memory grows by at most %s MiB: %s MiB", report.MiB(int64(overloadMemory)), report.MiB(max(0, grown)))
	g.addf(o.after.unwhole <= overloadBack, "all pages whole again within %s: after %s s",
		overloadBack, strconv.FormatFloat(o.after.unwhole.Seconds(), 'f', 2, 64))

	return g
}
