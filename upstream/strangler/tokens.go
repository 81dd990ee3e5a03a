package strangler

import "time"

// tokens let as many pass in a second as they are bound to, and as many at once.
// They are not safe for concurrent use. (golang.org/x/time is internal/quota's: what
// nobody waits for is these lines.)
type tokens struct {
	perSecond float64
	left      float64
	filled    time.Time
}

// bound sets the rate; new ones are all there.
func (t *tokens) bound(perSecond int, now time.Time) {
	if t.perSecond == 0 {
		t.left, t.filled = float64(perSecond), now
	}

	t.perSecond = float64(perSecond)
	t.fill(now)
}

func (t *tokens) fill(now time.Time) {
	if passed := now.Sub(t.filled); passed > 0 {
		t.left += passed.Seconds() * t.perSecond
		t.filled = now
	}

	t.left = min(t.left, t.perSecond)
}

// take reports whether one more may pass.
func (t *tokens) take(now time.Time) bool {
	t.fill(now)

	if t.left < 1 {
		return false
	}

	t.left--

	return true
}
