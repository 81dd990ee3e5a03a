package cache

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Purge says what is to be forgotten: the entry of a key, all entries with a
// tag, or everything. The zero Purge is everything.
type Purge struct {
	Key string `json:"key,omitempty"`
	Tag string `json:"tag,omitempty"`
}

func (p Purge) hits(key string, tags []string) bool {
	switch {
	case p.Key != "":
		return p.Key == key
	case p.Tag != "":
		return slices.Contains(tags, p.Tag)
	default:
		return true
	}
}

const (
	// tagOverhead is what one tag costs beside its text.
	tagOverhead = 16
	// remembered is how long a purge is held against values whose making had
	// begun before: longer than anything is in the making.
	remembered = 15 * time.Minute
	// maxRemembered bounds the memory of purges; beyond it whatever began
	// before the last one is taken as purged.
	maxRemembered = 10_000
)

// purges are those of late, so that a value whose making began before a purge,
// and ends after it, is not kept. It is safe for concurrent use.
type purges struct {
	last atomic.Int64 // the time of the last one, Unix nanoseconds; 0 is none
	mu   sync.Mutex
	list []timedPurge // oldest first
	lost time.Time    // of those that are remembered no more, the last one
}

type timedPurge struct {
	Purge

	at time.Time
}

func (p *purges) add(which Purge) {
	p.mu.Lock()
	defer p.mu.Unlock()

	now := time.Now()
	old := 0

	for old < len(p.list) && (now.Sub(p.list[old].at) > remembered || len(p.list)-old >= maxRemembered) {
		p.lost = p.list[old].at
		old++
	}

	p.list = append(slices.Delete(p.list, 0, old), timedPurge{Purge: which, at: now})
	p.last.Store(now.UnixNano())
}

// since reports whether there was a purge of such an entry at that time or
// later. tags is called where it matters.
func (p *purges) since(began time.Time, key string, tags func() []string) bool {
	if last := p.last.Load(); last == 0 || last < began.UnixNano() {
		return false
	}

	p.mu.Lock()
	defer p.mu.Unlock()

	if !p.lost.IsZero() && !p.lost.Before(began) {
		return true
	}

	for _, purged := range slices.Backward(p.list) {
		if purged.at.Before(began) {
			return false
		}

		if purged.hits(key, tags()) {
			return true
		}
	}

	return false
}
