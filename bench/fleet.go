package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"storefront/bench/internal/child"
	"storefront/bench/internal/target"
)

// replicas is how many there are in the examples of docs/deploy.
const replicas = 3

var errTraffic = errors.New("the balancer sends it no requests")

// subnet is a part of loopback, such as 127.1.2., that stands for 10.0.0. in the
// examples; Linux has all of 127.0.0.0/8.
type subnet string

func newSubnet() subnet {
	const high = 250

	return subnet(fmt.Sprintf("127.%d.%d.", 1+rand.IntN(high), 1+rand.IntN(high))) //nolint:gosec // Nothing secret.
}

func (s subnet) host(n int) string { return string(s) + strconv.Itoa(n) }

// front is where the balancer listens.
func (s subnet) front() string {
	const last = 254

	return s.host(last) + ":8080"
}

// fleet is the replicas of the mobile BFF, each with an address of its own.
type fleet struct {
	subnet

	rig    *rig
	binary target.Binary
	all    [replicas]*child.Process
}

func (r *rig) startFleet(ctx context.Context, binary target.Binary) (*fleet, error) {
	f := &fleet{subnet: newSubnet(), rig: r, binary: binary}

	for i := range f.all {
		if err := f.launch(ctx, i); err != nil {
			return nil, err
		}
	}

	return f, nil
}

// launch starts a replica with its default settings.
func (f *fleet) launch(ctx context.Context, i int) (err error) {
	replica, host := f.binary, f.host(1+i)
	replica.Env = []string{"MOBILE_ADDR=" + host + ":8081", "OPS_ADDR=" + host + ":9090"}
	f.all[i], err = f.rig.start(ctx, replica)

	return err
}

// start starts a replica and returns once the balancer sends it requests.
func (f *fleet) start(ctx context.Context, i int) error {
	if err := f.launch(ctx, i); err != nil {
		return err
	}

	return f.await(ctx, i)
}

// restart stops a replica as an operator does, and starts it again.
func (f *fleet) restart(ctx context.Context, i int) error {
	if err := f.all[i].Stop(); err != nil {
		return fmt.Errorf("stopping: %w", err)
	}

	return f.start(ctx, i)
}

// await returns once a replica has answered requests.
func (f *fleet) await(ctx context.Context, i int) error {
	const patience, pause = 30 * time.Second, 20 * time.Millisecond

	ctx, cancel := context.WithTimeoutCause(ctx, patience, errTraffic)
	defer cancel()

	for {
		series, err := metrics(ctx, f.all[i].URL("ops"))
		if err != nil {
			return err
		}

		for name := range series {
			if strings.HasPrefix(name, `bff_requests_total{bff="mobile"`) {
				return nil
			}
		}

		if !sleep(ctx, pause) {
			return context.Cause(ctx) //nolint:wrapcheck // It says enough.
		}
	}
}
