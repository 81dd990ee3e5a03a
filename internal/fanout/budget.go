package fanout

import (
	"context"
	"time"
)

// reserve is what is kept of a budget for shaping and sending the answer: a
// twentieth of it, 20 ms at the most.
func reserve(budget time.Duration) time.Duration {
	const (
		share = 20
		most  = 20 * time.Millisecond
	)

	return min(budget/share, most)
}

// DeadlineKey is the key of a request's deadline, for contexts that answer for
// it themselves; the value is what [DeadlineOf] returns.
type DeadlineKey struct{}

// DeadlineOf is when a request that has that budget from now on stops waiting
// for services.
func DeadlineOf(budget time.Duration) time.Time { return time.Now().Add(budget - reserve(budget)) }

// WithBudget gives the request of ctx a budget that runs from now on. It bounds
// what [Run] fetches, and not ctx itself: when the budget is spent, what is in
// is still to be shaped and sent.
func WithBudget(ctx context.Context, budget time.Duration) context.Context {
	return context.WithValue(ctx, DeadlineKey{}, DeadlineOf(budget))
}

// Deadline returns the time at which the request of ctx stops waiting for
// services; ok is false when it has no budget.
func Deadline(ctx context.Context) (deadline time.Time, ok bool) {
	deadline, ok = ctx.Value(DeadlineKey{}).(time.Time)

	return deadline, ok
}
