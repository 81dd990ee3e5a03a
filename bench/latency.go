package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"storefront/bench/internal/child"
	"storefront/bench/internal/load"
	"storefront/bench/internal/report"
	"storefront/bench/internal/stub"
	"storefront/bench/internal/target"
	"storefront/bench/internal/workload"
)

// latency is one measurement of latency.
type latency struct {
	common

	delay          *time.Duration
	rounds, warmUp *int

	rig  *rig
	rows []*row
}

// row is one workload with what each round showed.
type row struct {
	*workload.Workload

	process *child.Process
	goal    bool // a goal is set for this one
	asked   int  // requests so far; the next one is for the next user

	p50, p95, p99 []time.Duration
	costs         []cost
}

func rows() []*row {
	return []*row{
		{Workload: workload.Mobile(), goal: true},
		{Workload: workload.WebREST(), goal: true},
		{Workload: workload.WebGraphQL(), goal: true},
		{Workload: workload.TV()},
		{Workload: workload.Upstream()},
	}
}

func runLatency(ctx context.Context, args []string, stdout io.Writer) error {
	const (
		requests, connections = 2000, 16
		rounds, maxRounds     = 3, 99
		warmUp, maxWarmUp     = 320, 100_000
		delay                 = 50 * time.Millisecond
	)

	flags := newOptions("latency")
	l := &latency{
		common: flags.common(requests, connections),
		delay:  flags.duration("delay", delay, 0, maxDelay, "how long each service takes for an answer"),
		rounds: flags.count("rounds", rounds, maxRounds, "how often each workload is run, in turns"),
		warmUp: flags.count("warm-up", warmUp, maxWarmUp, "requests to each target before anything is measured"),
		rows:   rows(),
	}

	if err := flags.parse(args); err != nil {
		return err
	}

	ctx, cancel := l.bound(ctx)
	defer cancel()

	section, err := l.measure(ctx)
	if err != nil {
		return fmt.Errorf("latency: %w", err)
	}

	section.Command = invocation("latency", args)

	return l.finish(stdout, section)
}

func (l *latency) measure(ctx context.Context) (section *report.Section, err error) {
	if l.rig, err = newRig(ctx, stub.Options{Users: *l.users, Delay: *l.delay, CacheControl: "no-store"}); err != nil {
		return nil, err
	}

	defer func() { err = errors.Join(err, l.rig.close()) }()

	if err = l.start(ctx); err != nil {
		return nil, err
	}

	for range *l.rounds {
		for _, r := range l.rows {
			if err = l.run(ctx, r); err != nil {
				return nil, fmt.Errorf("%s: %w", r.Name, err)
			}
		}
	}

	return l.section()
}

// start starts all targets, sees that their answers are right and warms them.
func (l *latency) start(ctx context.Context) error {
	processes := map[string]*child.Process{"user": l.rig.stub}

	for _, program := range []target.Program{target.Mobile(), target.Web(), target.TV()} {
		binary, err := l.rig.build(ctx, program)
		if err != nil {
			return err
		}

		if processes[program.Name], err = l.rig.start(ctx, binary); err != nil {
			return err
		}
	}

	for _, r := range l.rows {
		r.process = processes[r.Target]

		err := verify(ctx, r.Workload, r.url(), *l.users)
		if err == nil {
			_, err = l.load(ctx, r, *l.warmUp)
		}

		if err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
	}

	return nil
}

// run is one round of one workload.
func (l *latency) run(ctx context.Context, r *row) error {
	const p50, p95, p99 = 50, 95, 99

	var result *load.Result

	took, err := l.rig.observe(ctx, r.process, func() (requests int, err error) {
		result, err = l.load(ctx, r, *l.requests)

		return *l.requests, err
	})
	if err != nil {
		return err
	}

	r.p50 = append(r.p50, result.Percentile(p50))
	r.p95 = append(r.p95, result.Percentile(p95))
	r.p99 = append(r.p99, result.Percentile(p99))
	r.costs = append(r.costs, took)

	return nil
}

// load sends requests, each for another user, evenly spread over the time that
// an answer takes.
func (l *latency) load(ctx context.Context, r *row, requests int) (*load.Result, error) {
	first := r.asked
	user := func(n int) int { return (first + n) % *l.users }
	r.asked += requests

	return load.Run(ctx, load.Plan{
		Addr: address(r.url()), Connections: *l.connections, Requests: requests,
		Stagger: *l.delay / time.Duration(*l.connections),
		Call:    func(n int) load.Call { return r.Call(user(n)) },
		Check:   func(n int, a load.Answer) error { return r.Glance(user(n), a) },
	})
}

func (r *row) url() string { return r.process.URL(r.Target) }
