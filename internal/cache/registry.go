package cache

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
)

// Managed is a cache that an operator can look into and purge.
type Managed interface {
	Len() int
	Bytes() uint64
	Entries() iter.Seq[Entry]
	Purge(which Purge) int
}

// Registry are the caches of a process, for its operators. It is safe for
// concurrent use.
type Registry struct {
	each   int64
	shared Shared // nil: there is no second level
	mu     sync.Mutex
	caches []registered
}

type registered struct {
	Managed

	bff, kind string
	ground    func()
}

// Summary is how one cache stands.
type Summary struct {
	BFF     string `json:"bff"`
	Kind    string `json:"kind"`
	Entries int    `json:"entries"`
	Bytes   uint64 `json:"bytes"`
}

// NewRegistry returns a registry whose caches may take maxBytes each.
func NewRegistry(maxBytes int64) *Registry { return &Registry{each: maxBytes} }

// MaxBytes is the most memory that each of the caches may take.
func (r *Registry) MaxBytes() int64 { return r.each }

// Share gives the caches a second level. It is called before the first Add.
func (r *Registry) Share(level Shared) { r.shared = level }

// Shared is the second level of the caches, nil where there is none.
func (r *Registry) Shared() Shared { return r.shared }

// Add adds a cache of a BFF; kind says what it holds. ground is called with each
// purge, so that nobody joins what is being made for the cache.
func (r *Registry) Add(bff, kind string, cache Managed, ground func()) {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.caches = append(r.caches, registered{Managed: cache, bff: bff, kind: kind, ground: ground})
}

// all are the caches of that BFF and kind; "" is any.
func (r *Registry) all(bff, kind string) []registered {
	r.mu.Lock()
	defer r.mu.Unlock()

	return slices.DeleteFunc(slices.Clone(r.caches), func(c registered) bool {
		return bff != "" && c.bff != bff || kind != "" && c.kind != kind
	})
}

// Summaries returns how all caches stand.
func (r *Registry) Summaries() []Summary {
	all := r.all("", "")

	summaries := make([]Summary, 0, len(all))
	for _, c := range all {
		summaries = append(summaries, Summary{BFF: c.bff, Kind: c.kind, Entries: c.Len(), Bytes: c.Bytes()})
	}

	return summaries
}

// Entries returns up to limit entries of the caches of that BFF and kind that
// which is about, those first that end first; known is false where there are no
// such caches.
func (r *Registry) Entries(bff, kind string, which Purge, limit int) (entries []Entry, known bool) {
	entries = []Entry{}

	for _, c := range r.all(bff, kind) {
		known = true

		for entry := range c.Entries() {
			if which.hits(entry.Key, entry.Tags) {
				entries = append(entries, entry)
			}
		}
	}

	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.End.Compare(b.End), cmp.Compare(a.Key, b.Key))
	})

	return entries[:min(limit, len(entries))], known
}

// Purge forgets all that which is about, in every cache of this process and of
// the replicas that share the second level, what is being made included. It
// returns how many entries of this process that were. The error says that the
// others will do so later.
func (r *Registry) Purge(ctx context.Context, which Purge) (purged int, err error) {
	// The second level first: what is read from it afterwards is not old, and
	// what was read before is taken from here by PurgeHere.
	if r.shared != nil {
		err = r.shared.Purge(ctx, which)
	}

	return r.PurgeHere(which), err
}

// LastGoodKind is the kind of the caches that hold what stands in for failures.
const LastGoodKind = "last-good"

// Renew has all be asked for again here, and forgets what has one of the tags in
// the second level. What stands in for failures stays: it is shown where there is
// nothing better. The error says that the second level will do so later.
func (r *Registry) Renew(ctx context.Context, tags ...string) (purged int, err error) {
	if r.shared != nil {
		for _, tag := range tags {
			err = errors.Join(err, r.shared.Purge(ctx, Purge{Tag: tag}))
		}
	}

	return r.purge(Purge{}, func(kind string) bool { return kind != LastGoodKind }), err
}

// PurgeHere is Purge for the caches of this process alone, for what was purged
// elsewhere.
func (r *Registry) PurgeHere(which Purge) (purged int) {
	return r.purge(which, func(string) bool { return true })
}

func (r *Registry) purge(which Purge, of func(kind string) bool) (purged int) {
	all := slices.DeleteFunc(r.all("", ""), func(c registered) bool { return !of(c.kind) })

	// Answers of services first: a page must not be made of one that is about to
	// go. What is in the making is not kept, whatever the order.
	for _, c := range all {
		c.ground()

		purged += c.Purge(which)
	}

	return purged
}
