package main

import (
	"context"
	"time"

	"storefront/bench/internal/load"
	"storefront/bench/internal/workload"
)

// leadIn is how much of an open loop is not counted: its connections are new.
const leadIn = 500 * time.Millisecond

// openConnections are enough for all requests that are due while earlier ones
// wait, as long as a target keeps up.
const openConnections = 512

// runOpen is one round of a task that is about latency: what a closed loop
// reaches with many connections, then half of that as an open loop, and the same
// from the service with the longest answer, by itself.
func (t *trial) runOpen(ctx context.Context, c *compare) error {
	const p50, p99 = 50, 99

	utmost, err := t.load(ctx, c, load.Plan{For: *c.time, Connections: *c.slowConnections})
	if err != nil {
		return err
	}

	r := round{utmostPerSec: utmost.PerSecond(), rate: utmost.PerSecond() / 2} //nolint:mnd // Half of it.

	var result *load.Result

	r.cost, err = t.rig.observe(ctx, t.process, func() (requests int, err error) {
		if result, err = t.load(ctx, c, load.Plan{For: leadIn + *c.time, LeadIn: leadIn, Connections: openConnections, Rate: r.rate}); err != nil {
			return 0, err
		}

		return result.Requests, nil
	})
	if err != nil {
		return err
	}

	r.p50, r.p99, r.perSecond = result.Percentile(p50), result.Percentile(p99), result.PerSecond()

	if result, err = baseline(ctx, t.rig, r.rate, *c.time); err != nil {
		return err
	}

	r.baseline50, r.baseline99 = result.Percentile(p50), result.Percentile(p99)
	t.rounds = append(t.rounds, r)

	return t.process.TruncateLog()
}

// baseline asks the product service itself, which sends the most, at a rate.
func baseline(ctx context.Context, r *rig, rate float64, during time.Duration) (*load.Result, error) {
	w := workload.Products()

	return load.Run(ctx, load.Plan{
		Addr: address(r.stub.URL(w.Target)), Connections: openConnections, Requests: load.MaxRequests,
		For: leadIn + during, LeadIn: leadIn, Rate: rate,
		Call:  func(int) load.Call { return w.Call(0) },
		Check: func(_ int, a load.Answer) error { return w.Glance(0, a) },
	})
}
