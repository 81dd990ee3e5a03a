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

// usage reads what has been used up to now.
func (r *rig) usage(ctx context.Context, process *child.Process) (u usage, err error) {
	if u.calls, err = r.calls(ctx); err != nil {
		return u, err
	}

	u.at = time.Now()

	if u.target, err = r.machine.CPU(process.PID()); err != nil {
		return u, err
	}

	if u.all, err = r.machine.Busy(); err != nil {
		return u, err
	}

	pids := []int{os.Getpid(), r.stub.PID()}
	for _, running := range r.targets {
		pids = append(pids, running.PID())
	}

	for _, pid := range pids {
		used, err := r.machine.CPU(pid)
		if err != nil {
			return u, err
		}

		u.ours += used
	}

	return u, nil
}

// cost is what a run took.
type cost struct {
	cpu    time.Duration // of the target, per request
	calls  float64       // of services, per request
	others float64       // cores that all other processes of the machine kept busy
}

// observe has run send requests to a target, and says what they took.
func (r *rig) observe(ctx context.Context, process *child.Process, requests int, run func() error) (cost, error) {
	before, err := r.usage(ctx, process)
	if err != nil {
		return cost{}, err
	}

	if err = run(); err != nil {
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

func between(before, after usage, requests int) cost {
	rest := after.all - before.all - (after.ours - before.ours)

	return cost{
		cpu:   (after.target - before.target) / time.Duration(requests),
		calls: float64(after.calls-before.calls) / float64(requests),
		// Rounding to whole ticks can leave less than nothing.
		others: max(0, float64(rest)/float64(after.at.Sub(before.at))),
	}
}
