package fanout_test

import (
	"testing"

	"storefront/internal/fanout"
)

// TestBound: a section is one call of the first wave unless it says otherwise.
func TestBound(t *testing.T) {
	t.Parallel()

	later := fanout.Section{Name: "items", Calls: 3, Wave: 2}

	for want, sections := range map[string][]fanout.Section{
		"calls 0  waves 0": nil,
		"calls 2  waves 1": {optional("a"), required("b")},
		"calls 4  waves 2": {later, optional("a")},
	} {
		if got := fanout.BoundOf(sections...).String(); got != want {
			t.Errorf("%v: got %s, want %s", sections, got, want)
		}
	}
}
