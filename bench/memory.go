package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"storefront/bench/internal/child"
	"storefront/bench/internal/load"
	"storefront/bench/internal/procfs"
	"storefront/bench/internal/report"
	"storefront/bench/internal/scrape"
	"storefront/bench/internal/stub"
	"storefront/bench/internal/target"
	"storefront/bench/internal/workload"
)

// memory is one measurement of memory.
type memory struct {
	common

	profiles *string

	rig      *rig
	variants []*variant
}

// variant is one way to run the mobile BFF, with what its run showed.
type variant struct {
	*workload.Workload

	name string
	env  []string
	goal bool // a goal is set for this one

	result  *load.Result
	cost    cost
	memory  procfs.Memory
	metrics scrape.Series
}

func variants() []*variant {
	return []*variant{
		{name: "plain answers", Workload: workload.Mobile(), goal: true},
		{name: "gzip answers", Workload: workload.Mobile().Accepting("gzip"), goal: true},
		{name: "plain, STALE_IF_ERROR=0", Workload: workload.Mobile(), env: []string{"STALE_IF_ERROR=0"}},
	}
}

func runMemory(ctx context.Context, args []string, stdout io.Writer) error {
	const requests, connections = 100_000, 32

	flags := newOptions("memory")
	m := &memory{
		common:   flags.common(requests, connections),
		profiles: flags.flags.String("profiles", "", "folder for a heap profile of each variant"),
		variants: variants(),
	}

	if err := flags.parse(args); err != nil {
		return err
	}

	ctx, cancel := m.bound(ctx)
	defer cancel()

	section, err := m.measure(ctx)
	if err != nil {
		return fmt.Errorf("memory: %w", err)
	}

	section.Command = invocation("memory", args)

	return m.finish(stdout, section)
}

func (m *memory) measure(ctx context.Context) (section *report.Section, err error) {
	if m.rig, err = newRig(ctx, stub.Options{Users: *m.users, CacheControl: "no-store"}); err != nil {
		return nil, err
	}

	defer func() { err = errors.Join(err, m.rig.close()) }()

	binary, err := m.rig.build(ctx, target.Mobile())
	if err != nil {
		return nil, err
	}

	for _, v := range m.variants {
		if err = m.run(ctx, binary, v); err != nil {
			return nil, fmt.Errorf("%s: %w", v.name, err)
		}
	}

	return m.section()
}

// run is the whole life of one process.
func (m *memory) run(ctx context.Context, binary target.Binary, v *variant) (err error) {
	process, err := m.rig.start(ctx, binary, v.env...)
	if err != nil {
		return err
	}

	defer func() { err = errors.Join(err, m.rig.stop()) }()

	if err = verify(ctx, v.Workload, process.URL(v.Target), *m.users); err != nil {
		return err
	}

	v.cost, err = m.rig.observe(ctx, process, func() (requests int, err error) {
		v.result, err = m.load(ctx, v, process)

		return *m.requests, err
	})
	if err != nil {
		return err
	}

	return m.read(ctx, v, process)
}

// load sends requests for one user after the other, again and again.
func (m *memory) load(ctx context.Context, v *variant, process *child.Process) (*load.Result, error) {
	return load.Run(ctx, load.Plan{
		Addr: address(process.URL(v.Target)), Connections: *m.connections, Requests: *m.requests,
		Call:  func(n int) load.Call { return v.Call(n % *m.users) },
		Check: func(n int, a load.Answer) error { return v.Glance(n%*m.users, a) },
	})
}

// read reads what the process has in memory: first from outside, since being
// asked takes memory too.
func (m *memory) read(ctx context.Context, v *variant, process *child.Process) (err error) {
	if v.memory, err = m.rig.machine.Memory(process.PID()); err != nil {
		return err
	}

	if v.metrics, err = metrics(ctx, process.URL("ops")); err != nil {
		return err
	}

	if *m.profiles == "" {
		return nil
	}

	return saveProfile(ctx, process.URL("ops")+"/debug/pprof/heap", *m.profiles, v.name)
}
