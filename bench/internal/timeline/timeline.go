// Package timeline counts what happens by tenths of a second, so that what one
// process did can be held against what another one saw of it. It knows nothing
// of what is counted.
package timeline

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

const (
	// Slot is the time whose events are one count.
	Slot = 100 * time.Millisecond
	// maxSlots are as many as are kept: two hours' worth. Then the older half is
	// forgotten.
	maxSlots  = 2 * halfSlots
	halfSlots = 36_000
)

// Timeline is counts of events by the time at which they happened. It is safe
// for concurrent use; the zero Timeline is empty.
type Timeline struct {
	mu    sync.Mutex
	first int64 // the number of the first slot since 1970
	slots []int
	total int64
}

// number is the number of the slot that holds a moment.
func number(at time.Time) int64 { return at.UnixMilli() / Slot.Milliseconds() }

// Note counts an event. What lies before the first event that is kept, or more
// than two hours after it with nothing between them, counts in the total alone.
func (t *Timeline) Note(at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()

	t.total++

	slot := number(at)
	if len(t.slots) == 0 {
		t.first = slot
	}

	if slot-t.first >= maxSlots && len(t.slots) > halfSlots {
		forgotten := len(t.slots) - halfSlots
		t.slots = append(t.slots[:0], t.slots[forgotten:]...)
		t.first += int64(forgotten)
	}

	index := slot - t.first
	if index < 0 || index >= maxSlots {
		return
	}

	for int64(len(t.slots)) <= index {
		t.slots = append(t.slots, 0)
	}

	t.slots[index]++
}

// Total is how many events there were.
func (t *Timeline) Total() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()

	return t.total
}

// Between is how many events there were from the slot that holds from up to, and
// without, the one that holds to.
func (t *Timeline) Between(from, to time.Time) (events int) {
	t.mu.Lock()
	defer t.mu.Unlock()

	for slot := max(number(from), t.first); slot < min(number(to), t.first+int64(len(t.slots))); slot++ {
		events += t.slots[slot-t.first]
	}

	return events
}

// WorstShare is the most events in any window of that length between two
// moments, as a share of those that were due in it; due has to be another
// timeline. One event is left out, since it may have been due just before. Where nothing is due in a window it is left out; a window that is
// longer than the time between the moments is cut to it.
func (t *Timeline) WorstShare(due *Timeline, from, to time.Time, window time.Duration) (worst float64) {
	window = min(window, to.Sub(from))
	if window <= 0 {
		return 0
	}

	for begin := from; !begin.Add(window).After(to); begin = begin.Add(Slot) {
		if were := due.Between(begin, begin.Add(window)); were > 0 {
			worst = max(worst, float64(t.Between(begin, begin.Add(window))-1)/float64(were))
		}
	}

	return worst
}

// form is a timeline in JSON.
type form struct {
	First int64 `json:"first"`
	Slots []int `json:"slots"`
	Total int64 `json:"total"`
}

// MarshalJSON writes all counts.
func (t *Timeline) MarshalJSON() ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()

	return json.Marshal(form{t.first, t.slots, t.total}) //nolint:wrapcheck // It never fails.
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Timeline) UnmarshalJSON(text []byte) error {
	var f form
	if err := json.Unmarshal(text, &f); err != nil {
		return fmt.Errorf("timeline: %w", err)
	}

	t.mu.Lock()
	defer t.mu.Unlock()

	t.first, t.slots, t.total = f.First, f.Slots, f.Total

	return nil
}
