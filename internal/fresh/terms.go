package fresh

import (
	"slices"
	"time"
)

// Terms are on what terms an answer made of several values may be used again.
// The zero Terms allow nothing.
type Terms struct {
	// Until is the end of the shortest part; zero is for this request alone.
	Until time.Time
	// Public is true where all parts may be shown to anybody.
	Public bool
	// Tags name what the answer shows, such as "product:prod_1", so that it can
	// be purged when one of them changes.
	Tags []string
}

// Whole are the terms of an answer that is made of nothing yet: without end.
func Whole() Terms { return Terms{Until: forever(), Public: true} }

// forever is later than any answer is kept.
func forever() time.Time { return time.Unix(1<<40, 0) } //nolint:mnd // Some 35,000 years.

// With returns the terms of an answer with one more part. One that is not fresh
// leaves nothing to be used again.
func (t Terms) With(part Status, tags ...string) Terms {
	if part.State != Fresh || part.Until.IsZero() || t.Until.IsZero() {
		return Terms{}
	}

	if part.Until.Before(t.Until) {
		t.Until = part.Until
	}

	return Terms{Until: t.Until, Public: t.Public && part.Public, Tags: append(slices.Clip(t.Tags), tags...)}
}

// For returns the terms with an end that is at most so far from now.
func (t Terms) For(most time.Duration) Terms {
	switch end := time.Now().Add(most); {
	case t.Until.IsZero() || most <= 0:
		return Terms{}
	case end.Before(t.Until):
		t.Until = end
	}

	return t
}
