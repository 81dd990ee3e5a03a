package stub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"storefront/bench/internal/stub"
)

// TestPlaces: each service makes so many answers at a time, and the others wait
// in line; what one service does is nothing to another.
func TestPlaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const delay = 20 * time.Millisecond

		s := newStub(t, stub.Options{Users: 1, Delay: delay, Places: 2})
		start := time.Now()
		took := make(chan time.Duration)

		for _, service := range []string{"user", "user", "user", "user", "user", "product"} {
			go func() {
				target := map[string]string{"user": "/users/user_1", "product": "/products?user_id=user_1"}[service]
				if status, _, _ := get(t, s, service, target); status != 200 {
					t.Errorf("%s: got %d", service, status)
				}

				took <- time.Since(start)
			}()
		}

		for i, want := range []time.Duration{delay, delay, delay, 2 * delay, 2 * delay, 3 * delay} {
			if got := <-took; got != want {
				t.Errorf("answer %d after %v, want %v", i, got, want)
			}
		}

		if calls := s.Calls(); calls.User != 5 || calls.Product != 1 {
			t.Errorf("%+v", calls)
		}
	})
}
