package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"storefront/bench/internal/load"
	"storefront/bench/internal/report"
	"storefront/bench/internal/stub"
	"storefront/bench/internal/target"
	"storefront/bench/internal/workload"
)

// restarts is one measurement of what clients see of restarts: replicas behind
// HAProxy are restarted in turn under load, then one is killed.
type restarts struct {
	rate, connections, fresh, users *int
	peace, limit                    *time.Duration
	example, out                    *string

	rig      *rig
	workload *workload.Workload
	tags     workload.Tags
	fleet    *fleet
	haproxy  *haproxy

	spans          []*leg
	killed, buried time.Time // when a replica was killed, and known to be gone

	mu       sync.Mutex
	outcomes []load.Outcome
}

// leg is a part of the measurement.
type leg struct {
	name       string
	happens    func(ctx context.Context) error
	from, to   time.Time
	again      int64 // tries of HAProxy beyond the first ones
	outcomes   []load.Outcome
	restarting bool // no request may fail
}

func runRestarts(ctx context.Context, args []string, stdout io.Writer) error {
	const (
		rate, maxRate       = 800, 100_000
		connections, fresh  = 48, 16
		users, maxUsers     = 2000, 100_000
		peace, maxPeace     = 9 * time.Second, time.Hour
		limit, longestLimit = 15 * time.Minute, 24 * time.Hour
	)

	flags := newOptions("restarts")
	r := &restarts{
		rate:        flags.count("rate", rate, maxRate, "how many requests are due in a second"),
		connections: flags.count("connections", connections, load.MaxConnections, "how many requests are under way at a time at most"),
		fresh:       flags.count("fresh", fresh, load.MaxConnections, "how many of them are on a connection of their own"),
		users:       flags.count("users", users, maxUsers, "how many different users ask, one after the other"),
		peace:       flags.duration("peace", peace, time.Second, maxPeace, "how long all is left alone before, between and after"),
		limit:       flags.duration("limit", limit, 0, longestLimit, "the most time the whole measurement may take"),
		example:     flags.flags.String("config", "docs/deploy/haproxy.cfg", "configuration of HAProxy for 10.0.0.1 to 10.0.0.3, port 8080"),
		out:         flags.flags.String("out", "", "file of results whose section is replaced"),
		workload:    workload.Mobile(),
	}

	if err := flags.parse(args); err != nil {
		return err
	}

	ctx, cancel := context.WithTimeoutCause(ctx, *r.limit, errTime)
	defer cancel()

	section, err := r.measure(ctx)
	if err != nil {
		return fmt.Errorf("restarts: %w", err)
	}

	section.Command = invocation("restarts", args)

	return finish(stdout, *r.out, section)
}

func (r *restarts) measure(ctx context.Context) (section *report.Section, err error) {
	if r.rig, err = newRig(ctx, stub.Options{Users: *r.users, CacheControl: "no-store"}); err != nil {
		return nil, err
	}

	defer func() { err = errors.Join(err, r.rig.close()) }()

	binary, err := r.rig.build(ctx, target.Mobile())
	if err != nil {
		return nil, err
	}

	if r.fleet, err = r.rig.startFleet(ctx, binary); err != nil {
		return nil, err
	}

	if r.haproxy, err = r.rig.startHAProxy(ctx, *r.example, r.fleet.subnet); err != nil {
		return nil, err
	}

	defer r.haproxy.process.Kill() // Asked to stop it would call that a bad end.

	if err = r.learn(ctx); err != nil {
		return nil, err
	}

	if err = r.underLoad(ctx); err != nil {
		return nil, err
	}

	return r.section()
}

// learn sees that answers are right and takes the entity tags of all users.
func (r *restarts) learn(ctx context.Context) error {
	if err := verify(ctx, r.workload, "http://"+r.fleet.front(), *r.users); err != nil {
		return err
	}

	r.tags = make(workload.Tags, *r.users)

	_, err := load.Run(ctx, load.Plan{
		Addr: r.fleet.front(), Connections: *r.connections, Requests: *r.users, Call: r.workload.Call, Check: r.tags.Learn,
	})
	if err != nil {
		return fmt.Errorf("before measuring: %w", err)
	}

	return nil
}

// underLoad plays the story while requests are sent.
func (r *restarts) underLoad(ctx context.Context) error {
	// Not ctx itself, since its end would stop all processes.
	asking, stop := context.WithCancel(ctx)
	defer stop()

	told := make(chan error, 1)

	go func() {
		defer stop()

		told <- r.story(ctx)
	}()

	err := load.Watch(asking, load.Plan{
		Addr: r.fleet.front(), Connections: *r.connections, Requests: load.MaxRequests, Rate: float64(*r.rate),
		Call: r.call, Check: r.check,
	}, *r.fresh, r.note)

	return errors.Join(err, <-told)
}

// has reports whether the client of the nth request has the page already.
func (r *restarts) has(n int) bool { return n/(*r.users)%2 == 1 }

func (r *restarts) call(n int) load.Call {
	if r.has(n) {
		return r.tags.Call(r.workload, n%*r.users)
	}

	return r.workload.Call(n % *r.users)
}

func (r *restarts) check(n int, a load.Answer) error {
	if r.has(n) {
		return r.tags.Check(n, a)
	}

	return r.workload.Glance(n%*r.users, a)
}

func (r *restarts) note(o load.Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.outcomes = append(r.outcomes, o)
}

// story is what happens under load.
func (r *restarts) story(ctx context.Context) error {
	const victim = 1

	var spans []*leg

	for i := range r.fleet.all {
		spans = append(spans,
			&leg{name: "all three", restarting: true, happens: r.rest},
			&leg{name: fmt.Sprintf("restart of %d", i+1), restarting: true, happens: func(ctx context.Context) error { return r.fleet.restart(ctx, i) }})
	}

	spans = append(spans,
		&leg{name: "all three", restarting: true, happens: r.rest},
		&leg{name: fmt.Sprintf("kill -9 of %d, and 2 s", victim+1), happens: func(ctx context.Context) error { return r.kill(ctx, victim) }},
		&leg{name: "two alone", happens: r.rest},
		&leg{name: fmt.Sprintf("start of %d", victim+1), happens: func(ctx context.Context) error { return r.fleet.start(ctx, victim) }},
		&leg{name: "all three", happens: r.rest})

	for _, s := range spans {
		if err := r.play(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}

	return nil
}

func (r *restarts) kill(ctx context.Context, i int) error {
	const aftermath = 2 * time.Second

	r.killed = time.Now()
	r.fleet.all[i].Kill()
	r.buried = time.Now()

	return r.wait(ctx, aftermath)
}

func (r *restarts) rest(ctx context.Context) error { return r.wait(ctx, *r.peace) }

func (*restarts) wait(ctx context.Context, long time.Duration) error {
	if !sleep(ctx, long) {
		return context.Cause(ctx) //nolint:wrapcheck // The caller says for what.
	}

	return nil
}

// play has a leg happen and notes when.
func (r *restarts) play(ctx context.Context, s *leg) error {
	before, err := r.haproxy.again(ctx)
	if err != nil {
		return err
	}

	s.from = time.Now()
	err = s.happens(ctx)
	s.to = time.Now()

	if err != nil {
		return err
	}

	after, err := r.haproxy.again(ctx)
	s.again = after - before
	r.spans = append(r.spans, s)

	return err
}

// sort gives each outcome to the leg in which it was due, and each leg those
// that took longest last.
func (r *restarts) sort() {
	for _, o := range r.outcomes {
		i := slices.IndexFunc(r.spans, func(s *leg) bool { return o.Due.Before(s.to) })
		if i >= 0 {
			r.spans[i].outcomes = append(r.spans[i].outcomes, o)
		}
	}

	for _, s := range r.spans {
		slices.SortFunc(s.outcomes, func(a, b load.Outcome) int { return cmp.Compare(a.Took(), b.Took()) })
	}
}

// inFlight reports whether a request was under way when a replica was killed.
func (r *restarts) inFlight(o load.Outcome) bool {
	return o.Due.Before(r.buried) && o.Ended.After(r.killed)
}
