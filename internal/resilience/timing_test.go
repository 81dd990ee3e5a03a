package resilience_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/internal/telemetry"
	"storefront/upstream/upstreamtest"
)

// recorded is a context whose calls are recorded.
func recorded(ctx context.Context) (context.Context, *telemetry.Record) {
	record := &telemetry.Record{}

	return telemetry.WithRecord(ctx, record), record
}

func checkTiming(t *testing.T, record *telemetry.Record, want string) {
	t.Helper()

	if got := record.ServerTiming(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestServerTiming(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.Fail(upstreamtest.User, upstreamtest.Latency(50*ms))

		s := k.service(upstreamtest.User)
		ownCtx, own := recorded(t.Context())
		sharedCtx, shared := recorded(t.Context())

		first := begin(ownCtx, s, "user_1")

		time.Sleep(20 * ms)

		second := begin(sharedCtx, s, "user_1")
		checkFresh(t, <-first, "user_1", 50*ms)
		checkFresh(t, <-second, "user_1", 30*ms)

		checkTiming(t, own, "user;dur=50.0")
		checkTiming(t, shared, "user;dur=30.0;desc=coalesced")

		k.Fail(upstreamtest.User, upstreamtest.Status(503).After(5*ms))
		checkStale(t, get(ownCtx, s, "user_1"), "user_1", fault.Unavailable, 5*ms)
		checkTiming(t, own, "user;dur=50.0, user;dur=5.0;desc=stale")

		checkFailed(t, get(ownCtx, s, "user_2"), fault.Unavailable, 5*ms)
		checkTiming(t, own, "user;dur=50.0, user;dur=5.0;desc=stale, user;dur=5.0")

		// The log still tells why an old answer had to stand in.
		if calls := own.Calls(); fault.KindOf(calls[1].Err) != fault.Unavailable {
			t.Errorf("recorded is %v", calls[1].Err)
		}
	})
}

// TestSharedFailure is stale for both, whoever sent the call.
func TestSharedFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)
		checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 0)
		k.Fail(upstreamtest.User, upstreamtest.Status(503).After(5*ms))

		ownCtx, own := recorded(t.Context())
		sharedCtx, shared := recorded(t.Context())
		first, second := begin(ownCtx, s, "user_1"), begin(sharedCtx, s, "user_1")

		checkStale(t, <-first, "user_1", fault.Unavailable, 5*ms)
		checkStale(t, <-second, "user_1", fault.Unavailable, 5*ms)
		checkTiming(t, own, "user;dur=5.0;desc=stale")
		checkTiming(t, shared, "user;dur=5.0;desc=stale")

		if n := k.series(t, `upstream_cache_hits_total{bff="test",service="user",source="stale"}`); n != "2" {
			t.Errorf("%s old answers are counted, want 2", n)
		}
	})
}
