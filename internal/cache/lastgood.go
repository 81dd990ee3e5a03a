// Package cache keeps things in bounded memory, last good answers above all.
//
// It knows neither services nor clients: callers choose the key, and a key
// must hold all that an answer depends on, who asked included.
package cache

import (
	"iter"
	"time"
)

// entryOverhead is what one entry costs beside its key and value: the cache's
// node, its hash table slot and the interface that holds the value.
const entryOverhead = 200

// LastGood holds the most recent good answer for each key, bounded by the
// number of entries and by their bytes. It is safe for concurrent use.
type LastGood struct {
	entries *Bounded[entry] // nil: keeps nothing
	maxAge  time.Duration
	purges  purges
}

type entry struct {
	Good

	stored time.Time
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
			return max(share, int64(len(key)+e.Size+entryOverhead))
		}),
	}
}

// MaxAge is how old an answer may be to stand in, where its service says nothing.
func (c *LastGood) MaxAge() time.Duration { return c.maxAge }

// Put remembers value, which takes about size bytes of memory, as the last good
// answer for key. The value must not be changed afterwards.
func (c *LastGood) Put(key string, value any, size int) { c.PutOld(key, value, size, 0) }

// PutOld is Put for an answer that is of that age already.
func (c *LastGood) PutOld(key string, value any, size int, age time.Duration) {
	c.Keep(key, Good{Value: value, Size: size, Age: age, MaxAge: c.maxAge})
}

// Good is a good answer with what its keeping depends on.
type Good struct {
	// Value must not be changed; Size is about how many bytes it takes. What it
	// is about it names itself, if it has a method Tags() []string.
	Value any
	Size  int
	// Age is how old it is already, MaxAge how old it may be to stand in.
	Age, MaxAge time.Duration
	// Began is when it was asked for: a purge since then is about it too. The
	// zero time is after all purges.
	Began time.Time
	// About is one more tag.
	About string
}

// tags name what the answer is about.
func (g *Good) tags() (tags []string) {
	if tagged, ok := g.Value.(interface{ Tags() []string }); ok {
		tags = tagged.Tags()
	}

	if g.About != "" {
		tags = append(tags, g.About)
	}

	return tags
}

// Keep remembers a good answer, unless it has been purged while it was fetched.
func (c *LastGood) Keep(key string, g Good) {
	if c.entries == nil || !g.Began.IsZero() && c.purges.since(g.Began, key, g.tags) {
		return
	}

	c.entries.Put(key, entry{Good: g, stored: time.Now().Add(-g.Age)})

	// A purge that came between the check and the Put has not seen the entry.
	if !g.Began.IsZero() && c.purges.since(g.Began, key, g.tags) {
		c.entries.Drop(key)
	}
}

// Purge forgets all that which is about, what is being fetched included, and
// returns how many answers that were.
func (c *LastGood) Purge(which Purge) (purged int) {
	if c.entries == nil {
		return 0
	}

	c.purges.add(which)

	for key, e := range c.entries.All() {
		if which.hits(key, e.tags()) {
			c.entries.Drop(key)

			purged++
		}
	}

	return purged
}

// Entries yields what is kept, in no order.
func (c *LastGood) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		if c.entries == nil {
			return
		}

		for key, e := range c.entries.All() {
			if !yield(Entry{Key: key, Tags: e.tags(), Bytes: e.Size, Began: e.stored, End: e.stored.Add(e.MaxAge)}) {
				return
			}
		}
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
	if age > e.MaxAge {
		c.entries.Drop(key)

		return nil, 0, false
	}

	return e.Value, age, true
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
