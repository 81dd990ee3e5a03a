package main

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"storefront/bench/internal/report"
	"storefront/bench/internal/verdict"
)

// What is to be reached when a service fails.
const (
	mostCalls = 1.10 // of those that are due, where half of them fail
	fewCalls  = 0.02 // of those that are due, where all fail
)

func (s *storm) section() (*report.Section, error) {
	facts, err := s.day.facts(s.day.machine)
	if err != nil {
		return nil, err
	}

	for _, f := range s.phases {
		facts = append(facts, f.wrongs()...)
	}

	return &report.Section{
		Title: "Retry storm",
		About: fmt.Sprintf("Requests for the %s, due at fixed times whatever happens, each of a user who has never been asked for, so that each needs one call of the %s service, "+
			"%s with each share of that service's answers being 503, all being well and mended before. "+
			"Calls are those that reached the service, for one that was due, in all and in the worst %s (less one that may have been due just before). "+
			"At the low rate no goal is set where all fails: to find within seconds that a service is back takes more than 2 %% of so few calls.",
			page(*s.page).Name, *s.service, *s.time, *s.windowFor),
		Facts: facts,
		Table: report.Table{
			Head: []string{"rate, failing", "calls due", "calls seen", "for one due", "worst " + s.windowFor.String(), "sent again, it says", "p50 ms", "p99 ms", "fresh %", "omitted %", "wrong"},
			Rows: each(s.phases, s.row),
		},
		Goals: s.goals(),
	}, nil
}

func (s *storm) row(f *gust) []string {
	calls, due := f.seen()
	all := f.all()

	return slices.Concat(
		[]string{f.name(), strconv.Itoa(due), strconv.Itoa(calls), report.Fine(f.ratio()), report.Fine(f.worst(*s.windowFor)), report.Count(f.retries)},
		all.times(),
		[]string{all.share(verdict.Whole), all.share(verdict.Omitted), strconv.Itoa(all.wrong())},
	)
}

func (f *gust) name() string { return fmt.Sprintf("%d/s, %s", f.rate, inHundred(f.share)) }

// ratio is how many calls there were for one that was due.
func (f *gust) ratio() float64 {
	calls, due := f.seen()

	return float64(calls) / float64(max(1, due))
}

// worst is the same in the worst time of that length.
func (f *gust) worst(window time.Duration) float64 {
	return f.calls.WorstShare(&f.due, f.from, f.to, window)
}

// percent writes a share in hundredths.
func inHundred(share float64) string {
	const whole = 100

	return report.Count(whole*share) + " %"
}

func (s *storm) goals() []report.Goal {
	var g goals

	wrong, all := 0, 0

	for _, f := range s.phases {
		wrong, all = wrong+f.all().wrong(), all+len(f.taken)
		worst, asked := f.worst(*s.windowFor), f.due.Total() > 0

		switch {
		case f.share >= 1 && f.rate == *s.rate:
			g.addf(asked && f.ratio() < fewCalls, "%s: under %s of the calls due reach the service: %s", f.name(), report.Ratio(fewCalls), report.Fine(f.ratio()))
		case f.share > 0 && f.share < 1:
			g.addf(asked && max(f.ratio(), worst) <= mostCalls, "%s: at most %s calls for one due: %s, in the worst %s %s",
				f.name(), report.Ratio(mostCalls), report.Fine(f.ratio()), s.windowFor, report.Fine(worst))
		}
	}

	g.addf(wrong == 0 && all > 0, "answers that are wrong, of others, or missing: %d of %d", wrong, all)

	return g
}
