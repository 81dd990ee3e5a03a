package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"storefront/bench/internal/load"
	"storefront/bench/internal/report"
	"storefront/bench/internal/verdict"
	"storefront/upstream/upstreamtest"
)

// hedge is one measurement of a service of which one replica is slow.
type hedge struct {
	outcome

	page, service                 *string
	replicas, rate, rounds, users *int
	takes, time                   *time.Duration
	factor                        *int
	seed                          *uint64

	day           *day
	asked         int
	healthy, slow []*lap
	hedges        float64 // that the BFF says to have sent
}

// lap is one run with all replicas healthy, or with one of them slow.
type lap struct {
	recorder

	from    time.Time
	calls   []int64 // that reached each replica
	slowest int     // which one is slow, -1 for none
}

func runHedge(ctx context.Context, args []string, stdout io.Writer) error {
	const (
		replicas, maxReplicas = 3, 9
		rate, users, maxUsers = 100, 1000, 100_000
		rounds, maxRounds     = 5, 99
		factor, maxFactor     = 20, 1000
		takes, lasts          = 10 * time.Millisecond, 10 * time.Second
		longest, limit        = time.Hour, time.Hour
	)

	flags := newOptions("hedge")
	h := &hedge{
		page:     flags.choice("page", "tv", pageNames(), "the page that is asked for"),
		service:  flags.choice("service", "product", serviceNames(), "the service that has replicas"),
		replicas: flags.count("replicas", replicas, maxReplicas, "how many it has"),
		rate:     flags.count("rate", rate, maxRate, "how many requests are due in a second"),
		users:    flags.count("users", users, maxUsers, "how many users ask, one after the other"),
		rounds:   flags.count("rounds", rounds, maxRounds, "how often it is measured, healthy and slow in turns"),
		takes:    flags.duration("takes", takes, time.Millisecond, time.Second, "what half of all calls of a service that is well keep to"),
		factor:   flags.count("factor", factor, maxFactor, "how many times longer the slow replica takes"),
		time:     flags.duration("time", lasts, time.Second, longest, "how long each run is"),
		seed:     flags.flags.Uint64("seed", 1, "what the times of calls follow from"),
		outcome:  flags.outcome(limit),
	}

	if err := flags.parse(args); err != nil {
		return err
	}

	ctx, cancel := h.bound(ctx)
	defer cancel()

	section, err := h.measure(ctx)
	if err != nil {
		return fmt.Errorf("hedge: %w", err)
	}

	section.Command = invocation("hedge", args)

	return h.finish(stdout, section)
}

func (h *hedge) measure(ctx context.Context) (section *report.Section, err error) {
	p := page(*h.page)

	if h.day, err = newDay(ctx, *h.replicas, upstreamtest.Service(*h.service), p.Target); err != nil {
		return nil, err
	}

	defer func() { err = errors.Join(err, h.day.close()) }()

	if err = h.day.warm(ctx, p, users(0, *h.users)); err != nil {
		return nil, err
	}

	for round := range *h.rounds {
		healthy, slow := &lap{slowest: -1}, &lap{slowest: round % *h.replicas}
		h.healthy, h.slow = append(h.healthy, healthy), append(h.slow, slow)

		for _, l := range []*lap{healthy, slow} {
			_, err = h.day.observe(ctx, h.day.bffs[p.Target], func() (requests int, err error) {
				err = h.run(ctx, p, l)

				return max(1, len(l.taken)), err
			})
			if err != nil {
				return nil, err
			}
		}
	}

	series, err := metrics(ctx, h.day.bffs[p.Target].URL("ops"))
	if err != nil {
		return nil, err
	}

	h.hedges = series.Sum("upstream_hedges_total", fmt.Sprintf("service=%q", *h.service))

	return h.section()
}

// run is one lap. Its first seconds count for calls, not for times: what is
// known of the replicas is of the lap before.
func (h *hedge) run(ctx context.Context, p *verdict.Page, l *lap) error {
	if err := h.pace(ctx, l.slowest); err != nil {
		return err
	}

	before, err := h.calls(ctx)
	if err != nil {
		return err
	}

	l.from = time.Now().Add(runIn)
	first := h.asked

	result, err := h.day.visit(ctx, visit{
		page: p,
		plan: load.Plan{Connections: connectionsFor(*h.rate, p), Requests: load.MaxRequests, Rate: float64(*h.rate), For: runIn + *h.time, Lost: l.miss},
		who:  func(n int) verdict.Asked { return verdict.Asked{User: verdict.UserID((first + n) % *h.users)} },
		see:  l.see,
	})
	if err != nil {
		return err
	}

	h.asked += result.Requests

	after, err := h.calls(ctx)
	for n := range after {
		l.calls = append(l.calls, after[n]-before[n])
	}

	return err
}

// pace gives every service its time, and a slow replica a longer one.
func (h *hedge) pace(ctx context.Context, slow int) (err error) {
	for n := range h.day.shops {
		err = errors.Join(err, h.day.pace(ctx, n, *h.takes, *h.seed))
	}

	if slow < 0 || err != nil {
		return err
	}

	takes := *h.takes * time.Duration(*h.factor)

	return h.day.shop(slow).Fail(ctx, upstreamtest.Service(*h.service), latencyOf(takes, *h.seed)...)
}

// calls are how many have reached each replica.
func (h *hedge) calls(ctx context.Context) (totals []int64, err error) {
	for n := range h.day.shops {
		calls, err := h.day.shop(n).Calls(ctx, upstreamtest.Service(*h.service))
		if err != nil {
			return nil, err
		}

		totals = append(totals, calls.Total())
	}

	return totals, nil
}
