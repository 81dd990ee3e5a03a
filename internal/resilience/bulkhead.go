package resilience

import (
	"sync/atomic"

	"storefront/internal/telemetry"
)

// bulkhead bounds the calls to one service that are under way, so that one that
// hangs does not take the memory and the connections of all.
type bulkhead struct {
	most    int64
	now     atomic.Int64
	metrics *telemetry.Upstream
}

// enter reports whether there is room for one more call; leave must follow then.
func (b *bulkhead) enter() bool {
	if b.now.Add(1) > b.most {
		b.now.Add(-1)

		return false
	}

	b.metrics.Began()

	return true
}

func (b *bulkhead) leave() {
	b.now.Add(-1)
	b.metrics.Ended()
}
