package main

import (
	"context"
	"errors"
	"time"

	"storefront/bench/internal/child"
	"storefront/bench/internal/load"
	"storefront/bench/internal/routes"
)

// beside is what pages notice of being compared, over services that take so long.
type beside struct {
	delay       time.Duration
	old, shadow aside
	goal        bool // a goal is set for this one
}

// aside is one mode with what each round showed.
type aside struct {
	costs    []cost
	p50, p99 []time.Duration
}

// beside measures pages in mode old and in mode shadow, in turns.
func (s *strangler) beside(ctx context.Context) error {
	s.shadows = []*beside{{delay: *s.delay, goal: true}, {}}

	for _, b := range s.shadows {
		if err := s.compare(ctx, b); err != nil {
			return err
		}
	}

	return nil
}

// compare is the life of one process, which is told to change its mode again and
// again: nothing else can be another.
func (s *strangler) compare(ctx context.Context, b *beside) (err error) {
	r, err := newRig(ctx, s.services(b.delay))
	if err != nil {
		return err
	}

	defer func() { err = errors.Join(err, r.close()) }()

	file := routes.Shop(routes.Old, false)

	process, err := s.start(ctx, r, &file)
	if err != nil {
		return err
	}

	if _, err = s.load(ctx, process, load.Plan{For: *s.warmUp, Connections: *s.connections}); err != nil {
		return err
	}

	for round := range *s.rounds {
		modes := []string{routes.Old, routes.Shadow}
		if round%2 == 1 {
			modes = []string{routes.Shadow, routes.Old}
		}

		for _, mode := range modes {
			if err = s.twice(ctx, func() error { return s.lap(ctx, r, process, b, mode) }); err != nil {
				return err
			}
		}
	}

	s.rig.others = append(s.rig.others, r.others...)

	return nil
}

// lap is one mode in one round.
func (s *strangler) lap(ctx context.Context, r *rig, process *child.Process, b *beside, mode string) error {
	const (
		p50, p99    = 50, 99
		connections = 64 // Enough for pages that take a quarter of a second.
	)

	for _, route := range []string{routes.Users, routes.Products, routes.Orders} {
		if err := routes.Remote(process.URL("ops")).Move(ctx, route, routes.Place{Mode: mode}); err != nil {
			return err
		}
	}

	var result *load.Result

	took, err := r.observe(ctx, process, func() (requests int, err error) {
		if result, err = s.load(ctx, process, load.Plan{For: leadIn + *s.time, LeadIn: leadIn, Connections: connections, Rate: float64(*s.rate)}); err != nil {
			return 0, err
		}

		return result.Requests, nil
	})
	if err != nil {
		return err
	}

	to := &b.old
	if mode == routes.Shadow {
		to = &b.shadow
	}

	to.costs = append(to.costs, took)
	to.p50, to.p99 = append(to.p50, result.Percentile(p50)), append(to.p99, result.Percentile(p99))

	return process.TruncateLog()
}
