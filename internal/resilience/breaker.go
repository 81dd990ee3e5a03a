package resilience

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"storefront/internal/fault"
)

// When a circuit opens and closes. It opens when a replica fails so often in a
// row: after few calls where it is down, hardly ever where every other call
// fails, since the rest are worth having, at any traffic. It lets a few probes
// through after a while: later each time that they fail, but soon enough that a
// replica which is well again has its share within 5 s.
const (
	breakerFailures = 10                     // in a row
	breakerProbes   = 2                      // at a time, one of which must succeed
	breakerPause    = 250 * time.Millisecond // twice as long each time
	breakerLongest  = 2 * time.Second
	breakerJitter   = 0.1
	// breakerHaste is the part of an attempt's time that a service must have been
	// given, so that it is late and not its caller in a hurry.
	breakerHaste = 4
)

// Circuit is the state of a circuit breaker; the numbers are those of the
// metrics.
type Circuit int32

// The states.
const (
	Closed Circuit = iota
	HalfOpen
	Open
)

// String is the state as the log has it.
func (c Circuit) String() string { return [...]string{"closed", "half-open", "open"}[c] }

// breaker keeps calls from a replica that fails. It is safe for concurrent use.
type breaker struct {
	// mu makes one step of taking a permit, or giving a verdict, and what that
	// changes: a permit of an era that is over already would never be given back.
	mu      sync.Mutex
	circuit circuitbreaker.CircuitBreaker[any]
	state   atomic.Int32
	// era counts the changes of state: what was asked in another one says nothing
	// about this one.
	era atomic.Uint64
	// failed is how many times in a row the probes have.
	failed  atomic.Int64
	until   atomic.Int64 // when the next probe is due, in nanoseconds since begun
	begun   time.Time
	changed func(Circuit)
}

// permit is leave to ask a replica once; its verdict must be given.
type permit struct {
	era   uint64
	probe bool
}

// newBreaker returns a closed breaker that tells of its changes, which must not
// ask it anything.
func newBreaker(changed func(Circuit)) *breaker {
	b := &breaker{changed: changed, begun: time.Now()}
	b.circuit = circuitbreaker.NewBuilder[any]().
		WithFailureThreshold(breakerFailures).
		WithSuccessThresholdRatio(1, breakerProbes).
		WithDelay(0). // See pause.
		OnStateChanged(b.turn).
		Build()

	return b
}

func (b *breaker) turn(event circuitbreaker.StateChangedEvent) {
	b.era.Add(1)

	to := Closed

	switch event.NewState {
	case circuitbreaker.OpenState:
		to = Open

		b.pause(event.OldState == circuitbreaker.HalfOpenState)
	case circuitbreaker.HalfOpenState:
		to = HalfOpen
	case circuitbreaker.ClosedState:
		b.failed.Store(0)
	}

	b.state.Store(int32(to))
	b.changed(to)
}

// pause has the replica left alone for a while, longer each time that its probes
// fail. The library's own pause cannot grow where calls are judged from outside.
func (b *breaker) pause(again bool) {
	times := int64(0)
	if again {
		times = b.failed.Add(1)
	}

	const enough = 4 // Doublings, to be longer than the longest.

	pause := min(breakerPause<<min(times, enough), breakerLongest)
	pause += time.Duration((2*rand.Float64() - 1) * breakerJitter * float64(pause)) //nolint:gosec // More or less; it guards nothing.
	b.until.Store(int64(time.Since(b.begun) + pause))
}

// due reports whether the replica fails and has been left alone for long enough.
func (b *breaker) due() bool { return !b.closed() && int64(time.Since(b.begun)) >= b.until.Load() }

func (b *breaker) closed() bool { return Circuit(b.state.Load()) == Closed }

// admit returns leave to ask the replica, if it is well or due to be probed.
func (b *breaker) admit() (permit, bool) {
	if b.closed() {
		return permit{era: b.era.Load()}, true
	}

	b.mu.Lock()
	defer b.mu.Unlock()

	if !b.closed() && (!b.due() || !b.circuit.TryAcquirePermit()) {
		return permit{}, false
	}

	return permit{era: b.era.Load(), probe: !b.closed()}, true
}

// verdict is what a call says about who was asked.
type verdict uint8

const (
	silent verdict = iota // nothing
	busy                  // it is asked too often: nothing, but to a probe that it is there
	well
	failing
)

// verdictOf judges a call that took so long of an attempt's time. A service that
// says no is well: what is asked is the caller's doing.
func verdictOf(err error, took, attempt time.Duration) verdict {
	switch fault.KindOf(err) {
	case fault.None, fault.NotFound:
		return well
	case fault.Timeout:
		if took < attempt/breakerHaste {
			return silent
		}

		return failing
	case fault.InvalidResponse:
		if status, said := statusOf(err); said && status.refuses() {
			return well
		}

		return failing
	case fault.Unavailable:
		return failing
	case fault.Overload:
		return busy
	default: // Cancelled, by a client that left or a hedge that won.
		return silent
	}
}

// judge gives the verdict that p was given for. A probe without one would leave
// its place taken for good: it counts as failed.
func (b *breaker) judge(p permit, v verdict) {
	switch {
	case v == well, v == failing:
	case !p.probe:
		return
	case v == busy:
		v = well
	default:
		v = failing
	}

	b.mu.Lock()
	defer b.mu.Unlock()

	if p.era != b.era.Load() {
		return
	}

	if v == well {
		b.circuit.RecordSuccess()
	} else {
		b.circuit.RecordFailure()
	}
}
