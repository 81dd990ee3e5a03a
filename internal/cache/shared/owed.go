package shared

import (
	"sync"
	"sync/atomic"

	"storefront/internal/cache"
)

// owed are purges that are still to be carried out. It is safe for concurrent
// use.
type owed struct {
	count atomic.Int64 // of list, for who only asks whether there are any
	mu    sync.Mutex
	list  []cache.Purge
}

func (o *owed) len() int { return int(o.count.Load()) }

func (o *owed) add(which cache.Purge) {
	const most = 1000

	o.mu.Lock()
	defer o.mu.Unlock()

	if len(o.list) >= most { // Then all goes; the first may be being carried out.
		o.list, which = o.list[:1:1], cache.Purge{}
	}

	o.list = append(o.list, which)
	o.count.Store(int64(len(o.list)))
}

func (o *owed) first() (which cache.Purge, found bool) {
	o.mu.Lock()
	defer o.mu.Unlock()

	if len(o.list) == 0 {
		return which, false
	}

	return o.list[0], true
}

// paid takes the first one off.
func (o *owed) paid() {
	o.mu.Lock()
	defer o.mu.Unlock()

	o.list = o.list[1:]
	o.count.Store(int64(len(o.list)))
}
