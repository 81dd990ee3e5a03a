package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"storefront/bench/internal/load"
	"storefront/bench/internal/report"
	"storefront/bench/internal/timeline"
	"storefront/bench/internal/verdict"
	"storefront/upstream/upstreamtest"
)

// dead is one measurement of a service that is dead for a while.
type dead struct {
	outcome

	page, service, preset *string
	rate, users           *int
	takes                 *time.Duration
	normal, ill, after    *time.Duration
	seed                  *uint64

	day *day
	recorder

	begin, failed, healed, end time.Time
	calls                      *timeline.Timeline // of the service
}

// runIn is how much of the beginning is not counted: connections are new, and
// so is all that the BFF has to learn.
const runIn = 3 * time.Second

// maxRate is the most requests in a second that can be wanted.
const maxRate = 10_000

func runDead(ctx context.Context, args []string, stdout io.Writer) error {
	const (
		rate, users, maxUsers = 500, 1000, 100_000
		normal, ill, after    = 20 * time.Second, time.Minute, 20 * time.Second
		takes                 = 10 * time.Millisecond
		longest, limit        = time.Hour, 3 * time.Hour
	)

	flags := newOptions("dead")
	d := &dead{
		page:    flags.choice("page", "mobile", pageNames(), "the page that is asked for"),
		service: flags.choice("service", "product", serviceNames(), "the service that dies"),
		preset:  flags.choice("preset", "hang", upstreamtest.Presets(), "what it dies of"),
		rate:    flags.count("rate", rate, maxRate, "how many requests are due in a second"),
		users:   flags.count("users", users, maxUsers, "how many users ask, one after the other; their pages are at hand"),
		takes:   flags.duration("takes", takes, 0, time.Second, "what half of all calls of a service that is well keep to"),
		normal:  flags.duration("normal", normal, time.Second, longest, "how long all is well"),
		ill:     flags.duration("hang", ill, time.Second, longest, "how long the service is dead"),
		after:   flags.duration("after", after, time.Second, longest, "how long all is well again"),
		seed:    flags.flags.Uint64("seed", 1, "what the chances of faults follow from"),
		outcome: flags.outcome(limit),
	}

	if err := flags.parse(args); err != nil {
		return err
	}

	ctx, cancel := d.bound(ctx)
	defer cancel()

	section, err := d.measure(ctx)
	if err != nil {
		return fmt.Errorf("dead: %w", err)
	}

	section.Command = invocation("dead", args)

	return d.finish(stdout, section)
}

func (d *dead) measure(ctx context.Context) (section *report.Section, err error) {
	p := page(*d.page)

	if d.day, err = newDay(ctx, 1, "", p.Target); err != nil {
		return nil, err
	}

	defer func() { err = errors.Join(err, d.day.close()) }()

	if err = d.day.pace(ctx, 0, *d.takes, *d.seed); err != nil {
		return nil, err
	}

	if err = d.day.warm(ctx, p, users(0, *d.users)); err != nil {
		return nil, err
	}

	_, err = d.day.observe(ctx, d.day.bffs[p.Target], func() (requests int, err error) {
		group, ctx := errgroup.WithContext(ctx)
		d.begin = time.Now().Add(runIn)

		group.Go(func() error { return d.load(ctx, p) })
		group.Go(func() error { return d.phases(ctx) })

		err = group.Wait()

		return max(1, len(d.taken)), err
	})
	if err != nil {
		return nil, err
	}

	if d.calls, err = d.day.shop(0).Calls(ctx, upstreamtest.Service(*d.service)); err != nil {
		return nil, err
	}

	return d.section()
}

// load asks for the page as often as is due, whatever happens.
func (d *dead) load(ctx context.Context, p *verdict.Page) error {
	_, err := d.day.visit(ctx, visit{
		page: p,
		plan: load.Plan{
			Connections: connectionsFor(*d.rate, p), Requests: load.MaxRequests, Rate: float64(*d.rate),
			For: runIn + *d.normal + *d.ill + *d.after, Lost: d.miss,
		},
		who: func(n int) verdict.Asked { return verdict.Asked{User: verdict.UserID(n % *d.users)} },
		see: d.see,
	})
	d.end = time.Now()

	return err
}

// phases has the service die and live again.
func (d *dead) phases(ctx context.Context) error {
	faults, err := upstreamtest.Preset(*d.preset, *d.seed)
	if err != nil {
		return err
	}

	service := upstreamtest.Service(*d.service)

	if !sleep(ctx, runIn+*d.normal) {
		return context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
	}

	d.failed = time.Now()
	if err = d.day.shop(0).Fail(ctx, service, faults...); err != nil {
		return err
	}

	if !sleep(ctx, *d.ill) {
		return context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
	}

	d.healed = time.Now()

	return d.day.pace(ctx, 0, *d.takes, *d.seed)
}
