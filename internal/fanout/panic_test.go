package fanout_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/telemetry"
)

// TestPanicCostsTheSection also has to be found by the people on call: with its
// stack, in the record of the request.
func TestPanicCostsTheSection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		record := &telemetry.Record{}
		broken := fanout.Of(optional("broken"), func(context.Context) (fresh.Value[string], error) {
			panic("index out of range")
		})
		fine := good(optional("fine"), 10*ms)

		if _, err := fanout.Run(telemetry.WithRecord(t.Context(), record), broken, fine); err != nil {
			t.Error(err)
		}

		has(t, broken, "")
		has(t, fine, "fine")

		if status := broken.Status(); status.Reason != fault.Unavailable {
			t.Errorf("stands as %v", status)
		}

		stack := record.Fault()
		if stack == nil || !errors.Is(broken.Err(), stack) {
			t.Fatalf("recorded is %v, the part's error %v", stack, broken.Err())
		}

		for _, want := range []string{"section broken", "index out of range", "panic_test.go"} {
			if !strings.Contains(stack.Error(), want) {
				t.Errorf("%q is not in %v", want, stack)
			}
		}
	})
}

func TestPanicOfARequiredSection(t *testing.T) {
	t.Parallel()

	broken := fanout.Of(required("broken"), func(context.Context) (fresh.Value[string], error) { panic("boom") })
	if _, err := fanout.Run(t.Context(), broken); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
}
