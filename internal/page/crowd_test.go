package page_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/cache"
	"storefront/internal/fresh"
	"storefront/internal/page"
)

// TestGather has many ask for what may not be kept, twice: the second answer is
// made when all of them have asked again, and for all of them, or after the
// desk's patience where some stay away.
func TestGather(t *testing.T) {
	t.Parallel()

	const (
		crowd    = 20
		patience = time.Millisecond
	)

	for name, test := range map[string]struct {
		patience    time.Duration
		first, back int           // how many ask at first, and how many come back
		pause       time.Duration // between the two
		made        time.Duration // how long the maker waits for the others
	}{
		"all come back":      {patience, crowd, crowd, 0, 0},
		"some stay away":     {patience, crowd, crowd / 2, 0, patience},
		"only one is back":   {patience, crowd, 1, 0, patience},
		"too long ago":       {patience, crowd, 1, time.Second, 0},
		"too few to wait":    {patience, 2, 1, 0, 0},
		"nobody is to wait":  {0, crowd, 1, 0, 0},
		"more than expected": {patience, crowd, 2 * crowd, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				desk := page.NewDesk(cache.NewStore[string](0), test.patience)

				ask(t, desk, test.first)
				time.Sleep(test.pause)

				if waited := ask(t, desk, test.back); waited != test.made {
					t.Errorf("the maker waited %v for the others, want %v", waited, test.made)
				}
			})
		})
	}
}

// ask has so many ask for one thing at the same time, sees that one of them
// makes it for all, and returns how long that one waited for a turn.
func ask(t *testing.T, desk *page.Desk[string], crowd int) time.Duration {
	t.Helper()

	var (
		all    sync.WaitGroup
		makers atomic.Int64
		waited atomic.Int64
	)

	for range crowd {
		all.Go(func() {
			begin := time.Now()

			value, found, turn := desk.Wait(context.Background(), "key", time.Time{})
			if turn == nil {
				if !found || value != "made" {
					t.Errorf("one got %q, %v", value, found)
				}

				return
			}

			makers.Add(1)
			waited.Store(int64(time.Since(begin)))
			time.Sleep(time.Microsecond) // The others have asked by then.
			turn.Deliver(fresh.Terms{}, "public key", func() (string, int) { return "made", 1 })
		})
	}

	all.Wait()

	if n := makers.Load(); n != 1 {
		t.Errorf("it is made %d times for %d", n, crowd)
	}

	return time.Duration(waited.Load())
}
