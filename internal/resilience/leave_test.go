package resilience_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/upstream/upstreamtest"
)

func TestLeaveEarly(t *testing.T) {
	t.Parallel()

	for _, first := range []bool{true, false} {
		t.Run(map[bool]string{true: "the first", false: "another"}[first], func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				k.Fail(upstreamtest.User, upstreamtest.Latency(50*ms))

				hasty, cancel := context.WithTimeout(t.Context(), 10*ms)
				defer cancel()

				gone, leave := context.WithCancel(t.Context())
				time.AfterFunc(20*ms, leave)

				order := []context.Context{hasty, gone, t.Context()}
				if !first {
					order = []context.Context{t.Context(), gone, hasty}
				}

				s := k.service(upstreamtest.User)
				calls := map[context.Context]<-chan answer{}

				for _, ctx := range order {
					calls[ctx] = begin(ctx, s, "user_1")
					synctest.Wait() // so that the order is this one
				}

				checkFailed(t, <-calls[hasty], fault.Timeout, 10*ms)
				checkFailed(t, <-calls[gone], fault.Canceled, 20*ms)
				checkFresh(t, <-calls[t.Context()], "user_1", 50*ms)

				// A call that was begun with hardly any time is not shared by those
				// who have more; the others share one.
				want := map[bool]int{true: 2, false: 1}[first]
				if n := k.Calls(upstreamtest.User); n != want {
					t.Errorf("%d calls, want %d", n, want)
				}
			})
		})
	}
}

func TestLastToLeaveEndsTheCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.Fail(upstreamtest.User, upstreamtest.Hang())

		s := k.service(upstreamtest.User)

		short, cancel := context.WithTimeout(t.Context(), 10*ms)
		defer cancel()

		longer, leave := context.WithCancel(t.Context())
		time.AfterFunc(20*ms, leave)

		last := begin(longer, s, "user_1")

		synctest.Wait() // so that the order is this one

		first := begin(short, s, "user_1")
		checkFailed(t, <-first, fault.Timeout, 10*ms)
		synctest.Wait()

		if k.Requests(upstreamtest.User)[0].Cancelled {
			t.Error("the call was ended though somebody waits")
		}

		checkFailed(t, <-last, fault.Canceled, 20*ms)
		synctest.Wait()

		if !k.Requests(upstreamtest.User)[0].Cancelled {
			t.Error("the call goes on though nobody waits")
		}

		if n := k.series(t, `upstream_calls_total{bff="test",outcome="canceled",service="user"}`); n != "1" {
			t.Errorf("%s calls are counted as canceled, want 1", n)
		}
	})
}

// TestJoinAfterTheLastLeft asks again in the moment in which the call that was
// given up is still ending: it is not handed to who comes now, and its end takes
// nothing from them.
func TestJoinAfterTheLastLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)

		const rounds = 20

		for range rounds {
			k.Fail(upstreamtest.User, upstreamtest.Hang().First(1), upstreamtest.Latency(50*ms))

			ctx, leave := context.WithCancel(t.Context())
			given := begin(ctx, s, "user_1")
			synctest.Wait()
			leave()
			<-given // the upstream call may still be running

			again := begin(t.Context(), s, "user_1")
			synctest.Wait()

			joiner := begin(t.Context(), s, "user_1")
			checkFresh(t, <-again, "user_1", 50*ms)
			checkFresh(t, <-joiner, "user_1", 50*ms)
		}

		if n := k.Calls(upstreamtest.User); n != 2*rounds {
			t.Errorf("%d calls, want %d", n, 2*rounds)
		}
	})
}

func TestLateJoinerKeepsTheCallAlive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.Fail(upstreamtest.User, upstreamtest.Latency(70*ms))

		s := k.service(upstreamtest.User)

		short, cancel := context.WithTimeout(t.Context(), 60*ms)
		defer cancel()

		long, cancel := context.WithTimeout(t.Context(), 100*ms)
		defer cancel()

		first := begin(short, s, "user_1")

		time.Sleep(20 * ms)

		joiner := begin(long, s, "user_1")
		checkFailed(t, <-first, fault.Timeout, 60*ms)
		checkFresh(t, <-joiner, "user_1", 50*ms)

		if n := k.Calls(upstreamtest.User); n != 1 {
			t.Errorf("%d calls, want 1", n)
		}
	})
}

// TestLateJoinerStartsAnother where the call that it joined ran out of time, as
// it has time of its own.
func TestLateJoinerStartsAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.Fail(upstreamtest.User, upstreamtest.Hang().First(1), upstreamtest.Latency(50*ms))

		s := k.service(upstreamtest.User)
		first := begin(t.Context(), s, "user_1")

		time.Sleep(attemptTimeout / 2)

		joiners := []<-chan answer{begin(t.Context(), s, "user_1"), begin(t.Context(), s, "user_1")}
		checkFailed(t, <-first, fault.Timeout, attemptTimeout)

		for _, joiner := range joiners {
			checkFresh(t, <-joiner, "user_1", attemptTimeout/2+50*ms)
		}

		if n := k.Calls(upstreamtest.User); n != 2 {
			t.Errorf("%d calls, want 2", n)
		}
	})
}

// TestLateJoinerTriesOnce more and not for ever.
func TestLateJoinerTriesOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.Fail(upstreamtest.User, upstreamtest.Hang())

		s := k.service(upstreamtest.User)
		first := begin(t.Context(), s, "user_1")

		time.Sleep(attemptTimeout / 2)
		checkFailed(t, get(t.Context(), s, "user_1"), fault.Timeout, attemptTimeout*3/2)
		checkFailed(t, <-first, fault.Timeout, attemptTimeout)
	})
}
