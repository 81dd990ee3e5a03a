package main

import (
	"context"
	"errors"

	"storefront/bench/internal/load"
	"storefront/bench/internal/procfs"
	"storefront/bench/internal/target"
	"storefront/bench/internal/workload"
)

const (
	// taskMemory is the name of the workload.
	taskMemory = "memory"
	// cacheBytes is what bff-mobile is told to spend on what it stores.
	cacheBytes = "16777216"
)

// saturation is what bff-mobile has in memory when it has as much to do as it
// can, and more to store than it may.
type saturation struct {
	result *load.Result
	cost   cost
	memory procfs.Memory
}

// saturate starts a process of its own, which nobody else has asked anything.
func (c *compare) saturate(ctx context.Context) (err error) {
	mobile := target.Mobile()
	_, built := c.builds.binaries[mobile.Name]

	if !built || !c.isChosen(taskMemory) {
		return nil
	}

	rig, err := c.world(ctx, hot)
	if err != nil {
		return err
	}

	process, err := c.launch(ctx, &contender{}, place{hot, mobile.Name}, rig.urls(), "CACHE_BYTES="+cacheBytes)
	if err != nil {
		return err
	}

	defer func() { err = errors.Join(err, process.Stop()) }()

	w := workload.Mobile()
	base := process.URL(mobile.Name)

	if err = verify(ctx, w, base, *c.users); err != nil {
		return err
	}

	c.memory = &saturation{}

	c.memory.cost, err = rig.observe(ctx, process, func() (requests int, err error) {
		c.memory.result, err = load.Run(ctx, load.Plan{
			Addr: address(base), Connections: *c.connections, Requests: max(*c.users, saturatingRequests),
			Call:  func(n int) load.Call { return w.Call(n % *c.users) },
			Check: func(n int, a load.Answer) error { return w.Glance(n%*c.users, a) },
		})
		if err != nil {
			return 0, err
		}

		return c.memory.result.Requests, nil
	})
	if err != nil {
		return err
	}

	c.memory.memory, err = rig.machine.Memory(process.PID())

	return err
}

// saturatingRequests are as many as the goal for memory has always been judged
// by, at the least.
const saturatingRequests = 100_000
