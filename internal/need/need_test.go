package need_test

import (
	"context"
	"testing"
	"time"

	"storefront/internal/need"
)

// TestDerived: all that a section gets follows from the one word.
func TestDerived(t *testing.T) {
	t.Parallel()

	for n, want := range map[need.Need]struct {
		name   string
		within time.Duration
		extra  bool
		shed   bool
	}{
		need.Optional:  {"optional", 930 * time.Millisecond, false, true},
		need.Important: {"important", 970 * time.Millisecond, true, false},
		need.Required:  {"required", time.Second, true, false},
	} {
		busy := context.WithValue(t.Context(), need.SheddingKey{}, true)

		if n.String() != want.name || n.Within(time.Second) != want.within {
			t.Errorf("%d: %s within %v", n, n, n.Within(time.Second))
		}

		if got := n.Of(busy); got != (need.Wanted{Need: n, Shed: want.shed}) {
			t.Errorf("%s with too much to do: %+v", n, got)
		}

		if got := need.From(need.With(t.Context(), n.Of(t.Context()))); got != (need.Wanted{Need: n, Extra: want.extra}) {
			t.Errorf("%s by context: %+v", n, got)
		}
	}

	if got := need.From(t.Context()); got != (need.Wanted{}) {
		t.Errorf("a call for no section: %+v", got)
	}
}
