package strangler

import (
	"context"
	"net/http/httptrace"
	"time"
)

// leash is the context of a request to a side. Until it is released it ends with
// the time in which an answer has to begin, or with patience; from then on with
// the client alone, since a body may take as long as it likes.
type leash struct {
	context.Context //nolint:containedctx // It is one.

	cancel context.CancelCauseFunc
	wait   context.Context //nolint:containedctx // It is the time.
	slip   func() bool     // has its end mean nothing any more; false: it has ended
	timer  *time.Timer
}

// newLeash ends with wait, for as long as it is not released, and with client.
func newLeash(wait, client context.Context, patience time.Duration) *leash { //nolint:contextcheck // The client's is the one to inherit.
	if patience > 0 {
		client = unannounced{client}
	}

	ctx, cancel := context.WithCancelCause(client)
	l := &leash{Context: ctx, cancel: cancel, wait: wait}
	l.slip = context.AfterFunc(wait, func() { cancel(context.Cause(wait)) })

	if patience > 0 {
		l.timer = time.AfterFunc(patience, func() { cancel(context.DeadlineExceeded) })
	}

	return l
}

// release lets the body take its time. The error is that of who was too late, be it
// by so little that the leash does not know of it yet. It is called once.
func (l *leash) release() error {
	if !l.slip() {
		l.cancel(context.Cause(l.wait))
	}

	if l.timer != nil && !l.timer.Stop() {
		l.cancel(context.DeadlineExceeded)
	}

	return context.Cause(l) //nolint:wrapcheck // It gets its kind where it is known whose it is.
}

// unannounced keeps early hints of a side from a client that may get the answer
// of the other one.
type unannounced struct{ context.Context } //nolint:containedctx // It is one.

// Value hides who wants to hear of them.
func (u unannounced) Value(key any) any {
	value := u.Context.Value(key)
	if _, is := value.(*httptrace.ClientTrace); is {
		return nil
	}

	return value
}
