package resilience_test

import (
	"testing"
	"testing/synctest"

	"storefront/upstream/upstreamtest"
)

// TestConnectionsAreUsedAgain after what a service answers in good order, be
// it ever so unwelcome.
func TestConnectionsAreUsedAgain(t *testing.T) {
	t.Parallel()

	for _, f := range []upstreamtest.Fault{
		upstreamtest.Latency(0),
		upstreamtest.NotFound(),
		upstreamtest.Status(400),
		upstreamtest.Status(429),
		upstreamtest.Status(500),
		upstreamtest.Status(503).RetryAfter(1e9),
		upstreamtest.Status(204),
		upstreamtest.Redirect(),
		upstreamtest.Garbage(),
		upstreamtest.TrailingGarbage(),
		upstreamtest.Empty(),
		upstreamtest.WrongContentType(),
		upstreamtest.WrongUser(),
	} {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				k.Fail(upstreamtest.User, f)

				s := k.service(upstreamtest.User)
				for range 9 { // One more opens the circuit.
					get(t.Context(), s, "user_1")
				}

				if dials, calls := k.dials.Load(), k.Calls(upstreamtest.User); dials != 1 || calls != 9 {
					t.Errorf("%d calls over %d connections, want 9 over 1", calls, dials)
				}
			})
		})
	}
}

// TestConnectionsOfManyAreKept for the next burst.
func TestConnectionsOfManyAreKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.Fail(upstreamtest.User, upstreamtest.Latency(10*ms))

		const burst = 100

		s := k.service(upstreamtest.User)

		for range 3 {
			var calls []<-chan answer
			for i := range burst {
				calls = append(calls, begin(t.Context(), s, "user_"+string(rune('a'+i%26))+string(rune('a'+i/26))))
			}

			for _, call := range calls {
				if got := <-call; got.err != nil {
					t.Error(got.err)
				}
			}

			synctest.Wait()
		}

		if dials := k.dials.Load(); dials != burst {
			t.Errorf("%d connections for bursts of %d", dials, burst)
		}
	})
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.Fail(upstreamtest.User, upstreamtest.Redirect())
		get(t.Context(), k.service(upstreamtest.User), "user_1")

		if n := k.Redirected(); n != 0 {
			t.Errorf("%d requests went where the service sent them", n)
		}
	})
}

// TestHugeAnswersAreCutOff bounds what is taken of 200 MB.
func TestHugeAnswersAreCutOff(t *testing.T) {
	t.Parallel()

	const readAhead = 128 << 10

	for _, test := range []struct {
		fault upstreamtest.Fault
		most  int64
	}{
		{upstreamtest.Huge(), 8<<20 + readAhead},
		{upstreamtest.HugeGzip(), 8<<20 + readAhead},
		{upstreamtest.HugeSized(), readAhead},
		{upstreamtest.HeadersHuge(), readAhead},
	} {
		t.Run(test.fault.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				k.Fail(upstreamtest.User, test.fault.First(1))

				s := k.service(upstreamtest.User)
				get(t.Context(), s, "user_1")
				synctest.Wait()

				if n := k.read.Load(); n > test.most {
					t.Errorf("%d bytes were read, want %d at the most", n, test.most)
				}

				if n := k.InFlight(upstreamtest.User); n != 0 {
					t.Error("the service is still sending")
				}

				checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 0)
			})
		})
	}
}
