package limit

import (
	"container/list"
	"context"
	"time"
)

// waiter is a request in the queue.
type waiter struct {
	class Class
	told  chan Outcome // one word, once it is out of the queue
	place Place        // set before Admitted is told

	at *list.Element // nil once it is out of the queue; guarded by the limiter's mu
}

// queue are those who wait, of each class the oldest first.
type queue struct{ of [High + 1]list.List }

func (q *queue) length() (n int) {
	for class := range q.of {
		n += q.of[class].Len()
	}

	return n
}

// add puts w at the end of its class. Where there is no room the newest of the
// lowest class goes, which may be w itself: then it returns false.
func (q *queue) add(w *waiter, room int) bool {
	if q.length() >= room {
		last := q.lowest(w.class)
		if last == nil {
			return false
		}

		q.remove(last)
		last.told <- Refused
	}

	w.at = q.of[w.class].PushBack(w)

	return true
}

// lowest is the newest of the lowest class below that one; nil is none.
func (q *queue) lowest(below Class) *waiter {
	for class := range below {
		if last := q.of[class].Back(); last != nil {
			return last.Value.(*waiter) //nolint:forcetypeassert // Nothing else is put in.
		}
	}

	return nil
}

// next takes the oldest of the highest class out of the queue; nil is none.
func (q *queue) next() *waiter {
	for class := High; ; class-- {
		if first := q.of[class].Front(); first != nil {
			w := first.Value.(*waiter) //nolint:forcetypeassert // Nothing else is put in.
			q.remove(w)

			return w
		}

		if class == 0 {
			return nil
		}
	}
}

func (q *queue) remove(w *waiter) {
	q.of[w.class].Remove(w.at)
	w.at = nil
}

// wait waits until w has a place, is pushed out, has no patience any more or
// nobody to be served.
func (l *Limiter) wait(ctx context.Context, w *waiter, patience time.Duration) (Place, Outcome) {
	timer := time.NewTimer(patience)
	defer timer.Stop()

	select {
	case outcome := <-w.told:
		return w.place, outcome
	case <-timer.C:
		return l.giveUp(w, Refused)
	case <-ctx.Done():
		place, outcome := l.giveUp(w, Gone)
		if outcome == Admitted { // In the same moment; nobody is there to be served.
			l.Leave(place, false)
		}

		return Place{}, Gone
	}
}

// giveUp takes w out of the queue, unless it has just been told something.
func (l *Limiter) giveUp(w *waiter, why Outcome) (Place, Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()

	if w.at == nil {
		return w.place, <-w.told
	}

	l.waiting.remove(w)
	l.note()

	return Place{}, why
}
