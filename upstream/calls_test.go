package upstream_test

import (
	"testing"

	"storefront/internal/fanout"
	"storefront/upstream"
)

func TestAllow(t *testing.T) {
	t.Parallel()

	bounds := map[string]fanout.Bound{"GET /a": {Calls: 3}, "GET /b": {Calls: 5}, "document C": {Calls: 5}}

	if err := (&upstream.Settings{MaxCalls: 5}).Allow(bounds); err != nil {
		t.Error(err)
	}

	want := "MAX_UPSTREAM_CALLS=4: must be at least 5, since GET /b may cause so many upstream calls"
	if err := (&upstream.Settings{MaxCalls: 4}).Allow(bounds); err == nil || err.Error() != want {
		t.Errorf("said %v, want %s", err, want)
	}
}
