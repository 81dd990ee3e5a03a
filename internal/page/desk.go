package page

import (
	"context"
	"sync"
	"time"

	"storefront/internal/cache"
	"storefront/internal/fresh"
)

// Desk hands out rendered answers of one kind: kept ones, and those that are
// being made for somebody who asked the same. It is safe for concurrent use.
//
// Unlike a flight of upstream calls, an answer in the making belongs to the
// request that makes it and ends with it; who waited then asks again.
type Desk[V any] struct {
	store    *cache.Store[V]
	patience time.Duration

	mu     sync.Mutex
	making map[string]*making[V]
	crowds map[string]crowd
}

// making is an answer in the making. value and ok are written before done is
// closed and only read afterwards; done and waiting are guarded by Desk.mu.
type making[V any] struct {
	began    time.Time
	deadline time.Time     // when its maker's time is up; zero is never
	done     chan struct{} // made when somebody waits
	waiting  int
	expected int           // how many are waited for before it is made
	full     chan struct{} // closed when they are there; nil where nobody is
	value    V
	ok       bool
}

// NewDesk returns a desk over store. An answer that many wanted a moment ago is
// made when they have all asked again, or after patience; 0 waits for nobody.
func NewDesk[V any](store *cache.Store[V], patience time.Duration) *Desk[V] {
	return &Desk[V]{store: store, patience: patience, making: map[string]*making[V]{}, crowds: map[string]crowd{}}
}

// Kept returns the answer that is kept for key.
func (d *Desk[V]) Kept(key string) (value V, ok bool) {
	item, ok := d.store.Get(key)
	if !ok {
		return value, false
	}

	return item.Value, true
}

// lateness is how long after its time one still waits for an answer: the maker's
// time may be up in the same moment, and what it has is still to be shaped.
const lateness = 100 * time.Millisecond

// Wait returns the answer that somebody else is making for key, or a turn to
// make it, which must be ended. Nobody waits who has no time for it, nor much
// longer than until deadline, zero being never: neither is returned then.
func (d *Desk[V]) Wait(ctx context.Context, key string, deadline time.Time) (value V, ok bool, turn *Turn[V]) {
	var late <-chan time.Time

	// Whoever has waited in vain twice makes the answer alone.
	for range 2 {
		running, turn := d.join(key, deadline)
		if running == nil {
			if turn != nil {
				turn.gather(ctx)
			}

			return value, false, turn
		}

		if late == nil && !deadline.IsZero() {
			timer := time.NewTimer(time.Until(deadline) + lateness)
			defer timer.Stop()

			late = timer.C
		}

		select {
		case <-running.done:
			if running.ok {
				return running.value, true, nil
			}
		case <-late:
			return value, false, nil
		case <-ctx.Done():
			return value, false, nil
		}
	}

	return value, false, nil
}

// join returns the answer in the making, or else a turn where it can be taken.
func (d *Desk[V]) join(key string, deadline time.Time) (*making[V], *Turn[V]) {
	now := time.Now()

	d.mu.Lock()
	defer d.mu.Unlock()

	running := d.making[key]

	switch {
	case running == nil:
		running = &making[V]{began: now, deadline: deadline, expected: d.expected(key, now)}
		if running.expected > 0 {
			running.full = make(chan struct{})
		}

		d.making[key] = running

		return nil, &Turn[V]{desk: d, key: key, making: running}
	case !running.deadline.IsZero() && (deadline.IsZero() || running.deadline.Sub(now) < deadline.Sub(now)/2):
		return nil, nil // It may be given up soon; with more time more can be had.
	}

	if running.waiting == 0 {
		running.done = make(chan struct{})
	}

	running.waiting++
	if running.waiting == running.expected {
		close(running.full)
	}

	return running, nil
}

// Turn is the right and the duty to make an answer.
type Turn[V any] struct {
	desk   *Desk[V]
	key    string
	making *making[V]
}

// End ends a turn without an answer for others.
func (t *Turn[V]) End() { t.end(nil) }

// Deliver ends a turn with what render makes of the answer: for those who wait,
// and to be kept on terms, under publicKey where it may be shown to anybody.
// render is called only where there is a use for it.
func (t *Turn[V]) Deliver(terms fresh.Terms, publicKey string, render func() (value V, size int)) {
	if !t.desk.store.Keeps() || !terms.Until.After(time.Now()) {
		t.end(func() (V, bool) {
			value, _ := render()

			return value, true
		})

		return
	}

	key := t.key
	if terms.Public {
		key = publicKey
	}

	value, size := render()
	t.desk.store.Put(key, &cache.Item[V]{Value: value, Size: size, Began: t.making.began, End: terms.Until, Tags: terms.Tags})
	t.end(func() (V, bool) { return value, true })
}

// end takes the answer off the desk, so that nobody joins it any more, and hands
// it to those who wait, if anybody does.
func (t *Turn[V]) end(answer func() (V, bool)) {
	t.desk.mu.Lock()
	if t.desk.making[t.key] == t.making {
		delete(t.desk.making, t.key)
	}

	waiting := t.making.waiting
	t.desk.note(t.key, waiting)
	t.desk.mu.Unlock()

	if waiting == 0 {
		return
	}

	if answer != nil {
		t.making.value, t.making.ok = answer()
	}

	close(t.making.done)
}

// Ground lets nobody join what is being made now: it has been purged.
func (d *Desk[V]) Ground() {
	d.mu.Lock()
	defer d.mu.Unlock()

	clear(d.making)
}
