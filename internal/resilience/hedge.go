package resilience

import (
	"context"
	"sync"
	"time"

	"storefront/internal/fault"
	"storefront/internal/telemetry"
)

// hedgeAfter is when a call is sent to another replica as well: when its answer
// is later than 19 of 20 are, and late enough for anybody to notice. worth is
// false for calls that are not to be hedged.
func (a *asked[T]) hedgeAfter(ctx context.Context) (after time.Duration, worth bool) {
	const noticed = 10 * time.Millisecond

	if !worthExtra(ctx) {
		return 0, false
	}

	pace, known := a.usual.pace()
	after = max(pace.high, noticed)

	return after, known && a.left(ctx) > after+pace.median // Else it could not end in time.
}

// hedge is the second request of a call, which begins only if the first one
// takes long.
type hedge[T Sized] struct {
	*asked[T]

	first *life
	kept  *Kept
	done  sync.WaitGroup // the run, if the timer was not stopped before it

	mu   sync.Mutex
	over bool  // the first one has answered
	own  *life // nil: nothing was sent

	v   received[T] // these are written before the run is done
	err error
}

// hedged asks on and, after a time, another replica as well. The first answer
// counts, and the other request is cancelled.
func (a *asked[T]) hedged(ctx context.Context, on *replica, leave permit, after time.Duration, kept *Kept) (received[T], error) {
	first := branch(ctx, a.attemptTimeout)
	defer first.release()

	h := &hedge[T]{asked: a, first: first.life, kept: kept}
	h.done.Add(1)

	timer := time.AfterFunc(after, func() { h.run(ctx) })

	start := time.Now()
	v, err := a.attempt(first.life, on, leave, a.deadline, kept) //nolint:contextcheck // Its life ends with ctx.

	if timer.Stop() { // Nearly always.
		return v, err
	}

	if settles(err) {
		h.giveUp()

		return v, err
	}

	h.done.Wait()

	if h.own == nil || !settles(h.err) && fault.KindOf(err) != fault.Canceled {
		return v, err
	}

	if settles(h.err) && fault.KindOf(err) == fault.Canceled {
		a.overtaken(on, time.Since(start))
	}

	return h.v, h.err
}

// settles reports whether a call has ended as it would anywhere else.
func settles(err error) bool {
	return err == nil || fault.KindOf(err) == fault.NotFound
}

// giveUp ends the hedge: the first request has been answered.
func (h *hedge[T]) giveUp() {
	h.mu.Lock()
	defer h.mu.Unlock()

	h.over = true

	if h.own != nil {
		h.own.cancel(context.Canceled)
	}
}

func (h *hedge[T]) run(ctx context.Context) {
	defer h.done.Done()

	on, leave, own := h.begin(ctx)
	if on == nil {
		return
	}
	defer own.release()

	h.v, h.err = h.safely(own.life, on, leave, h.deadline, h.kept) //nolint:contextcheck // As above.

	won := settles(h.err)
	h.metrics.Hedged(won)

	if won {
		h.first.cancel(context.Canceled)
	}
}

// begin returns whom to ask, nil for nobody.
func (h *hedge[T]) begin(ctx context.Context) (on *replica, leave permit, own branched) {
	h.mu.Lock()
	defer h.mu.Unlock()

	if h.over {
		return nil, leave, own
	}

	on, leave = h.another()

	switch {
	case on == nil:
		return nil, leave, own
	case !h.extra.take():
		h.metrics.Refused(telemetry.NoExtra)

		return nil, leave, own
	}

	h.extras.Add(1)
	own = branch(ctx, h.attemptTimeout)
	h.own = own.life

	return on, leave, own
}

// branched is a life that ends with another one, or earlier.
type branched struct {
	*life

	stop func() bool
}

// branch begins a life with the values of ctx that ends when ctx does, which is
// after patience at the latest.
func branch(ctx context.Context, patience time.Duration) branched {
	if of, ok := ctx.(*life); ok { // Nearly always.
		b := &life{values: of.values, record: of.record, end: of.end}

		return branched{b, of.AfterFunc(func() { b.cancel(of.Err()) })}
	}

	b := &life{values: context.WithoutCancel(ctx), record: telemetry.RecordFrom(ctx), end: time.Now().Add(patience)}
	if deadline, bounded := ctx.Deadline(); bounded && deadline.Before(b.end) {
		b.end = deadline
	}

	return branched{b, context.AfterFunc(ctx, func() { b.cancel(ctx.Err()) })}
}

// shorter begins a life with the values of ctx that ends when ctx does, and after
// patience.
func shorter(ctx context.Context, patience time.Duration) branched {
	b := branch(ctx, patience)

	b.mu.Lock()
	defer b.mu.Unlock()

	if end := time.Now().Add(patience); end.Before(b.end) {
		b.end = end
	}

	b.timer = time.AfterFunc(patience, func() { b.finish(context.DeadlineExceeded) })

	return b
}

// release frees what the life holds.
func (b branched) release() {
	b.stop()
	b.cancel(context.Canceled)
}
