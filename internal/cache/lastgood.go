// Package cache keeps things in bounded memory, last good answers above all.
//
// It knows neither services nor clients: callers choose the key, and a key
// must hold all that an answer depends on, who asked included.
package cache

import "time"

// entryOverhead is what one entry costs beside its key and value: the cache's
// node, its hash table slot and the interface that holds the value.
const entryOverhead = 200

// LastGood holds the most recent good answer for each key, bounded by the
// number of entries and by their bytes. It is safe for concurrent use.
type LastGood struct {
	entries *Bounded[entry] // nil: keeps nothing
	maxAge  time.Duration
}

type entry struct {
	value  any
	size   int
	stored time.Time
	maxAge time.Duration
}

// NewLastGood returns a cache whose answers may stand in for maxAge, holding at
// most maxEntries of them in at most maxBytes (both above 0). A maxAge of 0
// returns a cache that keeps nothing.
func NewLastGood(maxAge time.Duration, maxEntries int, maxBytes int64) *LastGood {
	if maxAge <= 0 {
		return &LastGood{}
	}

	// The library bounds either count or weight. An entry that weighs at least
	// its share of the bytes makes the one bound enforce both.
	share := maxBytes / int64(maxEntries)

	return &LastGood{
		maxAge: maxAge,
		entries: NewBounded(maxBytes, func(key string, e entry) int64 {
			return max(share, int64(len(key)+e.size+entryOverhead))
		}),
	}
}

// Put remembers value, which takes about size bytes of memory, as the last good
// answer for key. The value must not be changed afterwards.
func (c *LastGood) Put(key string, value any, size int) { c.PutOld(key, value, size, 0) }

// PutOld is Put for an answer that is of that age already.
func (c *LastGood) PutOld(key string, value any, size int, age time.Duration) {
	c.PutFor(key, value, size, age, c.maxAge)
}

// PutFor is PutOld for an answer that may stand in until it is of maxAge,
// whatever others may.
func (c *LastGood) PutFor(key string, value any, size int, age, maxAge time.Duration) {
	if c.entries != nil {
		c.entries.Put(key, entry{value: value, size: size, stored: time.Now().Add(-age), maxAge: maxAge})
	}
}

// Get returns the last good answer for key and its age, if there is one that is
// not too old to stand in.
func (c *LastGood) Get(key string) (value any, age time.Duration, ok bool) {
	if c.entries == nil {
		return nil, 0, false
	}

	e, ok := c.entries.Get(key)
	if !ok {
		return nil, 0, false
	}

	age = time.Since(e.stored)
	if age > e.maxAge {
		c.entries.Drop(key)

		return nil, 0, false
	}

	return e.value, age, true
}

// Drop forgets the answer for key, since the service has said that it is gone.
func (c *LastGood) Drop(key string) {
	if c.entries != nil {
		c.entries.Drop(key)
	}
}

// Bytes returns about how many bytes the cache holds.
func (c *LastGood) Bytes() uint64 {
	if c.entries == nil {
		return 0
	}

	return c.entries.Bytes()
}

// Len returns about how many answers the cache holds.
func (c *LastGood) Len() int {
	if c.entries == nil {
		return 0
	}

	return c.entries.Len()
}
