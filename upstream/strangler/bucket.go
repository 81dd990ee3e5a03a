package strangler

import "time"

// bucket lets as many pass in a second as it is bound to, and as many at once.
// It is not safe for concurrent use. (golang.org/x/time is internal/quota's: a
// bucket that nobody waits at is these lines.)
type bucket struct {
	perSecond float64
	tokens    float64
	filled    time.Time
}

// bound sets the rate; a new bucket is full.
func (b *bucket) bound(perSecond int, now time.Time) {
	if b.perSecond == 0 {
		b.tokens, b.filled = float64(perSecond), now
	}

	b.perSecond = float64(perSecond)
	b.fill(now)
}

func (b *bucket) fill(now time.Time) {
	if passed := now.Sub(b.filled); passed > 0 {
		b.tokens += passed.Seconds() * b.perSecond
		b.filled = now
	}

	b.tokens = min(b.tokens, b.perSecond)
}

// take reports whether one more may pass.
func (b *bucket) take(now time.Time) bool {
	b.fill(now)

	if b.tokens < 1 {
		return false
	}

	b.tokens--

	return true
}
