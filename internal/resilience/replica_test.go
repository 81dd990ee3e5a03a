package resilience_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/internal/need"
	"storefront/upstream/upstreamtest"
)

// TestReplicasShareTheLoad where they are as fast as each other.
func TestReplicasShareTheLoad(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t, 3)
		for i := range r.shops {
			r.fail(i, upstreamtest.Latency(10*ms))
		}

		for i := range 1500 {
			begin(t.Context(), r.service, strconv.Itoa(i))
			time.Sleep(2 * ms)
		}

		for i, n := range r.calls() {
			if n < 400 || n > 600 {
				t.Errorf("replica %d was asked %d of 1500", i, n)
			}
		}

		time.Sleep(time.Second)
	})
}

// TestSickReplicasAreEjected, probed, and asked again when they are well; nobody
// sees a failure but the first few.
func TestSickReplicasAreEjected(t *testing.T) {
	t.Parallel()

	for _, f := range []upstreamtest.Fault{upstreamtest.Status(503), upstreamtest.Hang(), upstreamtest.Garbage(), upstreamtest.WrongUser()} {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newReplicas(t, 3)
				for i := range r.shops {
					r.fail(i, upstreamtest.Latency(2*ms))
				}

				warm(t, r.service, 300, 300*ms)
				r.fail(2, f)

				failed := 0
				ask := func(calls int) {
					var all []<-chan answer
					for i := range calls {
						all = append(all, begin(wanting(t, need.Required), r.service, strconv.Itoa(i)))
						time.Sleep(20 * ms)
					}

					for i := range all {
						if got := <-all[i]; got.err != nil {
							failed++
						}
					}
				}

				ask(400)

				// One that hangs is overtaken before it is late, and avoided.
				if state := r.series(t, `upstream_replica_state{bff="test",replica="2",service="user"}`); state == "0" && f.Name() != "hang" {
					t.Error("it is not ejected")
				}

				if state := r.series(t, `upstream_breaker_state{bff="test",service="user"}`); state != "0" {
					t.Errorf("the service as a whole is %s", state)
				}

				if failed > 12 {
					t.Errorf("%d of 400 failed", failed)
				}

				failed = 0
				before := r.calls()
				ask(400)

				if n := r.calls()[2] - before[2]; n == 0 || n > 20 || failed > 0 {
					t.Errorf("%d probes, %d of 400 failed", n, failed)
				}

				r.fail(2, upstreamtest.Latency(2*ms))
				ask(1000) // 20 s

				before = r.calls()
				ask(300)

				if n := r.calls()[2] - before[2]; n < 60 || failed > 0 {
					t.Errorf("once well it is asked %d of 300 times; %d failed", n, failed)
				}
			})
		})
	}
}

// TestAllReplicasSick: then, and only then, the circuit is open.
func TestAllReplicasSick(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t, 2)
		r.fail(0, upstreamtest.Status(500))
		r.fail(1, upstreamtest.Status(500))

		for i := range 100 {
			get(t.Context(), r.service, strconv.Itoa(i))
		}

		checkFailed(t, get(t.Context(), r.service, "user_1"), fault.CircuitOpen, 0)

		if n := r.calls(); n[0] != 10 || n[1] != 10 {
			t.Errorf("they were asked %v", n)
		}

		if state := r.series(t, `upstream_breaker_state{bff="test",service="user"}`); state != "2" {
			t.Errorf("the service as a whole is %s", state)
		}
	})
}

// TestFailingFastAttractsNobody: a replica that says no at once is not the one
// with the least to do.
func TestFailingFastAttractsNobody(t *testing.T) {
	t.Parallel()

	for name, faults := range map[string][]upstreamtest.Fault{
		"every other call fails": {bad(upstreamtest.Status(500)), upstreamtest.Latency(20 * ms)},
		"asked too often":        {upstreamtest.Status(429)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newReplicas(t, 3)
				for i := range r.shops {
					r.fail(i, upstreamtest.Latency(20*ms))
				}

				warm(t, r.service, 100, 200*ms)
				r.fail(0, faults...)

				before := r.calls()
				ask, other := get, getBad

				for i := range 600 {
					ask(t.Context(), r.service, strconv.Itoa(i))
					ask, other = other, ask
				}

				if n := r.calls()[0] - before[0]; n > 260 {
					t.Errorf("it was asked %d of 600", n)
				}
			})
		})
	}
}

// TestTheOvertakenPaysForIt, and not the replica that was asked in its place.
func TestTheOvertakenPaysForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t, 2)
		r.fail(0, upstreamtest.Latency(20*ms))
		r.fail(1, upstreamtest.Latency(30*ms))
		warm(t, r.service, 100, 200*ms)

		before := r.calls()

		for i := range 400 {
			get(wanting(t, need.Required), r.service, strconv.Itoa(i))
		}

		if after := r.calls(); after[0]-before[0] < after[1]-before[1] {
			t.Errorf("the faster one was asked %d times, the slower one %d", after[0]-before[0], after[1]-before[1])
		}
	})
}

// TestProbesAtLowTraffic: a dead replica does not double the calls of a service
// that is hardly asked, and has its share again when it is well.
func TestProbesAtLowTraffic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t, 2)
		r.fail(1, upstreamtest.Status(500))

		for i := range 100 {
			get(t.Context(), r.service, strconv.Itoa(i))
		}

		before := sum(r.calls())

		ask := func(n int) {
			for i := range n {
				get(t.Context(), r.service, "low_"+strconv.Itoa(i))
				time.Sleep(4 * time.Second)
			}
		}

		ask(200)

		if n := sum(r.calls()) - before; n > 250 {
			t.Errorf("%d calls for 200", n)
		}

		r.fail(1)
		ask(100)

		if state := r.series(t, `upstream_replica_state{bff="test",replica="1",service="user"}`); state != "0" {
			t.Errorf("it is still %s", state)
		}
	})
}
