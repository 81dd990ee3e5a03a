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
	// request counts for that its hedge has overtaken: it is not known how long it
	// would have taken. What fails counts for a median at least, so that a replica
	// is not sought out for failing fast.
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
// else of two that are well the one with less to do. One that was tried is only
// picked where there is no other. It is nil where all circuits are open.
func (s *Service) pick(tried replicaSet) (*replica, permit) {
	if len(s.replicas) == 1 {
		return s.admitted(s.replicas[0])
	}

	if r, leave := s.pickSick(tried); r != nil {
		return r, leave
	}

	if r, leave := s.pickWell(tried); r != nil {
		return r, leave
	}

	for _, r := range s.replicas { // None is well: then any that is due.
		if r, leave := s.admitted(r); r != nil {
			return r, leave
		}
	}

	return nil, permit{}
}

// pickSick is pick of those that are due to be probed. A probe may cost one more
// call, elsewhere; where there are none left, every eighth call is one all the
// same, so that at low traffic a replica is not left out for good.
func (s *Service) pickSick(tried replicaSet) (*replica, permit) {
	const all = 8

	for _, r := range s.replicas {
		if tried.has(r) || !r.breaker.due() {
			continue
		}

		if !s.extra.take() && rand.IntN(all) != 0 { //nolint:gosec // It spreads probes and guards nothing.
			return nil, permit{}
		}

		if r, leave := s.admitted(r); r != nil {
			return r, leave
		}
	}

	return nil, permit{}
}

// pickWell is pick of those that are well.
func (s *Service) pickWell(tried replicaSet) (*replica, permit) {
	one, other := s.twoWell(tried)
	if one == nil && tried != 0 {
		one, other = s.twoWell(0)
	}

	if other != nil && s.lighter(other, one) {
		one, other = other, one
	}

	for _, r := range []*replica{one, other} { // The one may have turned sick meanwhile.
		if r == nil || !r.breaker.closed() {
			continue
		}

		if r, leave := s.admitted(r); r != nil {
			return r, leave
		}
	}

	return nil, permit{}
}

// others reports whether there is a replica that is well and was not tried.
func (s *Service) others(tried replicaSet) bool {
	one, _ := s.twoWell(tried)

	return one != nil
}

// twoWell returns two replicas that are well, each pair as likely; nil for want
// of more.
func (s *Service) twoWell(tried replicaSet) (one, other *replica) {
	seen := 0

	for _, r := range s.replicas {
		if tried.has(r) || !r.breaker.closed() {
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
