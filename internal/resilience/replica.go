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
	bit      replicaSet // it alone
	inFlight atomic.Int32
	cost     cost
}

// replicaSet are some of the replicas of a service, which has 64 at most.
type replicaSet uint64

const maxReplicas = 64

func (set replicaSet) has(r *replica) bool { return set&r.bit != 0 }

// cost is how long a replica takes, in seconds: of late answers more than of
// early ones. It fades where nothing is asked, so that a replica that was slow is
// tried again. It is safe for concurrent use.
type cost struct {
	mu   sync.Mutex
	of   float64 // 0 is not known
	when time.Time
}

const (
	// costWeighs is the part that the newest answer has in the cost.
	costWeighs = 0.25
	// costFades is how fast it is forgotten.
	costFades = 5 * time.Second
	// costMost is the most that counts, in medians of the service, and what a
	// request counts for that another one has overtaken: it is not known how long
	// it would have taken.
	costMost = 8
)

func (c *cost) add(took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()

	now, seconds := time.Now(), took.Seconds()

	if c.of = c.faded(now); c.of == 0 {
		c.of = seconds
	} else {
		c.of += (seconds - c.of) * costWeighs
	}

	c.when = now
}

// forget has what follows count alone.
func (c *cost) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.of, c.when = 0, time.Time{}
}

func (c *cost) now() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.faded(time.Now())
}

// faded is what is left of the cost. The caller holds mu.
func (c *cost) faded(now time.Time) float64 {
	return c.of * math.Exp(-now.Sub(c.when).Seconds()/costFades.Seconds())
}

// load is what a replica has to do: what it is asked, each as long as it takes,
// or usually does where that is not known.
func (r *replica) load(usually float64) float64 {
	of := r.cost.now()
	if of == 0 {
		of = usually
	}

	return of * float64(1+r.inFlight.Load())
}

// pick returns a replica to ask and leave to do so: one that is due to be probed,
// else of two that are well the one with less to do. One of not is only picked
// where there is no other. It is nil where all circuits are open.
func (s *Service) pick(not replicaSet) (*replica, permit) {
	if len(s.replicas) == 1 {
		return s.admitted(s.replicas[0])
	}

	for _, r := range s.replicas {
		if not.has(r) || !r.breaker.due() {
			continue
		}

		if r, leave := s.admitted(r); r != nil {
			return r, leave
		}
	}

	return s.pickWell(not)
}

// pickWell is pick without those that are due to be probed.
func (s *Service) pickWell(not replicaSet) (*replica, permit) {
	one, other := s.twoWell(not)
	if one == nil && not != 0 {
		one, other = s.twoWell(0)
	}

	switch {
	case one == nil:
		return nil, permit{}
	case other != nil && s.lighter(other, one):
		one = other
	}

	return s.admitted(one)
}

// twoWell returns two replicas that are well, each pair as likely; nil for want
// of more.
func (s *Service) twoWell(not replicaSet) (one, other *replica) {
	seen := 0

	for _, r := range s.replicas {
		if not.has(r) || !r.breaker.closed() {
			continue
		}

		seen++

		switch i := rand.IntN(seen); { //nolint:gosec // It spreads load and guards nothing.
		case one == nil:
			one = r
		case other == nil:
			other = r
		case i == 0:
			one = r
		case i == 1:
			other = r
		}
	}

	return one, other
}

// lighter reports whether a has less to do than b; where both have the same, it
// is chance that decides.
func (s *Service) lighter(a, b *replica) bool {
	pace, _ := s.usual.pace()
	usually := max(pace.median, usualUnit).Seconds()

	ofA, ofB := a.load(usually), b.load(usually)
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
