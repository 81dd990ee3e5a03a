package load

import (
	"context"
	"testing"
	"time"
)

func TestScheduleIsEvenAndFixedInAdvance(t *testing.T) {
	t.Parallel()

	s := schedule{begin: time.Now(), rate: 800}

	for n, want := range map[int]time.Duration{0: 0, 1: 1250 * time.Microsecond, 8: 10 * time.Millisecond, 800_000: 1000 * time.Second} {
		if got := s.due(n).Sub(s.begin); got != want {
			t.Errorf("request %d is due after %s, want %s", n, got, want)
		}
	}
}

func TestScheduleEndsWithItsTimeOrItsRequests(t *testing.T) {
	t.Parallel()

	s := schedule{rate: 1000}

	for _, c := range []struct {
		within     time.Duration
		most, want int
	}{
		{0, 7, 7},
		{2 * time.Second, 5000, 2000},
		{2 * time.Second, 500, 500},
		{time.Microsecond, 500, 1},
	} {
		if got := s.count(c.within, c.most); got != c.want {
			t.Errorf("%d of %d requests within %s, want %d", got, c.most, c.within, c.want)
		}
	}
}

func TestSleepUntilAMoment(t *testing.T) {
	t.Parallel()

	moment := time.Now().Add(25 * time.Millisecond)
	if !sleepUntil(t.Context(), moment) || time.Now().Before(moment) {
		t.Error("it is too early")
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	if sleepUntil(ctx, time.Now().Add(time.Hour)) {
		t.Error("the end of the context is not seen")
	}
}
