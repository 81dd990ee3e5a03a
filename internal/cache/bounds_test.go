package cache_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"storefront/internal/cache"
)

// load is one way to fill a cache beyond its bounds.
type load struct {
	maxEntries, keys int
	maxBytes         int64
	size             func(*rand.Rand) int
}

func loads() map[string]load {
	return map[string]load{
		"the count binds": {maxEntries: 50, maxBytes: 1 << 20, keys: 500, size: func(r *rand.Rand) int { return r.IntN(100) }},
		"the bytes bind":  {maxEntries: 1000, maxBytes: 64 << 10, keys: 500, size: func(r *rand.Rand) int { return r.IntN(8 << 10) }},
		"either":          {maxEntries: 100, maxBytes: 64 << 10, keys: 1000, size: func(r *rand.Rand) int { return r.IntN(1 << r.IntN(14)) }},
		"some are larger than all": {
			maxEntries: 100, maxBytes: 64 << 10, keys: 500, size: func(r *rand.Rand) int { return r.IntN(2) * (128 << 10) },
		},
	}
}

// TestBounds has several goroutines use a cache at random and holds what is in
// it against both bounds, by the sizes that the test knows.
func TestBounds(t *testing.T) {
	t.Parallel()

	for name, l := range loads() {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%s, seed %d", name, seed), func(t *testing.T) {
				t.Parallel()

				c := cache.NewLastGood(maxAge, l.maxEntries, l.maxBytes)
				l.run(c, seed)
				l.judge(t, c)
			})
		}
	}
}

func (l load) run(c *cache.LastGood, seed uint64) {
	const workers, rounds = 4, 2000

	var all sync.WaitGroup

	for worker := range uint64(workers) {
		all.Go(func() {
			random := rand.New(rand.NewPCG(seed, worker)) //nolint:gosec // The same load each time.
			for range rounds {
				key := strconv.Itoa(random.IntN(l.keys))

				switch random.IntN(10) {
				case 0:
					c.Drop(key)
				case 1, 2, 3:
					c.Get(key)
				default:
					size := l.size(random)
					c.Put(key, size, size)
				}
			}
		})
	}

	all.Wait()
}

func (l load) judge(t *testing.T, c *cache.LastGood) {
	t.Helper()

	count, held := c.Len(), c.Bytes() // they see to it that no removal is pending
	entries, size := 0, 0

	for key := range l.keys {
		if value, _, ok := c.Get(strconv.Itoa(key)); ok {
			entries++
			size += value.(int)
		}
	}

	if entries > l.maxEntries || int64(size) > l.maxBytes {
		t.Errorf("%d entries of %d bytes; allowed are %d of %d", entries, size, l.maxEntries, l.maxBytes)
	}

	if count != entries || held < uint64(size) || held > uint64(l.maxBytes) { //nolint:gosec // Positive by construction.
		t.Errorf("the cache says %d entries of %d bytes; there are %d of %d", count, held, entries, size)
	}

	if entries == 0 {
		t.Error("the cache keeps nothing at all")
	}
}
