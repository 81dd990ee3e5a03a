package timeline_test

import (
	"encoding/json"
	"testing"
	"time"

	"storefront/bench/internal/timeline"
)

var begin = time.Unix(1_700_000_000, 0)

func after(d time.Duration) time.Time { return begin.Add(d) }

// every notes events from the beginning on.
func every(step, until time.Duration) *timeline.Timeline {
	t := new(timeline.Timeline)
	for d := time.Duration(0); d < until; d += step {
		t.Note(after(d))
	}

	return t
}

func TestBetween(t *testing.T) {
	t.Parallel()

	events := every(50*time.Millisecond, 10*time.Second)

	for _, c := range []struct {
		from, to time.Duration
		want     int
	}{
		{0, 10 * time.Second, 200},
		{-time.Hour, time.Hour, 200},
		{time.Second, 2 * time.Second, 20},
		{time.Second, time.Second, 0},
		{time.Second, 1150 * time.Millisecond, 2}, // The slot that holds the end is not in it.
		{10 * time.Second, time.Hour, 0},
	} {
		if got := events.Between(after(c.from), after(c.to)); got != c.want {
			t.Errorf("%s to %s: %d, want %d", c.from, c.to, got, c.want)
		}
	}
}

func TestWorstShare(t *testing.T) {
	t.Parallel()

	due := every(100*time.Millisecond, 30*time.Second)
	seen := every(100*time.Millisecond, 30*time.Second)

	if got := seen.WorstShare(due, begin, after(30*time.Second), 10*time.Second); got != 0.99 {
		t.Errorf("as many as are due are %v", got)
	}

	for range 20 { // A burst within one window of 100 that are due.
		seen.Note(after(12 * time.Second))
	}

	if got := seen.WorstShare(due, begin, after(30*time.Second), 10*time.Second); got != 1.19 {
		t.Errorf("the burst makes %v of 10 s, want 1.19", got)
	}

	if got := seen.WorstShare(due, begin, after(5*time.Second), 10*time.Second); got != 0.98 {
		t.Errorf("before the burst it is %v", got)
	}

	if got := seen.WorstShare(new(timeline.Timeline), begin, after(time.Minute), 10*time.Second); got != 0 {
		t.Errorf("where nothing is due it is %v", got)
	}
}

func TestOldCountsAreForgottenAndNewOnesKept(t *testing.T) {
	t.Parallel()

	events := every(timeline.Slot, 5*time.Hour)

	if got := events.Between(after(5*time.Hour-time.Minute), after(6*time.Hour)); got != 600 {
		t.Errorf("%d of the last minute's 600 are kept", got)
	}

	if got := events.Between(begin, after(time.Hour)); got != 0 {
		t.Errorf("%d of the first hour are kept", got)
	}

	if got := events.Total(); got != 180_000 {
		t.Errorf("the total is %d", got)
	}
}

func TestJSONKeepsAll(t *testing.T) {
	t.Parallel()

	text, err := json.Marshal(every(50*time.Millisecond, 3*time.Second))
	if err != nil {
		t.Fatal(err)
	}

	var read timeline.Timeline
	if err = json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}

	if read.Total() != 60 || read.Between(after(time.Second), after(2*time.Second)) != 20 {
		t.Errorf("%s gives a total of %d", text, read.Total())
	}

	if json.Unmarshal([]byte(`{"slots":"many"}`), &read) == nil {
		t.Error("a word is taken for counts")
	}
}
