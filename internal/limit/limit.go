// Package limit bounds how many requests are under way at a time, by how long
// they take: there is no number to set.
//
// A [Limiter] hands out places. Where none is free, requests wait in a short
// queue, by class; what does not fit is refused at once. How many places there
// are follows from the time that pages take and from the budget of one request
// (estimate.go). The package knows neither HTTP handlers nor pages: whoever has
// a place says when the request is over and whether its time tells anything.
package limit

import (
	"cmp"
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Floor is how many places there always are: so few requests are never too
// many, whatever time they take.
const Floor = 32

// Outcome is what became of a wish for a place.
type Outcome uint8

// The outcomes.
const (
	// Admitted means: there is a place, and it must be left.
	Admitted Outcome = iota
	// Refused means: there is too much to do.
	Refused
	// Gone means: the client has left while it waited.
	Gone
)

// Limiter hands out places. It is safe for concurrent use.
type Limiter struct {
	budget time.Duration
	start  time.Time

	mu       sync.Mutex // guards what follows
	estimate estimate
	taken    int
	waiting  queue

	// What others read without the lock.
	limit, inside, outside atomic.Int64
}

// New returns a limiter of requests that may take so long each. A budget of 0 is
// a second.
func New(budget time.Duration) *Limiter {
	budget = cmp.Or(max(budget, 0), time.Second)
	l := &Limiter{budget: budget, start: time.Now(), estimate: newEstimate(budget)}
	l.limit.Store(int64(l.estimate.limit))

	return l
}

// Place is the right to be served. The zero Place is none.
type Place struct {
	// Waited is how long the request stood in the queue; 0 is not at all.
	Waited time.Duration
	// Busy is true where so much is under way that optional parts of pages are
	// to be left out.
	Busy bool

	from  time.Duration // since the start of the limiter, as all times here
	among int           // how many were under way then, this one included
}

// Enter asks for a place for a request of that class, whose time is up at
// deadline; zero is never. It waits for one as long as it makes sense, and as
// ctx lasts. One whose time is up does not wait, but has a place that is free: its
// page makes no call, and may show what is at hand.
func (l *Limiter) Enter(ctx context.Context, class Class, deadline time.Time) (Place, Outcome) {
	if ctx.Err() != nil {
		return Place{}, Gone
	}

	now := time.Since(l.start)

	l.mu.Lock()

	l.estimate.arrive(now, l.taken)
	l.wake(now) // A place that is free now is theirs who wait.

	limit := l.estimate.now()
	if l.taken < limit && (class != Prefetch || l.taken < l.part(most)) {
		place := l.take(now)
		l.mu.Unlock()

		return place, Admitted
	}

	l.estimate.full = l.estimate.full || l.taken >= limit

	patience := l.patience(deadline)
	if class == Prefetch || patience <= 0 {
		l.mu.Unlock()

		return Place{}, Refused
	}

	w := &waiter{class: class, told: make(chan Outcome, 1)}

	if !l.waiting.add(w, max(limit, Floor)) {
		l.mu.Unlock()

		return Place{}, Refused
	}

	l.outside.Store(int64(l.waiting.length()))
	l.mu.Unlock()

	place, outcome := l.wait(ctx, w, patience)
	place.Waited = max(time.Since(l.start)-now, 1)

	return place, outcome
}

// Leave gives a place back. telling is true where the time that the request took
// tells how busy the services are: not when it waited for one that failed.
func (l *Limiter) Leave(p Place, telling bool) {
	now := time.Since(l.start)

	l.mu.Lock()
	defer l.mu.Unlock()

	l.taken--
	l.estimate.leave(now, p, l.taken, telling)

	l.wake(now)
	l.note()
}

// wake gives the places that are free to those who wait. There may be some
// though nobody has left: the limit rises by itself. The caller holds mu.
func (l *Limiter) wake(now time.Duration) {
	for limit := l.estimate.now(); l.taken < limit; {
		next := l.waiting.next()
		if next == nil {
			return
		}

		next.place = l.take(now)
		next.place.Busy = true
		next.told <- Admitted
	}
}

// take takes a place. The caller holds mu and has seen that one is free.
func (l *Limiter) take(now time.Duration) Place {
	busy := l.taken >= l.part(nearly)
	l.taken++
	l.note()

	return Place{from: now, among: l.taken, Busy: busy}
}

// What may be taken, in eighths, before anything is shed: first what nobody has
// asked to see yet, then optional parts of pages.
const (
	most   = 6
	nearly = 7
	eighth = 8
)

// part is so many eighths of the places; all of them while nothing is answered,
// since that is none of the requests' doing. The caller holds mu.
func (l *Limiter) part(eighths int) int {
	return max(Floor, l.estimate.limit*eighths/eighth, l.estimate.opened())
}

// note writes down what others may read. The caller holds mu.
func (l *Limiter) note() {
	l.inside.Store(int64(l.taken))
	l.limit.Store(int64(l.estimate.limit))
	l.outside.Store(int64(l.waiting.length()))
}

// patience is how long a request may wait for a place: a quarter of the budget
// at most, and so that enough is left for its page. The caller holds mu.
func (l *Limiter) patience(deadline time.Time) time.Duration {
	const quarter = 4

	patience := l.budget / quarter
	if !deadline.IsZero() {
		patience = min(patience, time.Until(deadline)-l.estimate.enough())
	}

	return patience
}

// Limit is how many places there are.
func (l *Limiter) Limit() int { return int(l.limit.Load()) }

// Inside is how many have a place.
func (l *Limiter) Inside() int { return int(l.inside.Load()) }

// Waiting is how many wait for a place.
func (l *Limiter) Waiting() int { return int(l.outside.Load()) }
