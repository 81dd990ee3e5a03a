package resilience

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestOneStepAtATime: while a circuit changes nobody gets leave of the era that
// is over. Its verdict would not count, and its permit be lost for good.
func TestOneStepAtATime(t *testing.T) {
	t.Parallel()

	var b *breaker

	changes := 0
	b = newBreaker(func(to Circuit) {
		changes++

		asked := make(chan struct{})

		go func() {
			defer close(asked)

			if p, ok := b.admit(); ok {
				b.judge(p, failing)
			}
		}()

		select {
		case <-asked:
			if to != Closed { // Then there is nothing to wait for.
				t.Errorf("somebody was answered while it became %s", to)
			}
		case <-time.After(5 * time.Millisecond): // Long enough for who does not wait.
		}
	})

	for range breakerFailures {
		p, _ := b.admit()
		b.judge(p, failing)
	}

	b.until.Store(0)

	if p, ok := b.admit(); ok {
		b.judge(p, well)
	}

	if changes != 3 { // open, half-open, closed
		t.Errorf("%d changes", changes)
	}
}

// TestVerdictsOfAnotherEra say nothing: what was asked before a circuit opened
// does not open it again.
func TestVerdictsOfAnotherEra(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreaker(func(Circuit) {})

		late := make([]permit, breakerFailures)
		for i := range late {
			late[i], _ = b.admit()
		}

		for range breakerFailures {
			p, _ := b.admit()
			b.judge(p, failing)
		}

		time.Sleep(breakerLongest)

		p, ok := b.admit()
		if !ok || !p.probe {
			t.Fatal("no probe")
		}

		b.judge(p, well)

		for _, p := range late {
			b.judge(p, failing)
		}

		if !b.closed() {
			t.Error("it opened for what was asked before")
		}
	})
}
