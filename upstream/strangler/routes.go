package strangler

import (
	"storefront/internal/telemetry"
)

// routes are a routes file ready for use. They never change.
type routes struct {
	all []*route // in the order of the file
}

// route is one route of a file in force, with what is known of it. A new file
// makes new ones; what the pointers hold goes with a route of the same name for
// as long as its paths are the same.
type route struct {
	Route // whole: what a file leaves out is filled in

	metrics     *telemetry.StranglerRoute
	figures     *figures
	health      *health
	differences *differences
}

// newRoute returns a route of which nothing is known yet.
func newRoute(r Route, metrics *telemetry.StranglerRoute) *route {
	return &route{Route: r, metrics: metrics, figures: newFigures(metrics), health: newHealth(), differences: newDifferences(metrics)}
}

// byNew is the way of a request to a new service, for a target of that service's
// API: an escaped path with its query. principal is who asks, "" for anybody.
func (r *routes) byNew(t *Table, service, method, target, principal string) (way, bool) {
	return way{}, false
}

// byOld is the way of a request of a client of the old API.
func (r *routes) byOld(t *Table, method, target, principal string) (way, bool) {
	return way{}, false
}
