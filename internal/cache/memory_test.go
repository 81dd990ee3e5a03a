package cache_test

import (
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"storefront/internal/cache"
)

// heap is how many bytes of the heap are in use.
func heap() int64 {
	var m runtime.MemStats

	runtime.GC()
	runtime.GC() // once more for what pools still had
	runtime.ReadMemStats(&m)

	return int64(m.HeapAlloc) //nolint:gosec // Some megabytes.
}

// put adds an answer of about size bytes under a key as long as most are.
func put(c *cache.LastGood, i, size int) {
	value := strings.Repeat("v", size)
	c.Put(strings.Repeat("k", 60)+strconv.Itoa(i), &value, size+16)
}

// TestClaimedBytes holds what the cache says it takes against what it takes.
func TestClaimedBytes(t *testing.T) { //nolint:paralleltest // It measures the heap of the process.
	const maxBytes, perEntry, filled = 1 << 30, 256, 2 << 20

	for _, size := range []int{64, 256, 1024, 16 << 10} {
		before := heap()
		c := cache.NewLastGood(maxAge, maxBytes/perEntry, maxBytes)

		for i := range filled / (size + 300) {
			put(c, i, size)
		}

		claimed, taken := int64(c.Bytes()), heap()-before //nolint:gosec // Some megabytes.
		if taken > 2*claimed || claimed > 2*taken {
			t.Errorf("answers of %d bytes: %d bytes are claimed and %d taken", size, claimed, taken)
		}

		runtime.KeepAlive(c)
	}
}

// TestFlood puts twenty times what a cache may hold into it, from several
// sides and without ever asking how it stands.
func TestFlood(t *testing.T) { //nolint:paralleltest // It measures the heap of the process.
	const maxBytes, size = 1 << 20, 1024

	before := heap()
	c := cache.NewLastGood(maxAge, maxBytes/256, maxBytes)

	var all sync.WaitGroup

	for worker := range 4 {
		all.Go(func() {
			for i := range 5_000 {
				put(c, worker*5_000+i, size)
			}
		})
	}

	all.Wait()

	if taken := heap() - before; taken > 3*maxBytes {
		t.Errorf("%d bytes are taken, of %d allowed", taken, maxBytes)
	}

	runtime.KeepAlive(c)
}
