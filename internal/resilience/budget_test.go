package resilience_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/upstream/upstreamtest"
)

func TestAttemptTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.Fail(upstreamtest.User, upstreamtest.Latency(attemptTimeout-1).First(1), upstreamtest.Latency(attemptTimeout+1))

		s := k.service(upstreamtest.User)
		checkFresh(t, get(t.Context(), s, "user_1"), "user_1", attemptTimeout-1)
		checkFailed(t, get(t.Context(), s, "user_2"), fault.Timeout, attemptTimeout)

		synctest.Wait()

		if requests := k.Requests(upstreamtest.User); !requests[1].Cancelled {
			t.Error("the call goes on")
		}
	})
}

// TestBudget is the caller's, where it is shorter than an attempt.
func TestBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.Fail(upstreamtest.User, upstreamtest.Hang())

		ctx, cancel := context.WithTimeout(t.Context(), 300*ms)
		defer cancel()

		checkFailed(t, get(ctx, k.service(upstreamtest.User), "user_1"), fault.Timeout, 300*ms)
		synctest.Wait()

		if n := k.series(t, `upstream_calls_total{bff="test",outcome="timeout",service="user"}`); n != "1" {
			t.Errorf("%s calls are counted as late, want 1", n)
		}
	})
}

func TestNothingIsSentWhenTheBudgetIsSpent(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		over func(context.Context) (context.Context, context.CancelFunc)
		want fault.Kind
	}{
		"spent": {
			func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithDeadline(ctx, time.Now())
			},
			fault.Timeout,
		},
		"client gone": {
			func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				cancel()

				return ctx, cancel
			},
			fault.Canceled,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)

				ctx, cancel := test.over(t.Context())
				defer cancel()

				checkFailed(t, get(ctx, k.service(upstreamtest.User), "user_1"), test.want, 0)
				synctest.Wait()

				if calls, dials := k.Calls(upstreamtest.User), k.dials.Load(); calls != 0 || dials != 0 {
					t.Errorf("%d calls over %d connections", calls, dials)
				}
			})
		})
	}
}

// TestServiceThatIsNotThere is refused at once.
func TestServiceThatIsNotThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		if err := k.Close(); err != nil {
			t.Error(err)
		}

		checkFailed(t, get(t.Context(), k.service(upstreamtest.User), "user_1"), fault.Unavailable, 0)
	})
}
