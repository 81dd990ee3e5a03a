package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"storefront/bench/internal/load"
	"storefront/bench/internal/report"
	"storefront/bench/internal/timeline"
	"storefront/bench/internal/verdict"
	"storefront/upstream/upstreamtest"
)

// storm is one measurement of how many calls reach a service that fails.
type storm struct {
	outcome

	page, service   *string
	rate, low       *int
	time, windowFor *time.Duration
	seed            *uint64

	day    *day
	phases []*gust
	asked  int // users so far; each asks once
}

// gust is a rate of pages while a share of the calls of a service fails.
type gust struct {
	recorder

	rate  int
	share float64 // that fails

	from, to time.Time
	due      timeline.Timeline  // calls that the pages need
	calls    *timeline.Timeline // that reached the service
	retries  float64            // that the BFF says to have made
}

func runStorm(ctx context.Context, args []string, stdout io.Writer) error {
	const (
		rate, low        = 200, 5
		lasts, window    = 30 * time.Second, 10 * time.Second
		shortest, limit  = time.Second, 3 * time.Hour
		longest          = time.Hour
		maxLow           = 1000
		half, always, no = 0.5, 1, 0
	)

	flags := newOptions("storm")
	s := &storm{
		page:      flags.choice("page", "mobile", pageNames(), "the page that is asked for"),
		service:   flags.choice("service", "order", serviceNames(), "the service that fails"),
		rate:      flags.count("rate", rate, maxRate, "how many requests are due in a second"),
		low:       flags.count("low-rate", low, maxLow, "the same when there is little to do"),
		time:      flags.duration("time", lasts, shortest, longest, "how long each phase takes"),
		windowFor: flags.duration("window", window, shortest, longest, "how long the worst time is that is looked for"),
		seed:      flags.flags.Uint64("seed", 1, "what the chances of faults follow from"),
		outcome:   flags.outcome(limit),
	}

	if err := flags.parse(args); err != nil {
		return err
	}

	for _, rate := range []int{*s.rate, *s.low} {
		for _, share := range []float64{no, half, always} {
			s.phases = append(s.phases, &gust{rate: rate, share: share})
		}
	}

	ctx, cancel := s.bound(ctx)
	defer cancel()

	section, err := s.measure(ctx)
	if err != nil {
		return fmt.Errorf("storm: %w", err)
	}

	section.Command = invocation("storm", args)

	return s.finish(stdout, section)
}

func (s *storm) measure(ctx context.Context) (section *report.Section, err error) {
	p := page(*s.page)

	if s.day, err = newDay(ctx, 1, "", p.Target); err != nil {
		return nil, err
	}

	defer func() { err = errors.Join(err, s.day.close()) }()

	for _, phase := range s.phases {
		_, err = s.day.observe(ctx, s.day.bffs[p.Target], func() (requests int, err error) {
			err = s.run(ctx, p, phase)

			return max(1, len(phase.taken)), err
		})
		if err != nil {
			return nil, fmt.Errorf("%d/s, %s failing: %w", phase.rate, inHundred(phase.share), err)
		}
	}

	return s.section()
}

// run is one phase: what was broken before has mended, and everybody who asks
// does so for the first time, so that nothing is at hand and each page needs a
// call.
func (s *storm) run(ctx context.Context, p *verdict.Page, f *gust) (err error) {
	const few, runIn = 5, 2 * time.Second

	service, shop := upstreamtest.Service(*s.service), s.day.shop(0)

	if err = s.day.warm(ctx, p, users(firstNew, few)); err != nil {
		return err
	}

	// As before the trouble: what is learnt of normal load is learnt.
	if err = s.load(ctx, p, f.rate, runIn, new(recorder)); err != nil {
		return err
	}

	if f.share > 0 {
		err = shop.Fail(ctx, service, upstreamtest.Status(http.StatusServiceUnavailable).Share(f.share).Seed(*s.seed))
		if err != nil {
			return err
		}
	}

	// What came before is not to be counted: it lies in slots of its own.
	if !sleep(ctx, 2*timeline.Slot) { //nolint:mnd // One may have begun.
		return context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
	}

	before, err := s.retries(ctx, p)
	if err != nil {
		return err
	}

	f.from = time.Now()
	if err = s.load(ctx, p, f.rate, *s.time, &f.recorder); err != nil {
		return err
	}

	f.to = time.Now()

	for _, one := range f.taken {
		f.due.Note(one.due)
	}

	after, err := s.retries(ctx, p)
	f.retries = after - before

	if err != nil {
		return err
	}

	if f.calls, err = shop.Calls(ctx, service); err != nil {
		return err
	}

	return shop.Heal(ctx)
}

// load asks for the page at a rate, each time for a user who has not been asked
// for.
func (s *storm) load(ctx context.Context, p *verdict.Page, rate int, during time.Duration, to *recorder) error {
	const users = firstNew

	first := s.asked
	result, err := s.day.visit(ctx, visit{
		page: p,
		plan: load.Plan{Connections: connectionsFor(rate, p), Requests: load.MaxRequests, Rate: float64(rate), For: during, Lost: to.miss},
		who:  func(n int) verdict.Asked { return verdict.Asked{User: verdict.UserID((first + n) % users)} },
		see:  to.see,
	})
	if err != nil {
		return err
	}

	s.asked += result.Requests + rate // Also for those whose answers were lost.

	return nil
}

// retries are how many calls the BFF says to have sent again, 0 where it does
// not say.
func (s *storm) retries(ctx context.Context, p *verdict.Page) (float64, error) {
	series, err := metrics(ctx, s.day.bffs[p.Target].URL("ops"))

	return series.Sum("upstream_retries_total", fmt.Sprintf("service=%q", *s.service)), err
}

// seen is how many calls reached the service for those that were due, and how
// many were due.
func (f *gust) seen() (calls, due int) {
	const late = 2 * time.Second // What is sent again comes later than it was due.

	return f.calls.Between(f.from, f.to.Add(late)), int(f.due.Total())
}
