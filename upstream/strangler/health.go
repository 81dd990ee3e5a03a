package strangler

import (
	"sync"
	"sync/atomic"
	"time"

	"storefront/internal/resilience"
)

// When the new side of a route, or a replica, is left alone, as circuit breakers of services do it: after
// so many failures in a row, for a pause that doubles each time that the one
// probe after it fails too.
const (
	healthFailures = 10
	healthPause    = 250 * time.Millisecond
	healthLongest  = 2 * time.Second
)

// health leaves the new side of a route alone for a moment where it fails again
// and again and the old one stands in, and likewise a replica where there is
// another one. It is safe for concurrent use; a side that
// is well costs two loads a request.
type health struct {
	// era counts how often the side was left alone, or was well again: even when
	// it is asked. What was asked in another one says nothing about this one.
	era      atomic.Uint64
	failures atomic.Int64 // in a row, in this era

	mu      sync.Mutex // of what follows, and of changing era
	probing bool
	pause   time.Duration
	until   time.Time

	told func(Circuit) // of each change; nil: nobody is
}

// Circuit is how a side or a replica stands, as the metrics have it.
type Circuit = resilience.Circuit

// permit is leave to ask the new side once. It must be given back.
type permit uint64

// ending is how it went.
type ending uint8

const (
	broke  ending = iota // it failed
	worked               // it gave an answer
	gone                 // nobody knows: who asked has left
)

func newHealth() *health { return &health{} }

// tells has somebody be told of each change from now on.
func (h *health) tells(told func(Circuit)) {
	h.mu.Lock()
	defer h.mu.Unlock()

	h.told = told
}

func resting(era uint64) bool { return era%2 != 0 }

// rests reports whether the side was left alone, and is not known to be well yet.
func (h *health) rests() bool { return resting(h.era.Load()) }

// enter reports whether the new side is to be asked; then leave tells how it
// went.
func (h *health) enter() (permit, bool) {
	era := h.era.Load()
	if !resting(era) {
		return permit(era), true
	}

	h.mu.Lock()
	defer h.mu.Unlock()

	if era = h.era.Load(); !resting(era) {
		return permit(era), true
	}

	if h.probing || time.Now().Before(h.until) {
		return 0, false
	}

	h.probing = true
	h.tell(resilience.HalfOpen)

	return permit(era), true
}

// leave gives a permit back.
func (h *health) leave(p permit, how ending) {
	if era := uint64(p); !resting(era) && (how == gone || how == worked && h.failures.Load() == 0) {
		return
	}

	h.mu.Lock()
	defer h.mu.Unlock()

	era := h.era.Load()

	switch {
	case uint64(p) != era:
	case resting(era):
		h.probed(how)
	case how == worked:
		h.failures.Store(0)
	case h.failures.Add(1) >= healthFailures:
		h.pause = healthPause
		h.turn()
	}
}

// probed ends a probe.
func (h *health) probed(how ending) {
	h.probing = false

	switch how {
	case worked:
		h.turn()
	case broke:
		h.pause = min(2*h.pause, healthLongest) //nolint:mnd // It doubles.
		h.until = time.Now().Add(h.pause)
		h.tell(resilience.Open)
	case gone:
		h.tell(resilience.Open)
	}
}

// turn has the side be left alone, or asked again.
func (h *health) turn() {
	h.failures.Store(0)
	h.until = time.Now().Add(h.pause)

	if resting(h.era.Add(1)) {
		h.tell(resilience.Open)
	} else {
		h.tell(resilience.Closed)
	}
}

// tell tells of a change, one after the other: h.mu is held.
func (h *health) tell(now Circuit) {
	if h.told != nil {
		h.told(now)
	}
}
