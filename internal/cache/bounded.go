package cache

import (
	"iter"

	"github.com/maypok86/otter/v2"
)

// Bounded is a cache whose entries weigh at most so many bytes together. It
// keeps those that are likely to be used again. It is safe for concurrent use.
type Bounded[V any] struct {
	entries *otter.Cache[string, V]
}

// NewBounded returns a cache of at most maxBytes, above 0; weigh tells about how
// many bytes an entry takes.
func NewBounded[V any](maxBytes int64, weigh func(key string, value V) int64) *Bounded[V] {
	return &Bounded[V]{otter.Must(&otter.Options[string, V]{
		MaximumWeight: uint64(maxBytes),                                                      //nolint:gosec // Positive by contract.
		Weigher:       func(key string, value V) uint32 { return uint32(weigh(key, value)) }, //nolint:gosec // Entries are far below 4 GiB.
	})}
}

// Put keeps value for key, in place of any other.
func (c *Bounded[V]) Put(key string, value V) { c.entries.Set(key, value) }

// Get returns the value for key, if it is there.
func (c *Bounded[V]) Get(key string) (V, bool) { return c.entries.GetIfPresent(key) }

// Drop forgets the value for key.
func (c *Bounded[V]) Drop(key string) { c.entries.Invalidate(key) }

// All yields what is kept, in no order. Entries may come and go meanwhile.
func (c *Bounded[V]) All() iter.Seq2[string, V] { return c.entries.All() }

// Bytes returns about how many bytes the cache holds.
func (c *Bounded[V]) Bytes() uint64 {
	c.entries.CleanUp()

	return c.entries.WeightedSize()
}

// Len returns about how many entries the cache holds.
func (c *Bounded[V]) Len() int {
	c.entries.CleanUp()

	return c.entries.EstimatedSize()
}
