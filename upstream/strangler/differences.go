package strangler

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"storefront/internal/telemetry"
	"storefront/upstream/strangler/compare"
)

// Bounds of what is kept of the differences of a route.
const (
	maxFound    = 100
	maxExamples = 5
	// otherPath stands for all paths beyond the bound.
	otherPath = "other"

	// After so many failures in a row the new side is left alone for a moment.
	maxLost       = 10
	restAfterLost = time.Second
)

// differences are those found between both sides of a route, by path, and how
// the comparisons went. They hold outlines of values, never a value; see
// [compare.Difference]. They are safe for concurrent use.
type differences struct {
	metrics *telemetry.StranglerRoute

	mu       sync.Mutex
	since    time.Time // of what follows
	counts   map[outcome]uint64
	found    map[spot]*finding
	reported knownPaths

	labelled knownPaths // in metrics, which forget nothing
	failures int        // in a row
	failing  bool       // the last one that says anything was a failure
	last     *failure   // of the new side, since the report was forgotten
	restsTo  time.Time
	history  history
}

// failure is what kept the new side's answer from being compared.
type failure struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"` // of fault, or status 503, unreadable or panic
}

// spot is where and how answers differ.
type spot struct {
	path string
	kind compare.Kind
}

// finding is what is known of the answers that differ at a spot.
type finding struct {
	Path      string       `json:"path"`
	Kind      compare.Kind `json:"kind"`
	Count     uint64       `json:"count"` // answers
	FirstSeen time.Time    `json:"first_seen"`
	LastSeen  time.Time    `json:"last_seen"`
	Examples  []example    `json:"examples"` // the newest first
}

// example is one difference of one request. Old, New and Delta are those of
// [compare.Difference].
type example struct {
	Old       string    `json:"old,omitempty"`
	New       string    `json:"new,omitempty"`
	Delta     string    `json:"delta,omitempty"`
	RequestID string    `json:"request_id"`
	Path      string    `json:"path"` // of the new side, as a pattern
	At        time.Time `json:"at"`
}

func newDifferences(metrics *telemetry.StranglerRoute) *differences {
	d := &differences{metrics: metrics, labelled: knownPaths{}}
	d.forget()

	return d
}

// lost notes why the new side gave no answer, and reports whether that is the
// first of a series.
func (d *differences) lost(kind string) (first bool) {
	d.mu.Lock()
	defer d.mu.Unlock()

	first, d.failing = !d.failing, true
	d.last = &failure{At: time.Now().UTC(), Kind: kind}

	return first
}

// came notes what came of a comparison, and reports whether that ends a series of
// failures.
func (d *differences) came(of outcome) (again bool) {
	d.metrics.Compared(string(of))

	d.mu.Lock()
	defer d.mu.Unlock()

	d.counts[of]++

	switch of {
	case cameSame, cameDifferent:
		again, d.failing, d.failures = d.failing, false, 0
	case cameLost:
		if d.failures++; d.failures >= maxLost {
			d.restsTo = time.Now().Add(restAfterLost)
		}
	case cameSkipped: // It says nothing of the new side.
	}

	return again
}

// lastFailure is nil where there is none.
func (d *differences) lastFailure() *failure {
	d.mu.Lock()
	defer d.mu.Unlock()

	return d.last
}

// rests reports whether the new side is left alone: it has failed again and
// again.
func (d *differences) rests(now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()

	return now.Before(d.restsTo)
}

// add notes the differences of one comparison.
func (d *differences) add(found []compare.Difference, of comparison) {
	at := time.Now().UTC()

	d.mu.Lock()
	defer d.mu.Unlock()

	for _, one := range found {
		d.metrics.Differs(d.labelled.name(one.Path))

		where := spot{d.reported.name(one.Path), one.Kind}
		f := d.found[where]

		if f == nil {
			f = &finding{Path: where.path, Kind: where.kind, FirstSeen: at}
			d.found[where] = f
		}

		f.Count++
		f.LastSeen = at

		shown := example{Old: one.Old, New: one.New, Delta: one.Delta, RequestID: of.id, Path: of.pattern, At: at}
		f.Examples = slices.Insert(f.Examples, 0, shown)
		f.Examples = f.Examples[:min(len(f.Examples), maxExamples)]
	}
}

// forget begins anew, as after a repair. Moves are not forgotten. It returns how
// many findings there were.
func (d *differences) forget() int {
	d.mu.Lock()
	defer d.mu.Unlock()

	were := len(d.found)
	d.last = nil
	d.since, d.counts, d.found, d.reported = time.Now(), map[outcome]uint64{}, map[spot]*finding{}, knownPaths{}

	return were
}

// moved notes a move of the route.
func (d *differences) moved(m move) {
	d.mu.Lock()
	defer d.mu.Unlock()

	d.history.add(m, time.Now().UTC())
}

// summary is what there is to tell.
func (d *differences) summary() (since time.Time, counts map[outcome]uint64, found []finding, moves []moveAt) {
	d.mu.Lock()
	defer d.mu.Unlock()

	counts = maps.Clone(d.counts)
	found = make([]finding, 0, len(d.found))

	for _, f := range d.found {
		one := *f
		one.Examples = slices.Clone(f.Examples)
		found = append(found, one)
	}

	slices.SortFunc(found, func(a, b finding) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind))
	})

	return d.since, counts, found, slices.Clone(d.history)
}

// knownPaths are those that have a name of their own.
type knownPaths map[string]struct{}

func (p knownPaths) name(path string) string {
	if _, known := p[path]; known {
		return path
	}

	if len(p) >= maxFound {
		return otherPath
	}

	p[path] = struct{}{}

	return path
}
