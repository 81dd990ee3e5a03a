package resilience_test

import (
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/internal/need"
	"storefront/upstream/upstreamtest"
)

// hedges are how many hedges won and lost.
func (k *kit) hedges(t *testing.T) (won, lost string) {
	t.Helper()

	return k.series(t, `upstream_hedges_total{bff="test",outcome="won",service="user"}`),
		k.series(t, `upstream_hedges_total{bff="test",outcome="lost",service="user"}`)
}

// TestHedge has a service that usually takes 20 ms be late with one answer.
func TestHedge(t *testing.T) {
	t.Parallel()

	const usual = 20 * ms

	late := func(f upstreamtest.Fault) []upstreamtest.Fault {
		return []upstreamtest.Fault{f.First(1), upstreamtest.Latency(usual)}
	}

	for name, test := range map[string]struct {
		faults    []upstreamtest.Fault
		need      need.Need
		warm      int
		want      fault.Kind
		within    time.Duration
		calls     int
		won, lost string
	}{
		"a late one":                {late(upstreamtest.Latency(500 * ms)), need.Important, 30, fault.None, 45 * ms, 2, "1", "0"},
		"one that hangs":            {late(upstreamtest.Hang()), need.Required, 30, fault.None, 45 * ms, 2, "1", "0"},
		"one that stalls":           {late(upstreamtest.Stalled()), need.Required, 30, fault.None, 45 * ms, 2, "1", "0"},
		"only a little late":        {late(upstreamtest.Latency(30 * ms)), need.Required, 30, fault.None, 30 * ms, 2, "0", "1"},
		"in time":                   {late(upstreamtest.Latency(20100 * time.Microsecond)), need.Required, 30, fault.None, 20100 * time.Microsecond, 1, "0", "0"},
		"for an optional section":   {late(upstreamtest.Latency(500 * ms)), need.Optional, 30, fault.None, 500 * ms, 1, "0", "0"},
		"nobody knows what is late": {late(upstreamtest.Latency(500 * ms)), need.Required, 15, fault.None, 500 * ms, 1, "0", "0"},
		"the second fails": {
			[]upstreamtest.Fault{upstreamtest.Latency(100 * ms).First(1), upstreamtest.Status(500)}, need.Required, 30, fault.None, 100 * ms, 2, "0", "1",
		},
		"both hang": {[]upstreamtest.Fault{upstreamtest.Hang()}, need.Required, 30, fault.Timeout, attemptTimeout, 2, "0", "1"},
		"the first fails after the second began": {
			late(upstreamtest.Status(500).After(25 * ms)), need.Required, 30, fault.None, 45 * ms, 2, "1", "0",
		},
		"the second says that there is none": {
			[]upstreamtest.Fault{upstreamtest.Hang().First(1), upstreamtest.NotFound()}, need.Required, 30, fault.NotFound, 45 * ms, 2, "1", "0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				s := k.service(upstreamtest.User)
				k.Fail(upstreamtest.User, upstreamtest.Latency(usual))
				warm(t, s, test.warm, ms)
				k.Fail(upstreamtest.User, test.faults...)

				before := k.Calls(upstreamtest.User)
				got := get(wanting(t, test.need), s, "user_1")

				if got.kind() != test.want || got.after > test.within {
					t.Errorf("%v after %v, want %v within %v", got.err, got.after, test.want, test.within)
				}

				synctest.Wait()

				if calls := k.Calls(upstreamtest.User) - before; calls != test.calls {
					t.Errorf("%d calls, want %d", calls, test.calls)
				}

				if n := k.InFlight(upstreamtest.User); n != 0 {
					t.Errorf("%d calls go on", n)
				}

				if won, lost := k.hedges(t); won != test.won || lost != test.lost {
					t.Errorf("%s won, %s lost", won, lost)
				}
			})
		})
	}
}

// TestHedgesHaveABudget, and losers open no circuit: a service that gets slow
// for good is asked a tenth more at most.
func TestHedgesHaveABudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)
		k.Fail(upstreamtest.User, upstreamtest.Latency(10*ms))
		warm(t, s, 100, ms)

		// Every second answer is late.
		k.Fail(upstreamtest.User, bad(upstreamtest.Latency(600*ms)), upstreamtest.Latency(10*ms))

		before := k.Calls(upstreamtest.User)

		var wg sync.WaitGroup

		for i := range 1000 {
			ask := get
			if i%2 == 0 {
				ask = getBad
			}

			wg.Go(func() {
				if got := ask(wanting(t, need.Required), s, strconv.Itoa(i)); got.err != nil {
					t.Error(got.err)
				}
			})
			time.Sleep(10 * ms)
		}

		wg.Wait()

		if calls := k.Calls(upstreamtest.User) - before; calls <= 1000 || calls > 1100 {
			t.Errorf("%d calls for 1000", calls)
		}
	})
}

// TestHedgeGoesElsewhere: with one of three replicas 20 times slower, hardly any
// answer is late.
func TestHedgeGoesElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t, 3)

		for i := range r.shops {
			r.fail(i, upstreamtest.Latency(10*ms))
		}

		warm(t, r.service, 300, 600*ms)
		r.fail(1, upstreamtest.Latency(200*ms))

		before := r.calls()

		var all []<-chan answer

		for i := range 1500 {
			all = append(all, begin(wanting(t, need.Required), r.service, strconv.Itoa(i)))
			time.Sleep(5 * ms)
		}

		var times []time.Duration

		for i := range all {
			got := <-all[i]
			if got.err != nil {
				t.Fatal(got.err)
			}

			times = append(times, got.after)
		}

		slices.Sort(times)

		if p99 := times[len(times)*99/100]; p99 > 15*ms {
			t.Errorf("p99 is %v", p99)
		}

		if slowest := times[len(times)-1]; slowest > 60*ms {
			t.Errorf("the slowest took %v", slowest)
		}

		calls := r.calls()
		for i := range calls {
			calls[i] -= before[i]
		}

		if sum(calls) > 1650 || calls[1] > 100 || calls[0] < 500 || calls[2] < 500 {
			t.Errorf("the replicas were asked %v", calls)
		}

		// Once it is well again it has its share.
		r.fail(1, upstreamtest.Latency(10*ms))

		for i := range 1200 {
			get(wanting(t, need.Required), r.service, "later_"+strconv.Itoa(i))
			time.Sleep(10 * ms)
		}

		before = r.calls()

		for i := range 300 {
			get(wanting(t, need.Required), r.service, "last_"+strconv.Itoa(i))
		}

		if n := r.calls()[1] - before[1]; n < 60 {
			t.Errorf("the one that was slow is asked %d of 300", n)
		}
	})
}
