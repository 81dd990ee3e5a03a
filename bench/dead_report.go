package main

import (
	"fmt"
	"strconv"
	"time"

	"storefront/bench/internal/report"
	"storefront/bench/internal/verdict"
)

// What is to be reached while a service is dead, and after.
const (
	calmTime  = 5 * time.Second // until pages are as quick as ever
	calmRatio = 1.2             // of the normal p99
	freshTime = 5 * time.Second // until all is fresh again
)

func (d *dead) section() (*report.Section, error) {
	facts, err := d.day.facts(d.day.machine)
	if err != nil {
		return nil, err
	}

	return &report.Section{
		Title: "Dead upstream",
		About: fmt.Sprintf("%d requests a second for the %s, due at fixed times whatever happens, by %d users whose pages are at hand, over services of which half of all calls keep to %s and all but one in a hundred to 1.4 times that. "+
			"After %s in which all is well the %s service has the preset %s for %s, and is well again for %s. "+
			"Times count from when a request was due; shares are in hundredths of the pages. "+
			"The p99 is back from the first second on from which all that follows, until the service recovers, keeps to it.",
			*d.rate, page(*d.page).Name, *d.users, *d.takes, *d.normal, *d.service, *d.preset, *d.ill, *d.after),
		Facts: append(facts, d.wrongs()...),
		Table: report.Table{
			Head: []string{"time", "pages", "p50 ms", "p99 ms", "fresh %", "stale %", "omitted %", "refused %", "wrong", "calls of the service per second"},
			Rows: d.rows(),
		},
		Goals: d.goals(),
	}, nil
}

// span is a stretch of time that has a row.
type span struct {
	name     string
	from, to time.Time
}

// spans are the first seconds of a phase each by itself, and what follows by ten.
func spans(phase string, from, to time.Time) (all []span) {
	const single, many = 8, 10

	for second := 0; from.Before(to); {
		length := 1
		if second >= single {
			length = many
		}

		end := from.Add(time.Duration(length) * time.Second)
		if end.After(to) {
			end = to
		}

		name := fmt.Sprintf("%s, second %d", phase, second+1)
		if length > 1 {
			name = fmt.Sprintf("%s, from second %d", phase, second+1)
		}

		all = append(all, span{name, from, end})
		from, second = end, second+length
	}

	return all
}

func (d *dead) rows() (rows [][]string) {
	all := d.all()
	table := append([]span{{"all well", d.begin, d.failed}}, spans(*d.preset, d.failed, d.healed)...)

	for _, s := range append(table, spans("well again", d.healed, d.end)...) {
		some, calls := all.between(s.from, s.to), d.calls.Between(s.from, s.to)
		row := append([]string{s.name, strconv.Itoa(len(some))}, some.times()...)
		row = append(row,
			some.share(verdict.Whole), some.share(verdict.Stale), some.share(verdict.Omitted), some.share(verdict.Refused),
			strconv.Itoa(some.wrong()), report.Count(float64(calls)/s.to.Sub(s.from).Seconds()))
		rows = append(rows, row)
	}

	return rows
}

func (d *dead) goals() []report.Goal {
	var g goals

	all := d.all()
	normal := all.between(d.begin, d.failed).p99()
	limit := time.Duration(calmRatio * float64(normal))
	calm, p99, is := all.calm(d.failed, d.healed, limit)

	g.addf(is && calm <= calmTime, "p99 under %s × its normal %s ms within %s: %s",
		report.Ratio(calmRatio), report.Milliseconds(normal), calmTime, said(is, "from %s on, then %s ms", calm, report.Milliseconds(p99)))

	before := all.between(d.begin, d.failed.Add(-page(*d.page).Budget)) // What came later may have met the fault.
	g.addf(before.count(verdict.Whole) == len(before), "everything fresh before, or that p99 is not normal: %d of %d pages", before.count(verdict.Whole), len(before))

	fresh := all.freshAfter(d.healed)
	g.addf(fresh <= freshTime, "everything fresh within %s of the recovery: after %s", freshTime, fresh.Round(time.Millisecond))
	g.addf(all.wrong() == 0 && len(all) > 0, "answers that are wrong, of others, or missing: %d of %d", all.wrong(), len(all))

	return g
}

// said is a sentence, or never.
func said(is bool, format string, args ...any) string {
	if !is {
		return "never"
	}

	return fmt.Sprintf(format, args...)
}

// calm is the number of seconds after which the p99 of all that follows is under
// a limit, and that p99; there is none where not even that of the last second is.
func (s samples) calm(from, to time.Time, limit time.Duration) (after, p99 time.Duration, is bool) {
	for ; !from.Add(after + time.Second).After(to); after += time.Second {
		rest := s.between(from.Add(after), to)
		if p99 = rest.p99(); len(rest) > 0 && p99 < limit {
			return after, p99, true
		}
	}

	return 0, 0, false
}

// freshAfter is the time from a moment to the last request after it whose page
// is not whole.
func (s samples) freshAfter(moment time.Time) (after time.Duration) {
	for _, one := range s {
		if one.due.After(moment) && one.kind != verdict.Whole {
			after = one.due.Sub(moment)
		}
	}

	return after
}
