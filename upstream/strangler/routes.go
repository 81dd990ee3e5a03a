package strangler

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"storefront/internal/telemetry"
	"storefront/upstream/strangler/compare"
)

var (
	// errNoRoute is a request that no route is about.
	errNoRoute = errors.New("no route is about this request")
	// errNeedsKey is a request that would change something on a route in mode
	// percent, and has no idempotency key.
	errNeedsKey = errors.New("this request needs an idempotency key")
)

// routes are a routes file ready for use. They never change.
type routes struct {
	all      []*route            // in the order of the file
	old      entries             // by which clients of the old API enter
	fresh    map[string]entries  // by which clients of each new service enter
	divided  map[string]bool     // new services that may share their requests with the old side
	services map[string][]string // base URLs of new services, by name
	bounds   Bounds              // of shadow requests
}

// route is one route of a file in force, with what is known of it. A new file
// makes new ones; what the pointers hold goes with a route of the same name for
// as long as its paths, methods and service are the same.
type route struct {
	Route // whole: what a file leaves out is filled in

	moves int            // so far
	safe  bool           // its methods change nothing
	rules *compare.Rules // for differences; nil is none

	metrics     *telemetry.StranglerRoute
	figures     *figures
	health      *health
	differences *differences
}

// newRoute returns a route of which nothing is known yet.
func newRoute(r Route, metrics *telemetry.StranglerRoute) *route {
	return (&route{metrics: metrics, figures: newFigures(metrics), health: newHealth(), differences: newDifferences(metrics)}).as(r)
}

// as is what is known of a route, for what is said of it now.
func (r *route) as(said Route) *route {
	next := *r
	next.Route, next.safe = said, onlyReads(said.Methods)
	next.rules, _ = said.Compare.rules() // They were checked.

	if r.place() != said.place() {
		next.moves++
	}

	return &next
}

// newRoutes makes a file ready for use, with what is known of the routes of was.
func newRoutes(f File, o Options, was *routes) *routes {
	rs := &routes{fresh: map[string]entries{}, divided: map[string]bool{}, services: map[string][]string{}, bounds: f.Shadow}

	maps.Copy(rs.services, o.Services)

	for name, base := range f.Services {
		rs.services[name] = []string{base}
	}

	for _, said := range f.Routes {
		r := was.heir(said)
		if r == nil {
			r = newRoute(said, o.Metrics.Route(said.Name))
		}

		rs.all = append(rs.all, r)
		rs.divided[r.Service] = rs.divided[r.Service] || r.Mode != ModeNew || r.Fallback

		for _, p := range r.Paths {
			rs.old = append(rs.old, newEntry(r, Old, p))

			if r.Service != "" && reversible(p) {
				rs.fresh[r.Service] = append(rs.fresh[r.Service], newEntry(r, New, p))
			}
		}
	}

	rs.old.sort()

	for _, all := range rs.fresh {
		all.sort()
	}

	return rs
}

// heir is a route that knows what the one of the same name did, which asked the
// same of the same service; nil where there is none.
func (r *routes) heir(said Route) *route {
	was := r.named(said.Name)
	if was == nil || was.Service != said.Service || !slices.Equal(was.Paths, said.Paths) || !slices.Equal(was.Methods, said.Methods) {
		return nil
	}

	return was.as(said)
}

// named is a route by its name; nil where there is none.
func (r *routes) named(name string) *route {
	for _, one := range r.all {
		if one.Name == name {
			return one
		}
	}

	return nil
}

// byNew is the way of a request to a new service, for a target of that service's
// API: an escaped path with its query. whom is who it goes by where it names no
// user, "" for nobody.
func (r *routes) byNew(t *Table, service, method, target, whom string) (way, bool) {
	path, query, _ := strings.Cut(target, "?")
	if !honest(path) {
		return way{}, false
	}

	var values spans

	e := r.fresh[service].find(methodBit(method), path, &values)
	if e == nil {
		return way{}, false
	}

	w := e.way(t, New, e.side(whom, "", path, query, &values), target)

	if e.route.Mode == ModePercent {
		_, names := e.names(path, query, &values)
		w.byUser = !names
	}

	return w, true
}

// byOld is the way of a request of a client of the old API, for an escaped path
// with its query. A [trick] has no route. principal is who asks, "" for anybody; header gives what it says
// of itself. The error is errNoRoute or errNeedsKey.
func (r *routes) byOld(t *Table, method, target, principal string, header func(name string) string) (way, error) {
	path, query, _ := strings.Cut(target, "?")
	if trick(target) != "" {
		return way{}, errNoRoute
	}

	var values spans

	e := r.old.find(methodBit(method), path, &values)
	if e == nil {
		return way{}, errNoRoute
	}

	if e.route.IdempotencyKey == "" {
		return e.way(t, Old, e.side(principal, "", path, query, &values), target), nil
	}

	key := header(e.route.IdempotencyKey)
	if key == "" && e.route.Mode == ModePercent {
		return way{}, errNeedsKey
	}

	who := principal
	if key != "" {
		who = "" // Who asks again may have another token by then.
	}

	w := e.way(t, Old, e.side(who, key, path, query, &values), target)
	if key != "" {
		w.side, w.forget = t.keys.side(e.route.Name, e.whose(who, path, query, &values), key, w.side)
	}

	return w, nil
}

// way is the way of a request that came in by one side, to be answered by side.
func (e *entry) way(t *Table, by, side Side, target string) way {
	return way{table: t, route: e.route, side: side, entry: e, by: by, asked: target, safe: e.route.safe}
}

// side is where a request goes as the route stands. key is its idempotency key,
// "" where it has none.
func (e *entry) side(principal, key, path, query string, values *spans) Side {
	switch e.route.Mode {
	case ModeNew:
		return New
	case ModePercent:
		if e.chosen(e.whose(principal, path, query, values), key, path, query, values) {
			return New
		}
	case ModeOld, ModeShadow:
	}

	return Old
}
