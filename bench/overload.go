package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"storefront/bench/internal/child"
	"storefront/bench/internal/flood"
	"storefront/bench/internal/load"
	"storefront/bench/internal/procfs"
	"storefront/bench/internal/report"
	"storefront/bench/internal/stub"
	"storefront/bench/internal/target"
	"storefront/bench/internal/workload"
)

// overload is one measurement of more than can be done.
type overload struct {
	common

	service *time.Duration
	places  *int
	time    *time.Duration

	rig      *rig
	process  *child.Process
	workload *workload.Workload

	asked    int // users so far: each request is for another one
	capacity float64
	whole    time.Duration // processor time of a page
	idle     procfs.Memory
	phases   []*phase
	after    *phase
}

// factors are the loads, in capacities.
func factors() []int { return []int{1, 2, 5, 10} }

// budgetOfMobile is what bff-mobile has for a page when nothing is set.
const budgetOfMobile = time.Second

func runOverload(ctx context.Context, args []string, stdout io.Writer) error {
	const (
		requests, connections = 2000, 32
		places, maxPlaces     = 4, 1024
		service, span         = 20 * time.Millisecond, 10 * time.Second
		shortest, longest     = time.Second, time.Minute
	)

	flags := newOptions("overload")
	o := &overload{
		common:   flags.common(requests, connections),
		service:  flags.duration("service", service, time.Millisecond, maxDelay, "how long each service takes for an answer"),
		places:   flags.count("places", places, maxPlaces, "how many answers each service makes at a time; the others wait in line"),
		time:     flags.duration("time", span, shortest, longest, "how long each load lasts"),
		workload: workload.Mobile(),
	}
	*o.users = manyUsers

	if err := flags.parse(args); err != nil {
		return err
	}

	ctx, cancel := o.bound(ctx)
	defer cancel()

	section, err := o.measure(ctx)
	if err != nil {
		return fmt.Errorf("overload: %w", err)
	}

	section.Command = invocation("overload", args)

	return o.finish(stdout, section)
}

// manyUsers are enough for nobody to ask twice, where -users says nothing else.
const manyUsers = 200_000

func (o *overload) measure(ctx context.Context) (section *report.Section, err error) {
	o.rig, err = newRig(ctx, stub.Options{Users: *o.users, Delay: *o.service, Places: *o.places, CacheControl: "no-store"})
	if err != nil {
		return nil, err
	}

	defer func() { err = errors.Join(err, o.rig.close()) }()

	binary, err := o.rig.build(ctx, target.Mobile())
	if err != nil {
		return nil, err
	}

	if o.process, err = o.rig.start(ctx, binary); err != nil {
		return nil, err
	}

	if err = verify(ctx, o.workload, o.process.URL(o.workload.Target), *o.users); err != nil {
		return nil, err
	}

	if err = o.closedLoop(ctx); err != nil {
		return nil, err
	}

	if err = o.flood(ctx); err != nil {
		return nil, err
	}

	return o.section()
}

// closedLoop finds out how many pages there are in a second, with no more
// requests at a time than are always let in.
func (o *overload) closedLoop(ctx context.Context) error {
	var result *load.Result

	took, err := o.rig.observe(ctx, o.process, func() (requests int, err error) {
		result, err = load.Run(ctx, load.Plan{
			Addr: address(o.process.URL(o.workload.Target)), Connections: *o.connections, Requests: *o.requests,
			Call:  func(n int) load.Call { return o.workload.Call(n % *o.users) },
			Check: func(n int, a load.Answer) error { return o.workload.Glance(n%*o.users, a) },
		})

		return *o.requests, err
	})
	if err != nil {
		return err
	}

	o.asked, o.capacity, o.whole = *o.requests, result.PerSecond(), took.cpu

	o.idle, err = o.rig.machine.Memory(o.process.PID())

	return err
}

// flood sends all loads, and then one that the services can bear.
func (o *overload) flood(ctx context.Context) (err error) {
	const between, half = 2 * time.Second, 0.5

	for _, factor := range factors() {
		if !sleep(ctx, between) {
			return context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
		}

		p, err := o.run(ctx, float64(factor))
		if err != nil {
			return err
		}

		o.phases = append(o.phases, p)
	}

	o.after, err = o.run(ctx, half) // At once.

	return err
}

// run is one load, in capacities.
func (o *overload) run(ctx context.Context, factor float64) (*phase, error) {
	p := &phase{factor: factor, rate: max(1, int(factor*o.capacity)), span: *o.time}

	before, err := metrics(ctx, o.process.URL("ops"))
	if err != nil {
		return nil, err
	}

	first := o.asked
	user := func(n int) int { return (first + n) % *o.users }

	p.cost, err = o.rig.observe(ctx, o.process, func() (requests int, err error) {
		err = flood.Run(ctx, flood.Plan{
			Base: o.process.URL(o.workload.Target), Rate: p.rate, For: p.span, Patience: maxDelay,
			Call: func(n int) flood.Call {
				return flood.Call{Path: o.workload.Call(user(n)).Path, Header: classOf(n).header()}
			},
		}, func(s flood.Shot) { p.note(s, func(a load.Answer) error { return o.workload.Glance(user(s.N), a) }) })

		return max(1, p.shots), err
	})
	if err != nil {
		return nil, err
	}

	o.asked += p.shots

	if p.memory, err = o.rig.machine.Memory(o.process.PID()); err != nil {
		return nil, err
	}

	after, err := metrics(ctx, o.process.URL("ops"))
	if err != nil {
		return nil, err
	}

	if err = p.read(before, after); err != nil {
		return nil, err
	}

	return p, o.process.TruncateLog()
}

// class is what a request says of itself.
type class int

const (
	high class = iota
	plain
	prefetch
	classes
)

// classOf is the mix: 10 % of the requests matter most, 40 % are for later.
func classOf(n int) class {
	const of = 10

	switch n % of {
	case 0:
		return high
	case 1, 3, 5, 7, 9: //nolint:mnd // Every second one.
		return plain
	default:
		return prefetch
	}
}

func (c class) header() http.Header {
	switch c {
	case high:
		return http.Header{"Priority": {"u=1"}}
	case prefetch:
		return http.Header{"Sec-Purpose": {"prefetch"}}
	default:
		return http.Header{}
	}
}
