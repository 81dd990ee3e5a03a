package page

import (
	"context"
	"time"
)

const (
	// crowded is how many must have waited for an answer for its next one to be
	// worth a wait for them.
	crowded = 8
	// lasting is how long after that the same are expected to ask again.
	lasting = 10 * time.Millisecond
	// maxCrowds bounds the memory of them.
	maxCrowds = 1024
)

// crowd is how many waited for the last answer to a question, and when.
type crowd struct {
	size int
	at   time.Time
}

// note remembers how many waited for an answer. The caller holds mu.
func (d *Desk[V]) note(key string, waiting int) {
	switch {
	case waiting < crowded || d.patience <= 0:
		delete(d.crowds, key)

		return
	case len(d.crowds) >= maxCrowds:
		clear(d.crowds)
	}

	d.crowds[key] = crowd{size: waiting, at: time.Now()}
}

// expected is how many will most likely ask for what is to be made now; 0 is
// nobody in particular. The caller holds mu.
func (d *Desk[V]) expected(key string, now time.Time) int {
	if last, found := d.crowds[key]; found && now.Sub(last.at) <= lasting {
		return last.size
	}

	return 0
}

// gather has the maker of an answer that many wanted a moment ago wait until
// they have all asked again, for a short time at most. So nobody gets an answer
// that was made before they asked, and nearly all get the same one: what may
// not be kept is still made once for all of them.
func (t *Turn[V]) gather(ctx context.Context) {
	if t.making.full == nil {
		return
	}

	timer := time.NewTimer(t.desk.patience)
	defer timer.Stop()

	select {
	case <-t.making.full:
	case <-timer.C:
	case <-ctx.Done():
	}
}
