package cache_test

import (
	"testing"
	"time"

	"storefront/internal/cache"
)

// TestRenew has everything be asked for again, but keeps what stands in for
// failures.
func TestRenew(t *testing.T) {
	t.Parallel()

	registry := cache.NewRegistry(1 << 20)
	answers, good := cache.NewLastGood(time.Hour, 100, 1<<20), cache.NewLastGood(time.Hour, 100, 1<<20)
	grounded := 0

	registry.Add("web", "answers", answers, func() { grounded++ })
	registry.Add("web", cache.LastGoodKind, good, func() {})
	answers.Put("key", tagged{}, 1)
	good.Put("key", tagged{}, 1)

	if n, err := registry.Renew(t.Context()); n != 1 || err != nil || grounded != 1 || answers.Len() != 0 || good.Len() != 1 {
		t.Errorf("%d purged, %v; %d answers and %d last good ones are left", n, err, answers.Len(), good.Len())
	}
}
