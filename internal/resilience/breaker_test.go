package resilience_test

import (
	"bytes"
	"context"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/internal/need"
	"storefront/internal/resilience"
	"storefront/upstream/upstreamtest"
)

// failUntilOpen asks until the circuit is open, and returns how many calls that
// took.
func failUntilOpen(t *testing.T, k *kit, s *resilience.Service) int {
	t.Helper()

	before := k.Calls(upstreamtest.User)

	for i := range 100 {
		if got := get(t.Context(), s, "fails_"+strconv.Itoa(i)); got.kind() == fault.CircuitOpen {
			return k.Calls(upstreamtest.User) - before
		}
	}

	t.Fatal("the circuit does not open")

	return 0
}

// TestCircuitOpens has a service fail in each way: after ten calls nobody waits
// for it any more, and what was good stands in.
func TestCircuitOpens(t *testing.T) {
	t.Parallel()

	for _, f := range []upstreamtest.Fault{
		upstreamtest.Hang(), upstreamtest.Status(500), upstreamtest.Status(503), upstreamtest.ResetMidBody(), upstreamtest.Truncated(),
		upstreamtest.Garbage(), upstreamtest.WrongType(), upstreamtest.WrongUser(), upstreamtest.Huge(),
	} {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer

				k := newKit(t)
				k.options.Log = slog.New(slog.NewTextHandler(&log, nil))

				s := k.service(upstreamtest.User)
				checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 0)
				k.Fail(upstreamtest.User, f)

				// The ones that hang do so side by side.
				var pending []<-chan answer
				for i := range 10 {
					pending = append(pending, begin(t.Context(), s, "fails_"+strconv.Itoa(i)))
				}

				for _, p := range pending {
					<-p
				}

				before := k.Calls(upstreamtest.User)
				start := time.Now()
				got := get(t.Context(), s, "user_1")
				checkStale(t, got, "user_1", fault.CircuitOpen, time.Since(start)+got.Age)
				checkFailed(t, get(t.Context(), s, "user_2"), fault.CircuitOpen, 0)

				if calls := k.Calls(upstreamtest.User) - before; calls != 0 {
					t.Errorf("%d calls with an open circuit", calls)
				}

				if state := k.series(t, `upstream_breaker_state{bff="test",service="user"}`); state != "2" {
					t.Errorf("the metrics say %q", state)
				}

				if n := k.series(t, `upstream_refused_total{bff="test",reason="circuit_open",service="user"}`); n != "2" {
					t.Errorf("%s calls are counted as refused", n)
				}

				if !strings.Contains(log.String(), "level=WARN msg=circuit state=open service=user replica=0") {
					t.Errorf("the log says %q", log.String())
				}
			})
		})
	}
}

// TestCircuitCloses within 5 s of the service being well, however long it was
// not; until then few calls reach it.
func TestCircuitCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)
		k.Fail(upstreamtest.User, upstreamtest.Status(503))

		if calls := failUntilOpen(t, k, s); calls != 10 {
			t.Errorf("%d calls before the circuit opened", calls)
		}

		before := k.Calls(upstreamtest.User)

		for i := range 6000 { // A minute at 100/s.
			get(t.Context(), s, strconv.Itoa(i))
			time.Sleep(10 * ms)
		}

		if calls := k.Calls(upstreamtest.User) - before; calls < 20 || calls > 90 {
			t.Errorf("%d probes in a minute", calls)
		}

		k.Heal()

		healed := time.Now()
		for i := 0; k.series(t, `upstream_breaker_state{bff="test",service="user"}`) != "0"; i++ {
			get(t.Context(), s, strconv.Itoa(i))
			time.Sleep(100 * ms)

			if time.Since(healed) > 4*time.Second {
				t.Fatal("still not closed")
			}
		}

		for i := range 100 {
			checkFresh(t, get(t.Context(), s, strconv.Itoa(i)), strconv.Itoa(i), 0)
		}
	})
}

// TestWhatDoesNotOpenTheCircuit: answers that say no, clients that leave or are
// in a hurry, a few failures among many answers, or far between.
func TestWhatDoesNotOpenTheCircuit(t *testing.T) {
	t.Parallel()

	hasty := func(t *testing.T, s *resilience.Service, id string, over func(context.Context) (context.Context, context.CancelFunc)) {
		t.Helper()

		ctx, cancel := over(t.Context())
		defer cancel()

		get(ctx, s, id)
	}

	for name, test := range map[string]struct {
		fault upstreamtest.Fault
		ask   func(t *testing.T, s *resilience.Service, i int)
	}{
		"not found": {upstreamtest.NotFound(), nil},
		"a 400":     {upstreamtest.Status(400), nil},
		"a 403":     {upstreamtest.Status(403), nil},
		"a 429":     {upstreamtest.Status(429), nil},
		"a client that leaves": {upstreamtest.Hang(), func(t *testing.T, s *resilience.Service, i int) {
			t.Helper()
			hasty(t, s, strconv.Itoa(i), func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				time.AfterFunc(900*ms, cancel)

				return ctx, cancel
			})
		}},
		"a client in a hurry": {upstreamtest.Latency(240 * ms), func(t *testing.T, s *resilience.Service, i int) {
			t.Helper()
			hasty(t, s, strconv.Itoa(i), func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, 200*ms)
			})
		}},
		"every other one fails": {bad(upstreamtest.Status(500)), func(t *testing.T, s *resilience.Service, i int) {
			t.Helper()
			get(t.Context(), s, "good_"+strconv.Itoa(i))
			getBad(t.Context(), s, "bad_"+strconv.Itoa(i))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				s := k.service(upstreamtest.User)
				k.Fail(upstreamtest.User, test.fault)

				for i := range 30 {
					if test.ask == nil {
						get(t.Context(), s, strconv.Itoa(i))
					} else {
						test.ask(t, s, i)
					}
				}

				k.Heal()
				checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 0)
			})
		})
	}
}

// TestNobodyIsHeldUpByAProbe of a service that hangs still: it is waited for as
// long as good answers take, and goes on alone, so that it tells.
func TestNobodyIsHeldUpByAProbe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)
		warm(t, s, 30, 300*ms)
		k.Fail(upstreamtest.User, upstreamtest.Status(500))
		failUntilOpen(t, k, s)
		k.Fail(upstreamtest.User, upstreamtest.Hang())
		time.Sleep(300 * ms)

		before := k.Calls(upstreamtest.User)
		checkFailed(t, get(t.Context(), s, "probe_1"), fault.CircuitOpen, 20*ms)
		checkFailed(t, get(t.Context(), s, "probe_2"), fault.CircuitOpen, 20*ms)
		checkFailed(t, get(t.Context(), s, "not_1"), fault.CircuitOpen, 0)

		if calls := k.Calls(upstreamtest.User) - before; calls != 2 {
			t.Errorf("%d probes at a time", calls)
		}

		if n := k.InFlight(upstreamtest.User); n != 2 {
			t.Errorf("%d probes go on", n)
		}

		time.Sleep(attemptTimeout)

		if n := k.InFlight(upstreamtest.User); n != 0 {
			t.Errorf("%d probes still go on", n)
		}

		// A client that leaves at once does not leave its place taken for good.
		k.Heal()

		for range 3 {
			time.Sleep(2300 * ms)

			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			get(ctx, s, "leaves")
		}

		time.Sleep(2300 * ms)
		checkFresh(t, get(wanting(t, need.Required), s, "user_1"), "user_1", 0)
	})
}

// TestBusyIsWellEnough: a service that answers a probe with 429 is there.
func TestBusyIsWellEnough(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)
		k.Fail(upstreamtest.User, upstreamtest.Status(500))
		failUntilOpen(t, k, s)
		k.Fail(upstreamtest.User, upstreamtest.Status(429))
		time.Sleep(300 * ms)
		checkFailed(t, get(t.Context(), s, "user_1"), fault.Overload, 0)

		if state := k.series(t, `upstream_breaker_state{bff="test",service="user"}`); state != "0" {
			t.Errorf("the circuit is %s", state)
		}
	})
}

// TestHopelessIsNotForEver: calls that hardly any answer is fast enough for are
// not made, but it is found out when that changes.
func TestHopelessIsNotForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)
		k.Fail(upstreamtest.User, upstreamtest.Latency(500*ms))

		var all []<-chan answer
		for i := range 30 {
			all = append(all, begin(t.Context(), s, strconv.Itoa(i)))
			time.Sleep(20 * ms)
		}

		for i := range all {
			<-all[i]
		}

		hurry := func(id string) answer {
			ctx, cancel := context.WithTimeout(t.Context(), 300*ms)
			defer cancel()

			return get(ctx, s, id)
		}

		before := k.Calls(upstreamtest.User)
		checkFailed(t, hurry("late"), fault.Timeout, 0)

		if calls := k.Calls(upstreamtest.User) - before; calls != 0 {
			t.Errorf("%d calls that cannot end in time", calls)
		}

		k.Heal()
		time.Sleep(time.Second)
		checkFresh(t, hurry("well"), "well", 0)
	})
}
