package strangler

import (
	"sync/atomic"
	"time"
)

// ring holds what was counted of late, in cells that are each as long as width.
// Who counts neither waits nor allocates, except that the first of each cell
// makes it. A cell is never emptied but replaced, so that who reads one sees
// nothing of another time.
type ring[T any] struct {
	width time.Duration
	cells []atomic.Pointer[cell[T]]
}

// cell is what was counted in the time number at: that many widths from the
// start.
type cell[T any] struct {
	at     int64
	counts T
}

// newRing returns a ring that covers span and the cell that is being filled.
func newRing[T any](width, span time.Duration) ring[T] {
	const now, next = 1, 1 // A reader must not lose the oldest while the next begins.

	return ring[T]{width, make([]atomic.Pointer[cell[T]], int(span/width)+now+next)}
}

// number is that of the cell of a moment, as time since the start.
func (r *ring[T]) number(moment time.Duration) int64 { return int64(moment / r.width) }

// at is where to count at a moment. What is so late that its cell is gone counts
// where nobody looks.
func (r *ring[T]) at(moment time.Duration) *T {
	n := r.number(max(0, moment))
	place := &r.cells[n%int64(len(r.cells))]

	for {
		was := place.Load()

		switch {
		case was != nil && was.at == n:
			return &was.counts
		case was != nil && was.at > n:
			return new(T)
		default:
			place.CompareAndSwap(was, &cell[T]{at: n})
		}
	}
}

// each calls with the cells from one number to another, both included.
func (r *ring[T]) each(from, to int64, use func(*T)) {
	for n := max(from, to-int64(len(r.cells))+1, 0); n <= to; n++ {
		if c := r.cells[n%int64(len(r.cells))].Load(); c != nil && c.at == n {
			use(&c.counts)
		}
	}
}
