package load

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"
)

// turns hands out requests: the next one's number and when it is due. There are
// no more when it says so. It is called concurrently.
type turns func() (n int, due time.Time, more bool)

// turns begins a run: its time counts from now.
func (p *Plan) turns(ctx context.Context) turns {
	if p.Rate > 0 {
		return p.atTheirTimes(ctx)
	}

	var next atomic.Int64

	begin := time.Now()

	return func() (int, time.Time, bool) {
		n, now := int(next.Add(1))-1, time.Now()

		return n, now, n < p.Requests && (p.For == 0 || now.Sub(begin) < p.For)
	}
}

// atTheirTimes hands out each request when it is due, or later when no
// connection is free.
func (p *Plan) atTheirTimes(ctx context.Context) turns {
	handed := make(chan int)
	schedule := schedule{begin: time.Now(), rate: p.Rate}

	go func() {
		// A thread of its own can sleep more exactly than the runtime's timers,
		// which an idle program takes up to a millisecond late.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(handed)

		for n := range schedule.count(p.For, p.Requests) {
			if !sleepUntil(ctx, schedule.due(n)) {
				return
			}

			select {
			case handed <- n:
			case <-ctx.Done():
				return
			}
		}
	}()

	return func() (int, time.Time, bool) {
		n, more := <-handed

		return n, schedule.due(n), more
	}
}

// schedule is requests that are due evenly spread.
type schedule struct {
	begin time.Time
	rate  float64 // in a second
}

// due is when the nth request is due, counted from 0.
func (s schedule) due(n int) time.Time {
	return s.begin.Add(time.Duration(float64(n) / s.rate * float64(time.Second)))
}

// count is how many requests are due in a time, most at the most; 0 is without
// an end.
func (s schedule) count(within time.Duration, most int) int {
	if within == 0 {
		return most
	}

	return min(most, max(1, int(within.Seconds()*s.rate)))
}

// sleepUntil waits for a moment, and reports whether ctx still stands.
func sleepUntil(ctx context.Context, moment time.Time) bool {
	const longest = 10 * time.Millisecond // so that the end of ctx is seen

	for ctx.Err() == nil {
		left := time.Until(moment)
		if left <= 0 {
			return true
		}

		sleep(min(left, longest))
	}

	return false
}
