package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"storefront/bench/internal/child"
	"storefront/bench/internal/load"
	"storefront/bench/internal/profile"
	"storefront/bench/internal/report"
	"storefront/bench/internal/verdict"
	"storefront/upstream/upstreamtest"
)

// faults is one measurement of all bad days.
type faults struct {
	outcome

	requests, connections, users *int
	seed                         *uint64
	presets, services, bffs      *some

	day    *day
	before map[string]profile.Goroutines // of each BFF, when all was well
	left   map[string]profile.Goroutines // of each BFF, in all

	results []*result
	new     int // how many users have been asked for that were not at hand
}

// result is one preset on one service, as one page shows it.
type result struct {
	preset  string
	service upstreamtest.Service
	page    *verdict.Page

	mu sync.Mutex
	counts

	slowest  time.Duration // of an answer
	examples []string      // of what was wrong
}

// counts are numbers of answers.
type counts struct {
	tally  verdict.Tally
	honest int // whole, degraded as agreed, or refused where nothing could be had
	late   int // after the budget and the grace
	lost   int // without an answer
}

// grace is how much longer than its budget an answer may take.
const grace = 50 * time.Millisecond

// strangers is the preset of a service that takes one user for another.
const strangers = "wrong-user"

// firstNew is the number of the first user who is not at hand.
const firstNew = 500_000

func runFaults(ctx context.Context, args []string, stdout io.Writer) error {
	const (
		requests, connections = 1000, 16
		users, maxUsers       = 100, 100_000
		limit                 = 3 * time.Hour
	)

	flags := newOptions("faults")
	f := &faults{
		requests:    flags.count("requests", requests, maxUsers, "how many requests each page gets of each preset on each service"),
		connections: flags.count("connections", connections, load.MaxConnections, "how many requests are under way at a time"),
		users:       flags.count("users", users, maxUsers, "how many users ask whose pages are at hand; one request of ten is of a new one"),
		seed:        flags.flags.Uint64("seed", 1, "what the chances of faults follow from"),
		presets:     flags.some("preset", upstreamtest.Presets(), "bad days"),
		services:    flags.some("service", serviceNames(), "services that have them"),
		bffs:        flags.some("bff", bffNames(), "BFFs that are asked"),
		outcome:     flags.outcome(limit),
		before:      map[string]profile.Goroutines{}, left: map[string]profile.Goroutines{},
	}

	if err := flags.parse(args); err != nil {
		return err
	}

	ctx, cancel := f.bound(ctx)
	defer cancel()

	section, err := f.measure(ctx)
	if err != nil {
		return fmt.Errorf("faults: %w", err)
	}

	section.Command = invocation("faults", args)

	return f.finish(stdout, section)
}

func (f *faults) measure(ctx context.Context) (section *report.Section, err error) {
	if f.day, err = newDay(ctx, 1, "", f.bffs.list()...); err != nil {
		return nil, err
	}

	defer func() { err = errors.Join(err, f.day.close()) }()

	// All BFFs are watched as one: they take turns.
	_, err = f.day.observe(ctx, f.day.shops[0], func() (requests int, err error) {
		return *f.requests, f.run(ctx)
	})
	if err != nil {
		return nil, err
	}

	return f.section()
}

func (f *faults) pages() []*verdict.Page { return pagesOf(f.bffs.list()) }

func (f *faults) run(ctx context.Context) error {
	if err := f.warm(ctx); err != nil {
		return err
	}

	for name, process := range f.day.bffs {
		var err error
		if f.before[name], err = f.quiet(ctx, process); err != nil {
			return err
		}
	}

	for _, preset := range f.presets.list() {
		for _, service := range f.services.list() {
			if err := f.bad(ctx, preset, upstreamtest.Service(service)); err != nil {
				return fmt.Errorf("%s on %s: %w", preset, service, err)
			}
		}
	}

	return nil
}

// quiet are a program's goroutines once what the warm-up started has ended.
func (*faults) quiet(ctx context.Context, process *child.Process) (profile.Goroutines, error) {
	const pause = 2 * time.Second

	if !sleep(ctx, pause) {
		return nil, context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
	}

	return goroutines(ctx, process)
}

// warm sees that every page is whole for everybody.
func (f *faults) warm(ctx context.Context) error {
	for _, p := range f.pages() {
		if err := f.day.warm(ctx, p, users(0, *f.users)); err != nil {
			return err
		}
	}

	return nil
}

// bad is one preset on one service, with every page.
func (f *faults) bad(ctx context.Context, preset string, service upstreamtest.Service) error {
	ill, err := upstreamtest.Preset(preset, *f.seed)
	if err != nil {
		return err
	}

	if err = f.day.shop(0).Fail(ctx, service, ill...); err != nil {
		return err
	}

	for _, p := range f.pages() {
		r := &result{preset: preset, service: service, page: p}
		f.results = append(f.results, r)

		if err = f.ask(ctx, r); err != nil {
			return err
		}
	}

	if err = f.day.shop(0).Heal(ctx); err != nil {
		return err
	}

	for name, process := range f.day.bffs {
		left, err := settle(ctx, process, f.before[name])
		if err != nil {
			return err
		}

		f.left[name] = append(f.left[name], left...)
	}

	return f.warm(ctx) // Also for who has seen a stranger's list, which is kept.
}

// ask sends the requests for one page. Every tenth is of a user who has never
// been asked for, so that nothing is at hand.
func (f *faults) ask(ctx context.Context, r *result) error {
	const tenth = 10

	first := f.new
	f.new += *f.requests/tenth + 1
	isNew := func(n int) bool { return n%tenth == tenth-1 }

	_, err := f.day.visit(ctx, visit{
		page: r.page,
		plan: load.Plan{
			Connections: *f.connections, Requests: *f.requests,
			Lost: func(_ int, _ time.Time, err error) { r.miss(err) },
		},
		who: func(n int) verdict.Asked {
			asked := verdict.Asked{User: verdict.UserID(n % *f.users)}
			if isNew(n) {
				asked.User = verdict.UserID(firstNew + (first+n/tenth)%firstNew)
			}

			if r.preset == strangers {
				asked.Strangers = r.service
			}

			return asked
		},
		see: func(n int, a load.Answer, v verdict.Verdict) { r.see(a, v, isNew(n)) },
	})

	return err
}

// miss counts a request without an answer.
func (r *result) miss(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.lost++
	r.examples = append(r.examples, "no answer: "+err.Error())
}

// see counts an answer. A refusal is honest where nothing at all can be had: the
// page is of the faulty service alone, and its user is new.
func (r *result) see(a load.Answer, v verdict.Verdict, isNew bool) {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.tally.Add(v)
	r.slowest = max(r.slowest, a.Took)

	if a.Took > r.page.Budget+grace {
		r.late++
	}

	switch {
	case v.Kind < verdict.Refused, v.Kind == verdict.Refused && isNew && r.page.Alone(r.service):
		r.honest++
	case v.Kind == verdict.Refused:
		r.examples = append(r.examples, "refused though something is at hand")
	default:
		r.examples = append(r.examples, v.Kind.String()+": "+v.Why)
	}
}
