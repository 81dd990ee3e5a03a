package main

import (
	"context"
	"os"
	"time"

	"storefront/bench/internal/child"
)

// usage is what had been used up to a moment.
type usage struct {
	at     time.Time
	target time.Duration // processor time of the target
	ours   time.Duration // processor time of all processes of this measurement
	all    time.Duration // processor time of the whole machine
	calls  int64         // answered by the services
}

// usage reads what has been used up to now. Calls are those of the stub, where
// there is one.
func (r *rig) usage(ctx context.Context, process *child.Process) (u usage, err error) {
	if r.stub != nil {
		if u.calls, err = r.calls(ctx); err != nil {
			return u, err
		}
	}

	u.at = time.Now()

	if u.target, err = r.cpu(process.PID()); err != nil {
		return u, err
	}

	if u.all, err = r.machine.Busy(); err != nil {
		return u, err
	}

	// The stub and all targets are of this process's family.
	u.ours, err = r.cpu(os.Getpid())

	return u, err
}

// cpu is the processor time of a process and all that it has started.
func (r *rig) cpu(pid int) (time.Duration, error) {
	family, err := r.machine.Family(pid)
	if err != nil {
		return 0, err
	}

	return r.machine.CPU(family...)
}

// cost is what a run took.
type cost struct {
	cpu    time.Duration // of the target, per request
	calls  float64       // of services, per request
	others float64       // cores that all other processes of the machine kept busy
}

// observe has run send requests to a target, and says what they took. run says
// how many there were.
func (r *rig) observe(ctx context.Context, process *child.Process, run func() (requests int, err error)) (cost, error) {
	before, err := r.usage(ctx, process)
	if err != nil {
		return cost{}, err
	}

	requests, err := run()
	if err != nil {
		return cost{}, err
	}

	after, err := r.usage(ctx, process)
	if err != nil {
		return cost{}, err
	}

	took := between(before, after, requests)
	r.others = append(r.others, took.others)

	return took, nil
}

// plus adds what was used between two moments, the time as well.
func (u usage) plus(before, after usage) usage {
	return usage{
		at:     u.at.Add(after.at.Sub(before.at)),
		target: u.target + after.target - before.target,
		ours:   u.ours + after.ours - before.ours,
		all:    u.all + after.all - before.all,
		calls:  u.calls + after.calls - before.calls,
	}
}

func between(before, after usage, requests int) cost {
	rest := after.all - before.all - (after.ours - before.ours)

	return cost{
		cpu:   (after.target - before.target) / time.Duration(requests),
		calls: float64(after.calls-before.calls) / float64(requests),
		// Rounding to whole ticks can leave less than nothing.
		others: max(0, float64(rest)/float64(after.at.Sub(before.at))),
	}
}
