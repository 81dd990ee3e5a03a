package resilience_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/internal/need"
	"storefront/internal/resilience"
	"storefront/internal/telemetry"
	"storefront/upstream/upstreamtest"
)

// TestRetry asks once while a service fails in each way, with calls enough before
// to have an extra one.
func TestRetry(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		fault upstreamtest.Fault
		need  need.Need
		calls int
		kind  fault.Kind
	}{
		"a 503":                            {upstreamtest.Status(503).First(1), need.Important, 2, fault.None},
		"a 503 twice":                      {upstreamtest.Status(503).First(2), need.Required, 3, fault.None},
		"a 503 always":                     {upstreamtest.Status(503), need.Required, 3, fault.Unavailable},
		"a 502":                            {upstreamtest.Status(502).First(1), need.Required, 2, fault.None},
		"a 504":                            {upstreamtest.Status(504).First(1), need.Required, 2, fault.None},
		"a reset":                          {upstreamtest.ResetMidBody().First(1), need.Required, 2, fault.None},
		"a body that breaks off":           {upstreamtest.Truncated().First(1), need.Required, 2, fault.None},
		"for an optional section":          {upstreamtest.Status(503).First(1), need.Optional, 1, fault.Unavailable},
		"a 500":                            {upstreamtest.Status(500).First(1), need.Required, 1, fault.Unavailable},
		"a 501":                            {upstreamtest.Status(501).First(1), need.Required, 1, fault.Unavailable},
		"a 429":                            {upstreamtest.Status(429).First(1), need.Required, 1, fault.Overload},
		"a 404":                            {upstreamtest.Status(404).First(1), need.Required, 1, fault.NotFound},
		"a 400":                            {upstreamtest.Status(400).First(1), need.Required, 1, fault.InvalidResponse},
		"garbage":                          {upstreamtest.Garbage().First(1), need.Required, 1, fault.InvalidResponse},
		"a lie":                            {upstreamtest.WrongUser().First(1), need.Required, 1, fault.InvalidResponse},
		"a service that is to be let be":   {upstreamtest.Status(503).RetryAfter(time.Second).First(1), need.Required, 1, fault.Unavailable},
		"a 503 too late for another try":   {upstreamtest.Status(503).After(attemptTimeout - 5*ms).First(1), need.Required, 1, fault.Unavailable},
		"a service that does not answer":   {upstreamtest.Hang().First(1), need.Required, 1, fault.Timeout},
		"a service that stalls in the end": {upstreamtest.Stalled().First(1), need.Required, 1, fault.Timeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				s := k.service(upstreamtest.User)

				// For extra calls, and not long enough to tell what is usual.
				for i := range 19 {
					get(t.Context(), s, strconv.Itoa(i))
				}

				for i := range 11 {
					begin(t.Context(), s, "more_"+strconv.Itoa(i))
				}

				synctest.Wait()
				k.Fail(upstreamtest.User, test.fault)

				before := k.Calls(upstreamtest.User)
				record := &telemetry.Record{}
				got := get(telemetry.WithRecord(wanting(t, test.need), record), s, "user_1")

				if calls := k.Calls(upstreamtest.User) - before; got.kind() != test.kind || calls != test.calls {
					t.Errorf("%v after %d calls, want %v after %d", got.err, calls, test.kind, test.calls)
				}

				if extra := record.Calls()[0].Extra; extra != test.calls-1 {
					t.Errorf("the record has %d extra calls", extra)
				}

				if got.kind() == fault.None && (got.after < 10*ms || got.after > 60*ms) {
					t.Errorf("tried again after %v", got.after)
				}

				if n := k.series(t, `upstream_retries_total{bff="test",service="user"}`); n != strconv.Itoa(test.calls-1) {
					t.Errorf("the metrics count %s", n)
				}
			})
		})
	}
}

// TestRetryAfterIsHonoured where there is time for it.
func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.options.AttemptTimeout = 10 * time.Second
		s := k.service(upstreamtest.User)
		warm(t, s, 20, ms)
		k.Fail(upstreamtest.User, upstreamtest.Status(503).RetryAfter(2*time.Second).First(1))

		if got := get(wanting(t, need.Required), s, "user_1"); got.err != nil || got.after < 2*time.Second || got.after > 2*time.Second+20*ms {
			t.Errorf("got %v after %v", got.err, got.after)
		}
	})
}

// TestRetriesHaveABudget: whatever the traffic and however much of it fails, at
// most a tenth of the calls of any 10 s is extra.
func TestRetriesHaveABudget(t *testing.T) {
	t.Parallel()

	for name, perSecond := range map[string]int{"hardly any traffic": 1, "little": 3, "some": 20, "much": 100} {
		for name2, f := range map[string]upstreamtest.Fault{
			"half of it failing": bad(upstreamtest.Status(503)),
			"all of it failing":  upstreamtest.Status(503),
		} {
			t.Run(name+", "+name2, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					k := newKit(t)
					s := k.service(upstreamtest.User)

					const seconds = 30

					ask, other := get, getBad
					due := func(second int) { // the calls of one second
						for i := range perSecond {
							go ask(wanting(t, need.Required), s, strconv.Itoa(second*perSecond+i))

							ask, other = other, ask

							time.Sleep(time.Second / time.Duration(perSecond))
						}
					}

					for second := range 10 {
						due(second)
					}

					k.Fail(upstreamtest.User, f)

					var extra []int // in each second

					for second := range seconds {
						before := k.retries(t)
						due(10 + second)
						extra = append(extra, k.retries(t)-before)
					}

					for i := range seconds - 10 {
						if n := sum(extra[i : i+10]); n > perSecond {
							t.Errorf("%d extra calls in 10 s of %d calls/s", n, perSecond)
						}
					}

					if perSecond > 10 && sum(extra) == 0 {
						t.Error("nothing was tried again")
					}
				})
			})
		}
	}
}

func (k *kit) retries(t *testing.T) int {
	t.Helper()

	n, err := strconv.Atoi(k.series(t, `upstream_retries_total{bff="test",service="user"}`))
	if err != nil {
		t.Fatal(err)
	}

	return n
}

// TestRetriedAnswersGiveTheirConnectionsBack: what was refused is read, so that
// a hundred calls with a retry each make one connection.
func TestRetriedAnswersGiveTheirConnectionsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)

		for i := range 20 {
			warm(t, s, 20, ms)
			k.Fail(upstreamtest.User, upstreamtest.Status(503).First(1))

			if got := get(wanting(t, need.Required), s, "user_"+strconv.Itoa(i)); got.err != nil {
				t.Error(got.err)
			}
		}

		if dials, n := k.dials.Load(), k.retries(t); dials != 1 || n != 20 {
			t.Errorf("%d retries over %d connections", n, dials)
		}
	})
}

// TestRetryGoesElsewhere where there is another replica.
func TestRetryGoesElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t, 3)
		warm(t, r.service, 200, ms)

		for bad := range 3 {
			r.fail(bad, upstreamtest.Status(503).First(3))
		}

		r.shops[1].Heal()

		// Whoever is asked first, the answer comes from the one that is well.
		for i := range 4 {
			if got := get(wanting(t, need.Required), r.service, "user_"+strconv.Itoa(i)); got.err != nil {
				t.Error(got.err)
			}
		}
	})
}

// TestBulkhead refuses what is too much at a time, at once.
func TestBulkhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.options.MaxInFlight = 3
		s := k.service(upstreamtest.User)
		k.Fail(upstreamtest.User, upstreamtest.Latency(500*ms))

		var all []<-chan answer
		for i := range 3 {
			all = append(all, begin(t.Context(), s, strconv.Itoa(i)))
		}

		synctest.Wait()
		checkFailed(t, get(t.Context(), s, "one_too_many"), fault.Overload, 0)

		if n := k.series(t, `upstream_calls_in_flight{bff="test",service="user"}`); n != "3" {
			t.Errorf("%s are counted", n)
		}

		for i := range all {
			checkFresh(t, <-all[i], strconv.Itoa(i), 500*ms)
		}

		checkFresh(t, get(t.Context(), s, "later"), "later", 500*ms)
	})
}

// TestShedSectionsMakeNoCall, and show what is at hand.
func TestShedSectionsMakeNoCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.options.Answers = resilience.NewAnswers(1 << 20)
		k.Say(upstreamtest.User, "/users/kept", "Cache-Control: max-age=60")

		s := k.service(upstreamtest.User)
		checkFresh(t, get(t.Context(), s, "user_1"), "user_1", 0)
		get(t.Context(), s, "kept")

		before := k.Calls(upstreamtest.User)
		shed := need.With(t.Context(), need.Wanted{Shed: true})

		checkStale(t, get(shed, s, "user_1"), "user_1", fault.Overload, 0)
		checkFailed(t, get(shed, s, "user_2"), fault.Overload, 0)

		if got := get(shed, s, "kept"); got.err != nil || got.Of != good("kept") {
			t.Errorf("what is fresh is not shown: %+v, %v", got.Value, got.err)
		}

		if calls := k.Calls(upstreamtest.User) - before; calls != 0 {
			t.Errorf("%d calls", calls)
		}
	})
}

// TestRetryAfterIsAboutOneReplica: another one is asked at once.
func TestRetryAfterIsAboutOneReplica(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t, 2)
		warm(t, r.service, 100, ms)
		r.fail(0, upstreamtest.Status(503).RetryAfter(time.Second))

		for i := range 6 {
			if got := get(wanting(t, need.Required), r.service, "user_"+strconv.Itoa(i)); got.err != nil || got.after > 30*ms {
				t.Errorf("%v after %v", got.err, got.after)
			}
		}
	})
}

// TestWhoIsNotThereCostsNobodyAnything: where nothing listens nothing was asked, so
// another replica is asked at once, whatever the call is worth, and at the first
// call of a process as well. It is no extra call.
func TestWhoIsNotThereCostsNobodyAnything(t *testing.T) {
	t.Parallel()

	for _, need := range []need.Need{need.Optional, need.Important, need.Required} {
		t.Run(need.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newReplicas(t, 3)
				r.gone[0].Store(true)
				r.gone[2].Store(true)

				for i := range 40 {
					id := strconv.Itoa(i)
					checkFresh(t, get(wanting(t, need), r.service, id), id, 0)
				}

				if n := r.calls()[1]; n != 40 {
					t.Errorf("%d calls for 40", n)
				}

				if refused := r.series(t, `upstream_refused_total{bff="test",reason="extra_budget",service="user"}`); refused != "0" {
					t.Errorf("%s calls were refused", refused)
				}
			})
		})
	}
}

// TestNobodyIsThere: each replica is tried once, and those that are well again are
// found.
func TestNobodyIsThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t, 2)
		r.gone[0].Store(true)
		r.gone[1].Store(true)

		checkFailed(t, get(wanting(t, need.Required), r.service, "u"), fault.Unavailable, 0)

		if n := r.retries(t); n != 1 {
			t.Errorf("tried again %d times", n)
		}

		r.gone[1].Store(false)

		for i := range 20 {
			id := strconv.Itoa(i)
			checkFresh(t, get(wanting(t, need.Required), r.service, id), id, 0)
		}
	})
}

// TestRetryTriesEachReplica before one of them again.
func TestRetryTriesEachReplica(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t, 3)
		warm(t, r.service, 200, ms)
		r.fail(0, upstreamtest.Status(503))
		r.fail(1, upstreamtest.Status(503))

		for i := range 6 {
			if got := get(wanting(t, need.Required), r.service, "user_"+strconv.Itoa(i)); got.err != nil {
				t.Error(got.err)
			}
		}
	})
}

// TestWhoJoinsBringsTheirNeed: a call that was begun for an optional section is
// tried again for a required one that has joined it.
func TestWhoJoinsBringsTheirNeed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)
		warm(t, s, 19, ms)
		k.Fail(upstreamtest.User, upstreamtest.Status(503).After(50*ms).First(1))

		first := begin(wanting(t, need.Optional), s, "user_1")

		time.Sleep(10 * ms)

		joined := begin(wanting(t, need.Required), s, "user_1")
		if a, b := <-first, <-joined; a.err != nil || b.err != nil {
			t.Errorf("%v, %v", a.err, b.err)
		}
	})
}

// TestRefreshesAreNotTriedAgain: nobody waits for them.
func TestRefreshesAreNotTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		k.options.Answers = resilience.NewAnswers(1 << 20)
		k.Say(upstreamtest.User, "/users/user_1", "Cache-Control: max-age=1, stale-while-revalidate=60")

		s := k.service(upstreamtest.User)
		get(t.Context(), s, "user_1")
		warm(t, s, 19, ms)
		time.Sleep(2 * time.Second)
		k.Fail(upstreamtest.User, upstreamtest.Status(503))

		if got := get(wanting(t, need.Required), s, "user_1"); got.err != nil {
			t.Error(got.err)
		}

		time.Sleep(time.Second)

		if n := k.retries(t); n != 0 {
			t.Errorf("%d retries", n)
		}
	})
}
