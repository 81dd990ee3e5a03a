package stub

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// counter is where one service makes its answers.
type counter struct {
	calls *atomic.Int64 // that were answered
	line  *line         // nil: any number at a time
}

// line is who waits for a place. It is kept as the times at which the places are
// free, so that a clock that is late does not take from what the service can do.
type line struct {
	mu   sync.Mutex
	free []time.Time
}

func newCounter(places int) counter {
	c := counter{calls: new(atomic.Int64)}
	if places > 0 {
		c.line = &line{free: make([]time.Time, places)}
	}

	return c
}

func (c *counter) count() int64 { return c.calls.Load() }

// wait waits in line, and then as long as an answer takes.
func (c *counter) wait(d time.Duration) {
	if c.line != nil {
		d = time.Until(c.line.join(d))
	}

	time.Sleep(d)
}

// join returns when an answer will be made that takes so long, and is made
// whether or not anybody still waits for it then.
func (l *line) join(d time.Duration) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()

	now, first := time.Now(), 0

	for i := range l.free {
		if l.free[i].Before(l.free[first]) {
			first = i
		}
	}

	l.free[first] = slices.MaxFunc([]time.Time{now, l.free[first]}, time.Time.Compare).Add(d)

	return l.free[first]
}
