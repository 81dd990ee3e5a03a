package fresh_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/fault"
	"storefront/internal/fresh"
)

func TestRungs(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		got  fresh.Value[string]
		want fresh.Value[string]
	}{
		"fresh": {fresh.Now("new"), fresh.Value[string]{Of: "new"}},
		"stale": {
			fresh.Old("old", fault.Timeout, time.Minute),
			fresh.Value[string]{Of: "old", Status: fresh.Status{State: fresh.Stale, Reason: fault.Timeout, Age: time.Minute}},
		},
		"omitted": {
			fresh.None[string](fault.Overload),
			fresh.Value[string]{Status: fresh.Status{State: fresh.Omitted, Reason: fault.Overload}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if diff := cmp.Diff(test.want, test.got); diff != "" {
				t.Error(diff)
			}

			if got := test.got.State.String(); got != name {
				t.Errorf("clients read %q, want %q", got, name)
			}
		})
	}

	if got := (fresh.Omitted + 1).String(); got != "unknown" {
		t.Errorf("a state that does not exist is %q", got)
	}
}
