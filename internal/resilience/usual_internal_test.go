package resilience

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// TestClasses: every time is in a class that ends after it, an eighth at most.
func TestClasses(t *testing.T) {
	t.Parallel()

	for range 100_000 {
		took := time.Duration(rand.Int64N(int64(time.Minute))) //nolint:gosec // It guards nothing.
		if rand.IntN(2) == 0 {                                 //nolint:gosec // As above.
			took = time.Duration(rand.Int64N(int64(10 * time.Millisecond))) //nolint:gosec // It guards nothing.
		}

		end := endOf(classOf(took))
		if end <= took || end > took+took/usualParts+usualUnit {
			t.Fatalf("%v is in a class that ends at %v", took, end)
		}
	}

	for _, took := range []time.Duration{-1, 0, 1 << 62} {
		if class := classOf(took); class < 0 || class >= usualClasses {
			t.Errorf("%v is in class %d", took, class)
		}
	}
}

// TestUsual follows what a service does, and forgets.
func TestUsual(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := new(usual)
		if _, known := u.pace(); known {
			t.Error("known from the start")
		}

		check := func(want time.Duration) {
			t.Helper()

			got, known := u.pace()
			if !known || got.tenth > want/10*2 || got.median < want*45/100 || got.median > want*65/100 || got.high < want*90/100 || got.high > want*110/100 {
				t.Errorf("got %v (%t) of up to %v", got, known, want)
			}
		}

		add := func(most time.Duration, seconds int) {
			for range seconds * 100 {
				u.add(time.Duration(rand.Int64N(int64(most)))) //nolint:gosec // It guards nothing.
				time.Sleep(10 * time.Millisecond)
			}
		}

		add(100*time.Millisecond, 10)
		check(100 * time.Millisecond)
		add(time.Second, 25)
		check(time.Second)
		time.Sleep(time.Minute)

		u.add(time.Millisecond)

		if _, known := u.pace(); known {
			t.Error("known after a pause")
		}
	})
}

// FuzzRetryAfter takes whatever a service may say.
func FuzzRetryAfter(f *testing.F) {
	for _, text := range []string{"", "0", "120", "-1", "1.5", "99999999999999999999", "Wed, 21 Oct 2015 07:28:00 GMT", "soon"} {
		f.Add(text)
	}

	f.Fuzz(func(t *testing.T, text string) {
		if after := retryAfter(text); after < -1 {
			t.Errorf("%q is %v", text, after)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for text, want := range map[string]time.Duration{
			"": -1, "0": 0, "7": 7 * time.Second, "-7": -1, "1.5": -1, "soon": -1,
			time.Now().Add(90 * time.Second).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"): 90 * time.Second,
			"Wed, 21 Oct 1998 07:28:00 GMT": 0,
		} {
			if got := retryAfter(text); got != want {
				t.Errorf("%q is %v, want %v", text, got, want)
			}
		}
	})
}
