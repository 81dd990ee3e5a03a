package strangler

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// times that are long enough and just not.
const moment = time.Millisecond

func enter(t *testing.T, h *health, want bool) permit {
	t.Helper()

	p, open := h.enter()
	if open != want {
		t.Fatalf("the new side is asked: %t", open)
	}

	return p
}

// Ten failures in a row, and it is left alone; each probe that fails makes the
// pause longer, one that works ends it.
func TestHealthRests(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		h := newHealth()

		for range healthFailures - 1 {
			h.leave(enter(t, h, true), broke)
		}

		h.leave(enter(t, h, true), worked) // Not in a row.

		for range healthFailures - 1 {
			h.leave(enter(t, h, true), broke)
			h.leave(enter(t, h, true), gone) // That tells nothing.
		}

		h.leave(enter(t, h, true), broke)

		for _, pause := range []time.Duration{healthPause, 2 * healthPause, 4 * healthPause, healthLongest, healthLongest} {
			time.Sleep(pause - moment)
			enter(t, h, false)
			time.Sleep(moment)

			probe := enter(t, h, true)
			enter(t, h, false) // One at a time.
			h.leave(probe, broke)
			enter(t, h, false)
		}

		time.Sleep(healthLongest)
		h.leave(enter(t, h, true), gone) // The permit is free at once.
		h.leave(enter(t, h, true), worked)

		for range healthFailures { // It is well, and the next pause is short again.
			h.leave(enter(t, h, true), broke)
		}

		time.Sleep(healthPause)
		enter(t, h, true)
	})
}

// What was asked before the pause says nothing about the time since.
func TestHealthForgetsTheLate(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		h := newHealth()

		var early []permit
		for range 3 * healthFailures {
			early = append(early, enter(t, h, true))
		}

		for range healthFailures {
			h.leave(enter(t, h, true), broke)
		}

		h.leave(early[0], worked)
		enter(t, h, false)
		time.Sleep(healthPause)

		probe := enter(t, h, true)
		h.leave(early[1], gone)
		enter(t, h, false)
		h.leave(probe, worked)

		for _, p := range early[2:] {
			h.leave(p, broke)
		}

		enter(t, h, true)
	})
}

// However many ask at one time, one probes.
func TestHealthProbesOnce(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		h := newHealth()
		for range healthFailures {
			h.leave(enter(t, h, true), broke)
		}

		time.Sleep(healthPause)

		var (
			all   sync.WaitGroup
			asked atomic.Int64
		)

		for range 50 {
			all.Go(func() {
				if p, open := h.enter(); open {
					asked.Add(1)
					time.Sleep(moment) // All others have asked.
					h.leave(p, broke)
				}
			})
		}

		all.Wait()

		if n := asked.Load(); n != 1 {
			t.Errorf("%d probes at a time", n)
		}
	})
}
