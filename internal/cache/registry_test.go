package cache_test

import (
	"context"
	"errors"
	"slices"
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

// level notes what is purged.
type level struct {
	cache.Shared

	purged []cache.Purge
	err    error
}

func (l *level) Purge(_ context.Context, which cache.Purge) error {
	l.purged = append(l.purged, which)

	return l.err
}

// TestRenewShared purges of the second level what has the tags, and no more.
func TestRenewShared(t *testing.T) {
	t.Parallel()

	for name, tags := range map[string][]string{"none": nil, "one": {"a"}, "two": {"a", "b"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			registry, shared := cache.NewRegistry(1<<20), &level{err: errors.New("later")}
			registry.Share(shared)

			_, err := registry.Renew(t.Context(), tags...)
			if (err != nil) != (len(tags) > 0) {
				t.Errorf("error %v", err)
			}

			var got []string
			for _, which := range shared.purged {
				got = append(got, which.Tag)
			}

			if !slices.Equal(got, tags) || slices.Contains(got, "") {
				t.Errorf("purged %+v", shared.purged)
			}
		})
	}
}
