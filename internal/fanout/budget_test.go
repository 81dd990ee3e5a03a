package fanout_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/need"
)

func TestBudgetCutsWhatIsLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx := fanout.WithBudget(t.Context(), time.Second)
		in, late := good(required("in"), 979*ms), good(optional("late"), 981*ms)
		report, err := fanout.Run(ctx, in, late)

		took(t, start, 979*ms) // the rest is for shaping and sending

		if err != nil || len(report.Degraded()) != 1 {
			t.Errorf("got %v, %v", report, err)
		}

		has(t, in, "in")
		has(t, late, "")

		if status := late.Status(); status != (fresh.Status{State: fresh.Omitted, Reason: fault.Timeout}) {
			t.Errorf("stands as %v", status)
		}

		if err := ctx.Err(); err != nil {
			t.Errorf("the page can no more be sent: %v", err)
		}
	})
}

// TestBudgetRunsFromTheRequest has two fan-outs in one request: the second has
// what the first one left.
func TestBudgetRunsFromTheRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx := fanout.WithBudget(t.Context(), time.Second)

		if _, err := fanout.Run(ctx, good(optional("first"), 900*ms)); err != nil {
			t.Error(err)
		}

		_, err := fanout.Run(ctx, never(required("second")))
		took(t, start, 980*ms)

		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("got %v", err)
		}

		// And a third one that has nothing left waits for nobody.
		_, err = fanout.Run(ctx, never(required("third")))
		took(t, start, 980*ms)

		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("got %v", err)
		}
	})
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		if _, ok := fanout.Deadline(t.Context()); ok {
			t.Error("a deadline without a budget")
		}

		for budget, want := range map[time.Duration]time.Duration{
			10 * ms:         9500 * time.Microsecond,
			100 * ms:        95 * ms,
			400 * ms:        380 * ms,
			time.Second:     980 * ms,
			time.Minute:     time.Minute - 20*ms,
			2 * time.Second: 1980 * ms,
		} {
			deadline, ok := fanout.Deadline(fanout.WithBudget(t.Context(), budget))
			if got := time.Until(deadline); !ok || got != want {
				t.Errorf("of %v, %v is for services, want %v", budget, got, want)
			}
		}
	})
}

// TestWithoutBudget ends with the client's own patience.
func TestWithoutBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()

		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()

		in, late := good(optional("in"), 59*time.Minute), never(optional("late"))
		if _, err := fanout.Run(ctx, in, late); err != nil {
			t.Error(err)
		}

		took(t, start, time.Hour)
		has(t, in, "in")
	})
}

// TestShareOfTheBudget: what a page can do without does not hold it up to the
// last moment, and the calls of a section know what it is worth.
func TestShareOfTheBudget(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		part *part
		want time.Duration
	}{
		"optional":  {never(optional("a")), 930 * ms},
		"important": {never(important("a")), 970 * ms},
		"required":  {never(required("a")), 1000 * ms},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				ctx := fanout.WithBudget(t.Context(), 1020*ms) // 20 of them are for shaping and sending

				_, _ = fanout.Run(ctx, test.part)
				took(t, start, test.want)

				start = time.Now()
				ctx = fanout.WithBudget(t.Context(), 1020*ms)

				_, _ = fanout.Run(ctx, good(optional("in"), ms), test.part)
				took(t, start, test.want)
			})
		})
	}
}

// TestCallsKnowWhatTheyAreFor, so that those of optional sections can be shed.
func TestCallsKnowWhatTheyAreFor(t *testing.T) {
	t.Parallel()

	busy := context.WithValue(t.Context(), need.SheddingKey{}, true)

	for _, test := range []struct {
		section fanout.Section
		want    need.Wanted
	}{
		{optional("a"), need.Wanted{Need: need.Optional, Shed: true}},
		{important("b"), need.Wanted{Need: need.Important}},
		{required("c"), need.Wanted{Need: need.Required}},
	} {
		ask := fanout.Of(test.section, func(ctx context.Context) (fresh.Value[string], error) {
			if got := need.From(ctx); got != test.want {
				t.Errorf("%s: got %+v, want %+v", test.section.Name, got, test.want)
			}

			return fresh.Now("in"), nil
		})

		_, _ = fanout.Run(busy, ask)
		_, _ = fanout.Run(busy, good(optional("other"), 0), ask)
	}
}
