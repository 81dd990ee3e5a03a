package strangler

import (
	"context"
	"mime"
	"sync"
	"time"
)

// How long a side may send nothing of an answer's body that its client waits for.
// A stream of events is quiet while nothing happens, but not for ever.
const (
	quiet       = 30 * time.Second
	quietEvents = 5 * time.Minute
)

// quietFor is how long a body of that Content-Type may be quiet.
func quietFor(contentType string) time.Duration {
	if media, _, err := mime.ParseMediaType(contentType); err == nil && media == "text/event-stream" {
		return quietEvents
	}

	return quiet
}

// waiter ends a request whose side sends nothing. While the client still sends
// its own body, the side may wait for that.
type waiter struct {
	most   time.Duration
	leash  *leash
	upload *upload // nil: none

	mu    sync.Mutex
	timer *time.Timer // nil: nobody has waited yet
	since time.Time   // zero: nobody waits
}

// begin says that the client waits for a byte.
func (w *waiter) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()

	w.since = time.Now()

	if w.timer == nil {
		w.timer = time.AfterFunc(w.most, w.check)
	} else {
		w.timer.Reset(w.most)
	}
}

// end says that it waits no longer.
func (w *waiter) end() {
	w.mu.Lock()
	defer w.mu.Unlock()

	w.since = time.Time{}
	w.timer.Stop()
}

// check ends the request, or looks again once it may be time.
func (w *waiter) check() {
	w.mu.Lock()
	defer w.mu.Unlock()

	if w.since.IsZero() {
		return // It came just now.
	}

	waited := time.Since(w.since)
	if w.upload != nil {
		waited = min(waited, w.upload.idle())
	}

	if waited < w.most {
		w.timer.Reset(w.most - waited)

		return
	}

	w.leash.cancel(context.DeadlineExceeded)
}
