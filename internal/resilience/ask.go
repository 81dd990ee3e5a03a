package resilience

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"storefront/internal/fault"
	"storefront/internal/need"
	"storefront/internal/telemetry"
	"storefront/internal/wire"
)

const (
	// maxTries is how often one call is sent at most, hedges not counted.
	maxTries = 3
	// backoff is the longest wait before the second try; it doubles.
	backoff = 20 * time.Millisecond
)

var errOpen error = fault.New(fault.CircuitOpen, "every replica fails")

// ask is the inner part of the pipe, from the bulkhead on.
func (a *asked[T]) ask(ctx context.Context, kept *Kept) (v received[T], err error) {
	if !a.bulkhead.enter() {
		a.metrics.Refused(telemetry.Bulkhead)

		return v, fault.New(fault.Overload, "%d calls are under way", a.bulkhead.most)
	}
	defer a.bulkhead.leave()

	if pace, known := a.usual.pace(); known && pace.hopeless(a.left(ctx)) {
		return v, fault.New(fault.Timeout, "no time left for a call")
	}

	return a.tries(ctx, kept)
}

// tries has the service asked and, where that fails in a way that passes, asked
// again: of a replica that was asked already only if there is no other.
func (a *asked[T]) tries(ctx context.Context, kept *Kept) (v received[T], err error) {
	for try := 1; ; try++ {
		on, leave := a.choose()

		switch {
		case on == nil && try == 1:
			a.metrics.Refused(telemetry.CircuitOpen)

			return v, errOpen
		case on == nil:
			return v, err // As it was.
		case try == 1:
			a.extra.due()
		default:
			a.metrics.Retried()
			a.extras.Add(1)
		}

		v, err = a.once(ctx, on, leave, kept)

		if err == nil || try == maxTries || !a.elsewhere(err) && !a.again(ctx, err, try) {
			return v, err
		}
	}
}

// choose returns whom to ask: the old system where it is its turn, or where no
// replica is to be asked and it stands in.
func (a *asked[T]) choose() (*replica, permit) {
	if a.due.Side == OldSide {
		return a.admitted(a.old)
	}

	on, leave := a.pick(replicaSet(a.tried.Load()))
	if on == nil && a.due.StandsIn {
		return a.admitted(a.old)
	}

	return on, leave
}

// another returns whom to ask beside, or after, who was asked already.
func (a *asked[T]) another() (*replica, permit) {
	if a.due.Side == OldSide {
		return a.admitted(a.old)
	}

	return a.pickWell(replicaSet(a.tried.Load()))
}

// isContent reports whether a call failed for what is in the answer's body.
func isContent(err error) bool {
	_, is := errors.AsType[*wire.Error](err)

	return is
}

// once asks on: a probe with all care, any other call with a hedge where it is
// worth one.
func (a *asked[T]) once(ctx context.Context, on *replica, leave permit, kept *Kept) (received[T], error) {
	if leave.probe {
		return a.probe(ctx, on, leave, kept)
	}

	if after, worth := a.hedgeAfter(ctx); worth {
		return a.hedged(ctx, on, leave, after, kept)
	}

	return a.attempt(ctx, on, leave, a.deadline, kept)
}

// attempt sends one request to one replica, and has the answer judged.
func (a *asked[T]) attempt(ctx context.Context, on *replica, leave permit, deadline time.Time, kept *Kept) (v received[T], err error) {
	start, judged := time.Now(), false

	a.tried.Or(uint64(on.bit))
	on.inFlight.Add(1)

	defer func() {
		on.inFlight.Add(-1)

		if !judged { // Decoding panicked.
			on.breaker.judge(leave, failing)
		}
	}()

	v, err = send(a.Service, on, a.req, deadline, kept, a.read)(ctx)
	took, judged := time.Since(start), true

	v.moved = a.hasMoved(ctx)

	said := verdictOf(err, took, a.attemptTimeout)

	switch {
	case v.unasked && on != a.old:
		said = silent // The answer, good or bad, is the old side's.
	case v.stoodIn && on != a.old:
		said = failing // It has answered nothing.
	case said == failing && a.req.OfOne && isContent(err):
		said = silent
	}

	on.breaker.judge(leave, said)

	if said == well {
		a.usual.add(took)
	}

	a.weigh(on, said, took)

	return v, err
}

// weigh notes how long a replica took, where there are others to be asked.
func (a *asked[T]) weigh(on *replica, said verdict, took time.Duration) {
	if len(a.replicas) == 1 || said == silent {
		return
	}

	pace, known := a.usual.pace()
	if known {
		took = min(took, costMost*pace.median)
	}

	if said != well {
		took = max(took, pace.median)
	}

	on.cost.add(took)
}

// overtaken notes that a request to on was still under way after so long, when
// its hedge had answered: it would have taken longer than that.
func (a *asked[T]) overtaken(on *replica, after time.Duration) {
	a.usual.add(after) // Else what is usual would become ever less.

	if pace, known := a.usual.pace(); known && len(a.replicas) > 1 {
		on.cost.add(costMost * pace.median)
	}
}

// safely is attempt in a goroutine of its own: a panic becomes an error, since no
// caller's recovery would catch it.
func (a *asked[T]) safely(ctx context.Context, on *replica, leave permit, deadline time.Time, kept *Kept) (v received[T], err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(ctx, p)
		}
	}()

	return a.attempt(ctx, on, leave, deadline, kept)
}

// elsewhere reports whether nobody was asked yet, for nothing listens at the
// replica, and another one is left to ask. That is known at once and costs no
// service anything, so it takes no budget, and no call is too little for it.
func (a *asked[T]) elsewhere(err error) bool {
	if a.due.Side == OldSide || a.due.StandsIn { // There is nobody else, or somebody else has been asked.
		return false
	}

	return unreached(err) && a.others(replicaSet(a.tried.Load()))
}

// again waits until the call may be sent again; false is for not at all.
func (a *asked[T]) again(ctx context.Context, err error, try int) bool {
	if !worthExtra(ctx) || fault.KindOf(err) != fault.Unavailable {
		return false
	}

	wait := time.Duration((1 + rand.Float64()) / 2 * float64(backoff<<(try-1))) //nolint:gosec // Between a half and all of it.

	if status, said := statusOf(err); said {
		if !status.passes() {
			return false
		}

		if !a.others(replicaSet(a.tried.Load())) { // What it wants is about itself.
			wait += max(0, status.after)
		}
	}

	pace, _ := a.usual.pace()
	if a.left(ctx) <= wait+pace.median {
		return false // It could not end in time.
	}

	if !a.extra.take() {
		a.metrics.Refused(telemetry.NoExtra)

		return false
	}

	timer := time.NewTimer(wait)
	defer timer.Stop()

	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// worthExtra reports whether anybody waits for a call to whom it is worth retries
// and hedges.
func worthExtra(ctx context.Context) bool {
	if flight, ok := ctx.(*life); ok { // Always, but for a probe.
		return flight.extra.Load()
	}

	return need.From(ctx).Extra
}

// left is how much time a call has.
func (a *asked[T]) left(ctx context.Context) time.Duration {
	left := a.attemptTimeout
	if !a.deadline.IsZero() {
		left = min(left, time.Until(a.deadline))
	}

	if deadline, bounded := ctx.Deadline(); bounded {
		left = min(left, time.Until(deadline))
	}

	return left
}

// probe asks a replica whose circuit is open whether it is well again. It goes
// on when those who wait for it have left, since nothing else tells; they wait
// for as long as a good answer takes, and are not held up by a replica that is
// dead still.
func (a *asked[T]) probe(ctx context.Context, on *replica, leave permit, kept *Kept) (received[T], error) {
	type outcome struct {
		v   received[T]
		err error
	}

	done := make(chan outcome, 1)

	go func() {
		most := a.probeTimeout()

		alone, cancel := context.WithTimeout(context.WithoutCancel(ctx), most)
		defer cancel()

		v, err := a.safely(alone, on, leave, time.Now().Add(most), kept)
		done <- outcome{v, err}
	}()

	timer := time.NewTimer(a.patience(ctx))
	defer timer.Stop()

	o := outcome{err: errOpen}

	select {
	case o = <-done:
		if kind := fault.KindOf(o.err); kind != fault.Unavailable && kind != fault.InvalidResponse {
			return o.v, o.err
		}
	case <-timer.C:
	case <-ctx.Done():
		return received[T]{}, ctx.Err() //nolint:wrapcheck // It gets its kind further out.
	}

	other, pass := a.another()
	if other == nil || other == on {
		if errors.Is(o.err, errOpen) {
			a.metrics.Refused(telemetry.CircuitOpen)
		}

		return o.v, o.err
	}

	a.extras.Add(1)

	return a.attempt(ctx, other, pass, a.deadline, kept)
}

// probeTimeout is how long a probe may take: a service that takes much longer
// than it used to is not well, and until its probe has ended no other tells.
func (a *asked[T]) probeTimeout() time.Duration {
	const (
		least = time.Second
		times = 4
	)

	pace, known := a.usual.pace()
	if !known {
		return a.attemptTimeout
	}

	return min(a.attemptTimeout, max(least, times*pace.high))
}

// patience is how long a probe is waited for.
func (a *asked[T]) patience(ctx context.Context) time.Duration {
	const (
		least = 20 * time.Millisecond
		times = 2
	)

	left := a.left(ctx) / times

	pace, known := a.usual.pace()
	if !known {
		return left
	}

	return min(left, max(least, times*pace.high))
}
