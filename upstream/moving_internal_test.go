package upstream

import (
	"context"
	"log/slog"
	"testing"

	"storefront/internal/cache"
	"storefront/internal/serve"
)

// level notes what is purged of what replicas share.
type level struct {
	cache.Shared

	purged []cache.Purge
}

func (l *level) Purge(_ context.Context, which cache.Purge) error {
	l.purged = append(l.purged, which)

	return nil
}

// TestForget purges of what replicas share only what the services have said that
// answer less: each replica does so by itself.
func TestForget(t *testing.T) {
	t.Parallel()

	app, shared := &serve.App{Log: slog.New(slog.DiscardHandler), Caches: cache.NewRegistry(1 << 20)}, &level{}
	app.Caches.Share(shared)

	forget(app, []string{"order", "user"})

	if len(shared.purged) != 2 || shared.purged[0] != (cache.Purge{Tag: "new-side:order"}) || shared.purged[1] != (cache.Purge{Tag: "new-side:user"}) {
		t.Errorf("purged %+v", shared.purged)
	}
}
