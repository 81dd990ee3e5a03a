package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"storefront/bench/internal/child"
	"storefront/bench/internal/load"
	"storefront/bench/internal/stat"
	"storefront/bench/internal/workload"
)

// trial is one contender at one task, with what each round showed.
type trial struct {
	*task
	*contender

	workload *workload.Workload
	rig      *rig
	process  *child.Process
	url      string

	asked int // requests so far; the next one is for the next user
	gauge *workload.Gauge
	tags  workload.Tags

	rounds []round
	failed error // why it was given up
	peak   int64 // the most memory that the process ever had
}

// round is what one run showed.
type round struct {
	cost

	p50, p99  time.Duration
	perSecond float64
	bytes     float64 // of a body

	// Of an open loop alone:
	rate         float64       // at which requests were due
	baseline50   time.Duration // what the slowest service takes by itself
	baseline99   time.Duration
	utmostPerSec float64 // what a closed loop reached
}

// number is how many different users a trial asks for.
func (t *trial) number(all int) int {
	switch {
	case t.fixed:
		return 1
	case t.users > 0:
		return min(t.users, all)
	default:
		return all
	}
}

// prepare sees that the answers are right, learns what a right one looks like at
// a glance, and warms the target.
func (t *trial) prepare(ctx context.Context, c *compare) error {
	users := t.number(*c.users)
	check, right := t.workload.VerifyValues, t.workload.RightValues

	if t.kind == ours {
		check, right = t.workload.Verify, t.workload.Right // Ours keep every digit.
	}

	for _, n := range []int{0, users / 2, users - 1} {
		err := load.Once(ctx, address(t.url), t.workload.Call(n), func(a load.Answer) error { return check(n, a) })
		if err != nil {
			return fmt.Errorf("before measuring: %w", err)
		}
	}

	err := load.Once(ctx, address(t.url), t.workload.Call(0), func(a load.Answer) (err error) {
		t.gauge, err = t.workload.Gauge(a, right)

		return err
	})
	if err != nil {
		return fmt.Errorf("before measuring: %w", err)
	}

	if err = t.heat(ctx, c); err != nil {
		return err
	}

	_, err = t.load(ctx, c, load.Plan{For: *c.warmUp})

	return err
}

// heat asks for every user once where they are to be at hand. It waits until
// what was stored before is gone where that would happen in the middle of a run.
func (t *trial) heat(ctx context.Context, c *compare) error {
	if !t.warmed || t.fixed {
		return nil
	}

	const margin = 3 * time.Second // for reading what was used

	warm, isWarm := c.warm[t.process]
	age := time.Since(warm)

	switch {
	case isWarm && age+*c.time+*c.warmUp+margin < maxAge:
		if !t.conditional || t.tags != nil {
			return nil
		}
	case isWarm && !sleep(ctx, maxAge-age+time.Second):
		return context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
	default:
		c.warm[t.process] = time.Now()
	}

	return t.askAll(ctx, c)
}

// askAll asks for every user once, and learns the tags of their answers where
// they are needed.
func (t *trial) askAll(ctx context.Context, c *compare) error {
	var tags workload.Tags
	if t.conditional {
		tags = make(workload.Tags, t.number(*c.users))
	}

	_, err := load.Run(ctx, load.Plan{
		Addr: address(t.url), Connections: *c.connections, Requests: t.number(*c.users), Call: t.workload.Call,
		Check: func(n int, a load.Answer) error {
			if err := t.gauge.Check(n, a); err != nil || tags == nil {
				return err
			}

			return tags.Learn(n, a)
		},
	})
	t.tags = tags

	return err
}

// sleep waits, and reports whether ctx still stands.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()

	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// load sends requests, each for the next user.
func (t *trial) load(ctx context.Context, c *compare, plan load.Plan) (*load.Result, error) {
	users, first := t.number(*c.users), t.asked
	user := func(n int) int { return (first + n) % users }

	plan.Addr, plan.Requests = address(t.url), load.MaxRequests
	if plan.Connections == 0 {
		plan.Connections = *c.connections
	}

	plan.Call = func(n int) load.Call { return t.workload.Call(user(n)) }
	plan.Check = func(n int, a load.Answer) error { return t.gauge.Check(user(n), a) }

	if t.tags != nil {
		plan.Call = func(n int) load.Call { return t.tags.Call(t.workload, user(n)) }
		plan.Check = func(n int, a load.Answer) error { return t.tags.Check(user(n), a) }
	}

	result, err := load.Run(ctx, plan)
	if err != nil {
		return nil, err
	}

	t.asked += result.Requests

	return result, nil
}

// run is one round.
func (t *trial) run(ctx context.Context, c *compare) error {
	const p50, p99 = 50, 99

	if err := t.heat(ctx, c); err != nil {
		return err
	}

	var result *load.Result

	used, err := t.rig.observe(ctx, t.process, func() (requests int, err error) {
		if result, err = t.load(ctx, c, load.Plan{For: *c.time}); err != nil {
			return 0, err
		}

		return result.Requests, nil
	})
	if err != nil {
		return err
	}

	t.rounds = append(t.rounds, round{
		cost: used, p50: result.Percentile(p50), p99: result.Percentile(p99),
		perSecond: result.PerSecond(), bytes: float64(result.Bytes) / float64(result.Requests),
	})

	memory, err := t.rig.machine.Memory(t.process.PID())
	t.peak = memory.Peak

	return errors.Join(err, t.process.TruncateLog())
}

// Medians of the rounds.

func (t *trial) cpu() time.Duration {
	return stat.Median(each(t.rounds, func(r round) time.Duration { return r.cpu }))
}

func (t *trial) p50() time.Duration {
	return stat.Median(each(t.rounds, func(r round) time.Duration { return r.p50 }))
}

func (t *trial) p99() time.Duration {
	return stat.Median(each(t.rounds, func(r round) time.Duration { return r.p99 }))
}

func (t *trial) calls() float64 {
	return stat.Median(each(t.rounds, func(r round) float64 { return r.calls }))
}

func (t *trial) perSecond() float64 {
	return stat.Median(each(t.rounds, func(r round) float64 { return r.perSecond }))
}

func (t *trial) bytes() float64 {
	return stat.Median(each(t.rounds, func(r round) float64 { return r.bytes }))
}
