package fanout_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/fresh"
)

const ms = time.Millisecond

func TestSideBySide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		a, b, c := good(optional("a"), 50*ms), good(optional("b"), 50*ms), good(optional("c"), 50*ms)
		report, err := fanout.Run(t.Context(), a, b, c)

		took(t, start, 50*ms)

		if err != nil || report.Degraded() != nil {
			t.Errorf("got %v, %v", report, err)
		}

		for name, p := range map[string]*part{"a": a, "b": b, "c": c} {
			has(t, p, name)

			if p.Err() != nil || p.Status() != (fresh.Status{}) {
				t.Errorf("%s: %v, %v", name, p.Status(), p.Err())
			}
		}
	})
}

func TestReportKeepsTheOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		old := after(optional("old"), 30*ms, fresh.Old("old", fault.Overload, time.Minute), nil)
		gone := failed(optional("gone"), 10*ms, fault.New(fault.InvalidResponse, "no JSON"))
		fine := good(optional("fine"), 20*ms)
		report, err := fanout.Run(t.Context(), old, gone, fine)

		stale := fanout.Standing{Section: "old", Status: fresh.Status{State: fresh.Stale, Reason: fault.Overload, Age: time.Minute}}
		omitted := fanout.Standing{Section: "gone", Status: fresh.Status{State: fresh.Omitted, Reason: fault.InvalidResponse}}

		if diff := cmp.Diff(fanout.Report{stale, omitted, {Section: "fine"}}, report); diff != "" || err != nil {
			t.Error(err, diff)
		}

		if diff := cmp.Diff([]fanout.Standing{stale, omitted}, report.Degraded()); diff != "" {
			t.Error(diff)
		}

		has(t, old, "old")
		has(t, gone, "")
	})
}

// TestValueAndErrorDisagree has a get that says both: what failed is not shown.
func TestValueAndErrorDisagree(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		both := after(optional("both"), ms, fresh.Now("half"), fault.New(fault.Timeout, "late"))
		fine := good(optional("fine"), ms)

		if _, err := fanout.Run(t.Context(), both, fine); err != nil {
			t.Error(err)
		}

		has(t, both, "")
	})
}

func TestNothingToFetch(t *testing.T) {
	t.Parallel()

	report, err := fanout.Run(t.Context())
	if err != nil || len(report) != 0 {
		t.Errorf("got %v, %v", report, err)
	}
}

// TestNotRun is a part that Run was never called for.
func TestNotRun(t *testing.T) {
	t.Parallel()

	p := good(optional("a"), 0)
	has(t, p, "")

	if status := p.Status(); status.State != fresh.Omitted {
		t.Errorf("stands as %v", status)
	}
}

// TestContextOfTheParts tells that what the request carries reaches the parts.
func TestContextOfTheParts(t *testing.T) {
	t.Parallel()

	type key struct{}

	p := fanout.Of(optional("a"), func(ctx context.Context) (fresh.Value[string], error) {
		value, _ := ctx.Value(key{}).(string)

		return fresh.Now(value), nil
	})
	if _, err := fanout.Run(context.WithValue(t.Context(), key{}, "carried"), p); err != nil {
		t.Error(err)
	}

	has(t, p, "carried")
}
