package telemetry

import (
	"slices"
	"strconv"
	"sync"
)

// circuits are the states of the circuit breakers of one service's replicas.
type circuits struct {
	of           *upstreamVecs
	bff, service string

	mu     sync.Mutex
	states []int
}

func (m *Metrics) newCircuits(bff, service string) *circuits {
	m.upstream.breakers.WithLabelValues(bff, service).Set(0)

	return &circuits{of: &m.upstream, bff: bff, service: service}
}

// next returns what sets the state of one more replica.
func (c *circuits) next() (set func(state int)) {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.enter(len(c.states))
}

// at returns what sets the state of a replica by its number: of a new one, where
// another one had it before.
func (c *circuits) at(i int) (set func(state int)) {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.enter(i)
}

// enter has a replica be there, and closed. c.mu is held.
func (c *circuits) enter(i int) (set func(state int)) {
	for i >= len(c.states) {
		c.states = append(c.states, 0)
	}

	gauge := c.of.replicas.WithLabelValues(c.bff, c.service, strconv.Itoa(i))
	put := func(state int) {
		gauge.Set(float64(state))

		c.states[i] = state
		c.of.breakers.WithLabelValues(c.bff, c.service).Set(float64(slices.Min(c.states)))
	}

	put(0)

	return func(state int) {
		c.mu.Lock()
		defer c.mu.Unlock()

		put(state)
	}
}
