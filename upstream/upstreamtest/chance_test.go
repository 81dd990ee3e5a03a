package upstreamtest_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"storefront/upstream/upstreamtest"
)

// meetings asks a gate with those faults n times, and gives the statuses.
func meetings(t *testing.T, n int, faults ...upstreamtest.Fault) []int {
	t.Helper()
	gate := upstreamtest.NewGate(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), "")
	gate.Fail(faults...)
	got := make([]int, n)
	for i := range got {
		answer := httptest.NewRecorder()
		gate.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
		got[i] = answer.Code
	}
	return got
}

func count(all []int, one int) (n int) {
	for _, x := range all {
		if x == one {
			n++
		}
	}
	return n
}

func TestShare(t *testing.T) {
	t.Parallel()
	const many = 10_000
	for share, want := range map[float64]int{0: many, 1: many, 0.5: many / 2, 0.02: many / 50} {
		met := count(meetings(t, many, upstreamtest.Status(500).Share(share)), 500)
		if met < want*85/100 || met > want*115/100 {
			t.Errorf("with a share of %v %d of %d met the fault", share, met, many)
		}
	}
}

func TestRunsAreRepeated(t *testing.T) {
	t.Parallel()
	flaky := upstreamtest.Status(500).Share(0.5)
	first := meetings(t, 100, flaky.Seed(7))
	if !slices.Equal(first, meetings(t, 100, flaky.Seed(7))) {
		t.Error("the same seed gives another run")
	}
	if slices.Equal(first, meetings(t, 100, flaky.Seed(8))) {
		t.Error("another seed gives the same run")
	}
}

// Were the chances of two faults the same, the second would never be met.
func TestFaultsSideBySideHaveChancesOfTheirOwn(t *testing.T) {
	t.Parallel()
	const many = 1000
	got := meetings(t, many, upstreamtest.Status(500).Share(0.5), upstreamtest.Status(502).Share(0.5))
	if first, second := count(got, 500), count(got, 502); first < 400 || first > 600 || second < 200 || second > 300 {
		t.Errorf("of %d requests %d met the first fault and %d the second", many, first, second)
	}
}

func TestFirstCountsWhatMeetsTheFault(t *testing.T) {
	t.Parallel()
	if met := count(meetings(t, 1000, upstreamtest.Status(500).Share(0.5).First(3)), 500); met != 3 {
		t.Errorf("%d met the fault", met)
	}
}

func TestLatencySpreadInVirtualTime(t *testing.T) {
	t.Parallel()
	const many, median, p99 = 10_000, 40 * time.Millisecond, 400 * time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		gate := upstreamtest.NewGate(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), "")
		gate.Fail(upstreamtest.LatencySpread(median, p99))
		took := make([]time.Duration, many)
		for i := range took {
			start := time.Now()
			gate.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
			took[i] = time.Since(start)
		}
		slices.Sort(took)
		for quantile, want := range map[int]time.Duration{many / 2: median, many * 99 / 100: p99} {
			if got := took[quantile]; got < want*85/100 || got > want*115/100 {
				t.Errorf("number %d of %d took %v, want about %v", quantile, many, got, want)
			}
		}
	})
}
