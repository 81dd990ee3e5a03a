package limit_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/limit"
)

// fill takes all places.
func fill(t *testing.T, l *limit.Limiter) (last limit.Place) {
	t.Helper()

	for l.Inside() < l.Limit() {
		place, outcome := l.Enter(t.Context(), limit.Normal, time.Time{})
		if outcome != limit.Admitted {
			t.Fatalf("the place %d of %d is not free", l.Inside(), l.Limit())
		}

		last = place
	}

	return last
}

// TestNobodyOvertakes: where places are added since nothing is answered, they go
// to those who wait, and to newcomers afterwards.
func TestNobodyOvertakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := limit.New(budget)
		place := fill(t, l)

		time.Sleep(5 * ms)
		l.Leave(place, true) // The silence begins.
		fill(t, l)

		told := make(chan limit.Outcome, 1)

		go func() {
			_, outcome := l.Enter(t.Context(), limit.High, time.Time{})
			told <- outcome
		}()

		synctest.Wait()

		if l.Waiting() != 1 {
			t.Fatal("there was a place for it")
		}

		for range budget / 4 / (10 * ms) {
			time.Sleep(10 * ms)

			if _, outcome := l.Enter(t.Context(), limit.Prefetch, time.Time{}); outcome == limit.Admitted {
				break
			}
		}

		synctest.Wait()

		select {
		case outcome := <-told:
			if outcome != limit.Admitted {
				t.Error("one that matters waited in vain")
			}
		default:
			t.Error("what nobody has asked to see has overtaken one that matters")
		}
	})
}

// TestNobodyToServe: there is no place for who has left or is late.
func TestNobodyToServe(t *testing.T) {
	t.Parallel()

	gone, leave := context.WithCancel(t.Context())
	leave()

	for name, test := range map[string]struct {
		ctx      context.Context
		deadline time.Time
		want     limit.Outcome
	}{
		"gone":          {gone, time.Time{}, limit.Gone},
		"late":          {t.Context(), time.Now().Add(-ms), limit.Admitted}, // for what is at hand
		"gone and late": {gone, time.Now().Add(-ms), limit.Gone},
		"in time":       {t.Context(), time.Now().Add(time.Minute), limit.Admitted},
		"no deadline":   {t.Context(), time.Time{}, limit.Admitted},
	} {
		l := limit.New(budget)
		if _, got := l.Enter(test.ctx, limit.High, test.deadline); got != test.want {
			t.Errorf("%s: got %d, want %d", name, got, test.want)
		} else if inside := l.Inside(); inside > 0 && got != limit.Admitted {
			t.Errorf("%s: it has a place", name)
		}
	}
}
