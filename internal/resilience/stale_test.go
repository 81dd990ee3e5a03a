package resilience_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/cache"
	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/internal/session"
	"storefront/internal/wire"
	"storefront/upstream/upstreamtest"
)

// TestLastGoodStandsIn has a good answer, a minute, and then each fault.
func TestLastGoodStandsIn(t *testing.T) {
	t.Parallel()

	for _, o := range outcomes() {
		if o.kind == fault.None {
			continue
		}

		t.Run(o.fault.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				s := k.service(upstreamtest.User)
				checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 0)
				k.Fail(upstreamtest.User, o.fault)
				time.Sleep(time.Minute - o.after)

				if got := get(t.Context(), s, "user_1"); o.kind == fault.NotFound {
					checkFailed(t, got, o.kind, o.after)
				} else {
					checkStale(t, got, "user_1", o.kind, time.Minute)
				}

				// Nothing stands in for what was never good.
				checkFailed(t, get(t.Context(), s, "user_2"), o.kind, o.after)

				// And what is good again is fresh again.
				k.Heal()
				checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 0)
			})
		})
	}
}

// TestAgeIsThatOfTheLastGoodAnswer and not that of the first, or of a failure.
func TestAgeIsThatOfTheLastGoodAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)

		for range 3 {
			time.Sleep(time.Minute)
			checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 0)
		}

		k.Fail(upstreamtest.User, upstreamtest.Status(503))

		for age := 2 * time.Minute; age <= staleIfError; age += 2 * time.Minute {
			time.Sleep(2 * time.Minute)
			checkStale(t, get(t.Context(), s, "user_1"), "user_1", fault.Unavailable, age)
		}

		time.Sleep(time.Nanosecond)
		checkFailed(t, get(t.Context(), s, "user_1"), fault.Unavailable, 0)
	})
}

// TestNotFoundDropsTheLastGoodAnswer: the service has said that it is gone, so
// no later failure brings it back.
func TestNotFoundDropsTheLastGoodAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)
		checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 0)

		k.Fail(upstreamtest.User, upstreamtest.NotFound())
		checkFailed(t, get(t.Context(), s, "user_1"), fault.NotFound, 0)

		k.Fail(upstreamtest.User, upstreamtest.Status(503))
		checkFailed(t, get(t.Context(), s, "user_1"), fault.Unavailable, 0)
	})
}

func TestNobodyWaitsForAnOldAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)
		checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 0)
		k.Fail(upstreamtest.User, upstreamtest.Hang())

		ctx, leave := context.WithCancel(t.Context())
		time.AfterFunc(10*ms, leave)
		checkFailed(t, get(ctx, s, "user_1"), fault.Canceled, 10*ms)
	})
}

// TestOldAnswerWhenTheBudgetEnds does not wait for the attempt to time out.
func TestOldAnswerWhenTheBudgetEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)
		checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 0)
		k.Fail(upstreamtest.User, upstreamtest.Hang())

		ctx, cancel := context.WithTimeout(t.Context(), 100*ms)
		defer cancel()

		checkStale(t, get(ctx, s, "user_1"), "user_1", fault.Timeout, 100*ms)

		// One whose budget is spent already still has it.
		checkStale(t, get(ctx, s, "user_1"), "user_1", fault.Timeout, 100*ms)
	})
}

// TestLateAnswerIsKept: what came for others than the one who left is the last
// good answer all the same.
func TestLateAnswerIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)
		k.Fail(upstreamtest.User, upstreamtest.Latency(50*ms))

		ctx, cancel := context.WithTimeout(t.Context(), 10*ms)
		defer cancel()

		patient := begin(t.Context(), s, "user_1")
		checkFailed(t, get(ctx, s, "user_1"), fault.Timeout, 10*ms)
		checkFresh(t, <-patient, "user_1", 50*ms)

		k.Fail(upstreamtest.User, upstreamtest.Status(503))
		checkStale(t, get(t.Context(), s, "user_1"), "user_1", fault.Unavailable, 0)
	})
}

// TestStaleIfErrorOff keeps nothing.
func TestStaleIfErrorOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.options.LastGood = cache.NewLastGood(0, 1000, 1<<20)
		s := k.service(upstreamtest.User)
		checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 0)
		k.Fail(upstreamtest.User, upstreamtest.Status(503))
		checkFailed(t, get(t.Context(), s, "user_1"), fault.Unavailable, 0)
	})
}

// TestOldAnswersAreNobodyElses has Bob's call fail, and Alice's good answer at
// hand. The services share their last good answers, so that their names must
// keep them apart.
func TestOldAnswersAreNobodyElses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.Set(upstreamtest.Order, "/", `{"id":"user_1","name":"an order"}`)

		users, orders := k.service(upstreamtest.User), k.service(upstreamtest.Order)
		alice, bob := session.With(t.Context(), "alice"), session.With(t.Context(), "bob")

		checkFresh(t, get(alice, users, "user_1"), "user_1", 0)

		down := upstreamtest.Status(503)
		k.Fail(upstreamtest.User, down)
		k.Fail(upstreamtest.Order, down)

		checkFailed(t, get(bob, users, "user_1"), fault.Unavailable, 0)
		checkFailed(t, get(t.Context(), users, "user_1"), fault.Unavailable, 0)
		checkFailed(t, get(alice, orders, "user_1"), fault.Unavailable, 0)
		checkStale(t, get(alice, users, "user_1"), "user_1", fault.Unavailable, 0)
	})
}

// TestOldAnswerOfAnotherType is none: it was put there by another reader of
// the same address.
func TestOldAnswerOfAnotherType(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)
		checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 0)
		k.Fail(upstreamtest.User, upstreamtest.Status(503))

		req := resilience.Request{Path: "/users/user_1", Names: true}
		_, err := resilience.Get(t.Context(), s, req, func(*wire.Reader) number { return 0 })

		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("got %v", err)
		}
	})
}

type number int

func (number) Size() int { return 8 }
