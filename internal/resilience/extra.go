package resilience

import (
	"sync"
	"time"
)

// extra is the budget of extra calls, retries and hedges together: at most a
// tenth of the calls that were due, over any 10 s. It is counted and not saved
// up, so that it binds at low traffic too: whoever asks less than ten times in
// 10 s has none. It is safe for concurrent use.
type extra struct {
	mu    sync.Mutex
	begun time.Time // the zero of ticks
	now   int64     // the tick of the newest slot
	slots [extraSlots]extraSlot
}

// extraSlot are the calls of half a second.
type extraSlot struct{ due, extra int32 }

const (
	extraTick = 500 * time.Millisecond
	// extraSlots are what lies within 10 s, begun ones as well.
	extraSlots = int64(10*time.Second/extraTick) + 1
	extraShare = 10 // calls that are due for one that is extra
)

func newExtra() *extra { return &extra{begun: time.Now()} }

// due counts a call that is made in any case.
func (e *extra) due() {
	e.mu.Lock()
	defer e.mu.Unlock()

	e.slot().due++
}

// take reports whether one more call may be made, and counts it.
func (e *extra) take() bool {
	e.mu.Lock()
	defer e.mu.Unlock()

	slot := e.slot()

	// The oldest slot is half over: what was due then counts no more, what was
	// extra still does.
	var due, spent int32

	for i, s := range e.slots {
		spent += s.extra
		if int64(i) != (e.now+1)%extraSlots {
			due += s.due
		}
	}

	if (spent+1)*extraShare > due {
		return false
	}

	slot.extra++

	return true
}

// slot returns the slot of the present, the ones since the last call cleared.
func (e *extra) slot() *extraSlot {
	tick := int64(time.Since(e.begun) / extraTick)

	for e.now = max(e.now, tick-extraSlots); e.now < tick; {
		e.now++
		e.slots[e.now%extraSlots] = extraSlot{}
	}

	return &e.slots[e.now%extraSlots]
}
