package cache

import (
	"iter"
	"slices"
	"sync/atomic"
	"time"
)

// Store holds values of one kind until they end, are pushed out or purged,
// bounded by their bytes. It is safe for concurrent use.
type Store[V any] struct {
	entries *Bounded[*Item[V]] // nil: keeps nothing
	used    atomic.Bool        // there has been something to keep
	purges  purges
}

// Item is a value with what its keeping depends on.
type Item[V any] struct {
	Value V
	// Size is about how many bytes the value takes.
	Size int
	// Began is when the work that made the value began: a purge since then is
	// about it too.
	Began time.Time
	// End is when it is of no more use.
	End time.Time
	// Tags name what the value is about, such as "product:prod_1".
	Tags []string
}

func (i *Item[V]) tags() []string { return i.Tags }

// NewStore returns a store of at most maxBytes; 0 keeps nothing.
func NewStore[V any](maxBytes int64) *Store[V] {
	if maxBytes <= 0 {
		return &Store[V]{}
	}

	return &Store[V]{entries: NewBounded(maxBytes, func(key string, item *Item[V]) int64 {
		size := len(key) + item.Size + entryOverhead
		for _, tag := range item.Tags {
			size += len(tag) + tagOverhead
		}

		return int64(size)
	})}
}

// Used reports whether anything has ever been kept: where nothing has, there is
// nothing to look for.
func (s *Store[V]) Used() bool { return s.used.Load() }

// Keeps reports whether the store can hold anything.
func (s *Store[V]) Keeps() bool { return s.entries != nil }

// Get returns what is kept for key, until its end.
func (s *Store[V]) Get(key string) (*Item[V], bool) {
	if !s.used.Load() {
		return nil, false
	}

	item, found := s.entries.Get(key)
	if !found || time.Now().Before(item.End) {
		return item, found
	}

	s.entries.Drop(key)

	return nil, false
}

// Put keeps item, which must not be changed afterwards, in place of any other
// of that key; one whose end is not ahead, or that has been purged while it was
// made, is not kept.
func (s *Store[V]) Put(key string, item *Item[V]) {
	if s.entries == nil || !item.End.After(time.Now()) || s.purges.since(item.Began, key, item.tags) {
		return
	}

	s.used.Store(true)
	s.entries.Put(key, item)

	// A purge that came between the check and the Put has not seen the entry.
	if s.purges.since(item.Began, key, item.tags) {
		s.entries.Drop(key)
	}
}

// Drop forgets what is kept for key.
func (s *Store[V]) Drop(key string) {
	if s.used.Load() {
		s.entries.Drop(key)
	}
}

// Purge forgets all that which is about, what is being made included, and
// returns how many entries that were.
func (s *Store[V]) Purge(which Purge) (purged int) {
	if s.entries == nil {
		return 0
	}

	s.purges.add(which)

	for key, item := range s.entries.All() {
		if which.hits(key, item.Tags) {
			s.entries.Drop(key)

			purged++
		}
	}

	return purged
}

// Entry is one entry of a store as an operator sees it.
type Entry struct {
	Key   string    `json:"key"`
	Tags  []string  `json:"tags,omitempty"`
	Bytes int       `json:"bytes"`
	Began time.Time `json:"made"`
	End   time.Time `json:"end"`
}

// Entries yields what is kept, in no order.
func (s *Store[V]) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		if s.entries == nil {
			return
		}

		for key, item := range s.entries.All() {
			if !yield(Entry{Key: key, Tags: slices.Clone(item.Tags), Bytes: item.Size, Began: item.Began, End: item.End}) {
				return
			}
		}
	}
}

// Bytes returns about how many bytes the store holds.
func (s *Store[V]) Bytes() uint64 {
	if s.entries == nil {
		return 0
	}

	return s.entries.Bytes()
}

// Len returns about how many entries the store holds.
func (s *Store[V]) Len() int {
	if s.entries == nil {
		return 0
	}

	return s.entries.Len()
}
