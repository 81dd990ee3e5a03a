package quota

import (
	"container/list"
	"sync"

	"golang.org/x/time/rate"
)

// table is a bucket for each key, at most MaxClients of them.
type table[K comparable] struct {
	limit rate.Limit
	burst int

	mu    sync.Mutex
	known map[K]*list.Element
	order list.List // of *client[K], the one that was heard of last first
}

type client[K comparable] struct {
	key    K
	bucket *rate.Limiter
}

func newTable[K comparable](limit rate.Limit, burst int) *table[K] {
	return &table[K]{limit: limit, burst: burst, known: map[K]*list.Element{}}
}

// of returns the bucket of a client; a new one is full.
func (t *table[K]) of(key K) *rate.Limiter {
	t.mu.Lock()
	defer t.mu.Unlock()

	if at, found := t.known[key]; found {
		t.order.MoveToFront(at)

		return at.Value.(*client[K]).bucket //nolint:forcetypeassert // Nothing else is put in.
	}

	if t.order.Len() >= MaxClients {
		oldest := t.order.Remove(t.order.Back()).(*client[K]) //nolint:forcetypeassert // As above.
		delete(t.known, oldest.key)
	}

	c := &client[K]{key: key, bucket: rate.NewLimiter(t.limit, t.burst)}
	t.known[key] = t.order.PushFront(c)

	return c.bucket
}
