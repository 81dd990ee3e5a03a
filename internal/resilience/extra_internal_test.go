package resilience

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// TestExtraIsATenth of what is due in any 10 s that end with an extra call,
// whatever the traffic, and all of it can be had.
func TestExtraIsATenth(t *testing.T) {
	t.Parallel()

	for name, pause := range map[string]func() time.Duration{
		"even":      func() time.Duration { return 20 * time.Millisecond },
		"sparse":    func() time.Duration { return 700 * time.Millisecond },
		"irregular": func() time.Duration { return time.Duration(rand.ExpFloat64() * float64(50*time.Millisecond)) }, //nolint:gosec // It guards nothing.
		"in bursts": func() time.Duration {
			return time.Duration(rand.IntN(2)) * time.Duration(rand.IntN(3)) * time.Second / 10 //nolint:gosec // It guards nothing.
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newExtra()

				var due, spent []time.Time

				within := func(times []time.Time) (n int) {
					for i := len(times) - 1; i >= 0 && time.Since(times[i]) < 10*time.Second; i-- {
						n++
					}

					return n
				}

				for range 3000 {
					e.due()

					due = append(due, time.Now())

					if e.take() { // Everything fails.
						spent = append(spent, time.Now())

						if all, extra := within(due), within(spent); extra*10 > all {
							t.Fatalf("%d extra calls for %d in 10 s", extra, all)
						}
					}

					time.Sleep(pause())
				}

				if name != "sparse" && len(spent) < 3000/15 {
					t.Errorf("only %d of 3000", len(spent))
				}
			})
		})
	}
}

// TestExtraAfterAPause has nothing left of what was due before it.
func TestExtraAfterAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, pause := range []time.Duration{11 * time.Second, time.Hour, 10_000 * time.Hour} {
			e := newExtra()
			for range 1000 {
				e.due()
			}

			time.Sleep(pause)

			if e.take() {
				t.Errorf("taken after %v", pause)
			}
		}
	})
}
