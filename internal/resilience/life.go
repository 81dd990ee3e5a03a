package resilience

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"storefront/internal/telemetry"
)

// life is the context of a flight: the values of the request that started it,
// and an end of its own, when its time is up or nobody waits any more. It does
// what a context.WithTimeout over a context.WithCancelCause would, in one piece:
// their trees and maps would be a tenth of what a call takes.
type life struct {
	values context.Context //nolint:containedctx // It is one, and is asked for its values alone.
	record *telemetry.Record
	end    time.Time
	timer  *time.Timer // nil: it is ended by whoever waits last

	mu    sync.Mutex
	done  chan struct{} // made when it is asked for
	err   error
	first hook // most lives have one
	taken bool // first is, for good
	hooks []*hook

	// extra is true once anybody waits to whom the call is worth retries and
	// hedges.
	extra atomic.Bool
}

// hook is a function to be called at the end of a life; nil is none.
type hook struct{ call func() }

// newLife begins a life with the values of ctx that ends after patience, or with
// cancel. Where all who wait have less time than that, the last one to leave
// ends it.
func newLife(ctx context.Context, patience time.Duration) *life {
	l := &life{values: context.WithoutCancel(ctx), record: telemetry.RecordFrom(ctx), end: time.Now().Add(patience)}
	l.serve(ctx)

	return l
}

// serve has the life end by itself, unless the caller of ctx will not wait for
// that.
func (l *life) serve(ctx context.Context) {
	if deadline, bounded := ctx.Deadline(); bounded && !deadline.After(l.end) {
		return
	}

	l.mu.Lock()
	defer l.mu.Unlock()

	if l.timer == nil && l.err == nil {
		l.timer = time.AfterFunc(time.Until(l.end), func() { l.finish(context.DeadlineExceeded) })
	}
}

// cancel ends a life because of reason, an error of package context.
func (l *life) cancel(reason error) { l.finish(reason) }

func (l *life) finish(reason error) {
	l.mu.Lock()

	if l.timer != nil {
		l.timer.Stop()
	}

	if l.err != nil {
		l.mu.Unlock()

		return
	}

	l.err = reason
	if l.done == nil {
		l.done = closed
	} else {
		close(l.done)
	}

	first, others := l.first.call, l.hooks
	l.first.call, l.hooks = nil, nil
	l.mu.Unlock()

	if first != nil {
		go first()
	}

	for _, h := range others {
		go h.call()
	}
}

// closed is what is done from the start.
var closed = func() chan struct{} { //nolint:gochecknoglobals // A constant.
	c := make(chan struct{})
	close(c)

	return c
}()

// Deadline is when the life ends by itself.
func (l *life) Deadline() (time.Time, bool) { return l.end, true }

// Done is closed when the life has ended.
func (l *life) Done() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()

	if l.done == nil {
		l.done = make(chan struct{})
	}

	return l.done
}

// Err is why the life has ended, in the words of package context.
func (l *life) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()

	return l.err
}

// Value is that of the request which started the flight.
func (l *life) Value(key any) any {
	if _, asked := key.(telemetry.RecordKey); asked {
		return l.record
	}

	return l.values.Value(key)
}

// AfterFunc has call be called in a goroutine of its own when the life has
// ended; package context looks for this method. stop takes that back, and
// reports whether it did.
func (l *life) AfterFunc(call func()) (stop func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()

	if l.err != nil {
		go call()

		return func() bool { return false }
	}

	h := &l.first
	if l.taken {
		h = new(hook)
		l.hooks = append(l.hooks, h)
	}

	h.call, l.taken = call, true

	return func() bool { return l.unhook(h) }
}

func (l *life) unhook(gone *hook) bool {
	l.mu.Lock()
	defer l.mu.Unlock()

	if gone == &l.first && l.first.call != nil {
		l.first.call = nil

		return true
	}

	i := slices.Index(l.hooks, gone)
	if i >= 0 {
		l.hooks = slices.Delete(l.hooks, i, i+1)
	}

	return i >= 0
}
