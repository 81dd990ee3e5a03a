package resilience

import (
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// replica is one of the places where a service can be asked.
type replica struct {
	base     string
	exchange exchanger
	breaker  *breaker
	inFlight atomic.Int32
	cost     cost
}

// cost is how long a replica takes, in seconds: up at once with each answer that
// is slower, down slowly with those that are not and with time, so that one that
// was slow is tried again. It is safe for concurrent use.
type cost struct {
	mu   sync.Mutex
	of   float64
	when time.Time
}

// costFades is how fast it forgets.
const costFades = 10 * time.Second

func (c *cost) add(took time.Duration) {
	now, seconds := time.Now(), took.Seconds()

	c.mu.Lock()
	defer c.mu.Unlock()

	if seconds > c.of {
		c.of = seconds
	} else {
		keeps := fading(now.Sub(c.when))
		c.of = c.of*keeps + seconds*(1-keeps)
	}

	c.when = now
}

// failed makes a replica dear that fails fast.
func (c *cost) failed(took time.Duration) {
	const times = 5

	c.mu.Lock()
	of := c.of
	c.mu.Unlock()

	c.add(max(took, time.Duration(of*times*float64(time.Second))))
}

func (c *cost) now() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.of * fading(time.Since(c.when))
}

func fading(after time.Duration) float64 { return math.Exp(-after.Seconds() / costFades.Seconds()) }

// load is what a replica has to do: what it is asked, each as long as it takes.
func (r *replica) load() float64 { return r.cost.now() * float64(1+r.inFlight.Load()) }

// pick returns a replica to ask and leave to do so: one that is due to be probed,
// else of two that are well the one with less to do. not, where set, is not
// picked if there is another. It is nil where all circuits are open.
func (s *Service) pick(not *replica) (*replica, permit) {
	if len(s.replicas) == 1 {
		return s.admitted(s.replicas[0])
	}

	if sick := s.due(not); sick != nil {
		if r, leave := s.admitted(sick); r != nil {
			return r, leave
		}
	}

	return s.pickWell(not)
}

// pickWell is pick without those that are due to be probed.
func (s *Service) pickWell(not *replica) (*replica, permit) {
	var (
		one, other *replica
		seen       int
	)

	for _, r := range s.replicas { // Two of those that are well, each pair as likely.
		if r == not || !r.breaker.closed() {
			continue
		}

		switch seen++; {
		case seen == 1:
			one = r
		case seen == 2: //nolint:mnd // The second.
			other = r
		default:
			if i := rand.IntN(seen); i == 0 { //nolint:gosec // It spreads load and guards nothing.
				one = r
			} else if i == 1 {
				other = r
			}
		}
	}

	switch {
	case one == nil && not != nil && not.breaker.closed():
		one = not
	case one == nil:
		return nil, permit{}
	case other != nil && lighter(other, one):
		one = other
	}

	return s.admitted(one)
}

// lighter reports whether a has less to do than b; where both have the same, it
// is chance that decides.
func lighter(a, b *replica) bool {
	ofA, ofB := a.load(), b.load()
	if ofA == ofB {
		return rand.IntN(2) == 0 //nolint:gosec,mnd // As above; one of two.
	}

	return ofA < ofB
}

func (s *Service) admitted(r *replica) (*replica, permit) {
	leave, ok := r.breaker.admit()
	if !ok {
		return nil, permit{}
	}

	return r, leave
}

// due returns a replica that is to be probed, or nil.
func (s *Service) due(not *replica) *replica {
	for _, r := range s.replicas {
		if r != not && r.breaker.due() {
			return r
		}
	}

	return nil
}
