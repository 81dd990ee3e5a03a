// Package chaos is how the faults of a running program's services are set: over
// HTTP, by their text or by the name of a preset.
//
//	control := chaos.New(chaos.Options{Log: log})
//	handler = control.Before("product", handler)   // a gate: nothing happens yet
//	mux.Handle("/chaos", control.Handler())        // and "/chaos/"
//
//	PUT /chaos/product {"preset":"slow","seed":7}
//
// It answers peers on the same machine alone. Like the rest of upstreamtest it
// knows no client, no cache and no BFF, and links no test.
package chaos

import (
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"storefront/upstream/upstreamtest"
)

// Options are what a [Control] needs to know.
type Options struct {
	// Log gets one warning for each change.
	Log *slog.Logger
	// Refuse answers a request that is refused, with a status of 400 to 499 and
	// what is wrong, a sentence for people; nil is plain text.
	Refuse func(w http.ResponseWriter, r *http.Request, status int, detail string)
}

// Control holds the gates before the services of a program, and sets their
// faults. It is safe for concurrent use.
type Control struct {
	log    *slog.Logger
	refuse func(w http.ResponseWriter, r *http.Request, status int, detail string)

	mu       sync.Mutex
	services []*service // sorted by name
}

// New returns a Control of no services yet.
func New(o Options) *Control {
	c := &Control{log: o.Log, refuse: o.Refuse}
	if c.refuse == nil {
		c.refuse = func(w http.ResponseWriter, _ *http.Request, status int, detail string) {
			http.Error(w, detail, status)
		}
	}
	return c
}

// nowhere is where the fault redirect leads: a host that never exists.
const nowhere = "http://elsewhere.invalid"

// Before puts a gate before the service of that name, which must be another each
// time. While nothing is set it passes on and counts, and costs next to nothing.
func (c *Control) Before(name string, next http.Handler) http.Handler {
	gate := upstreamtest.NewGate(next, nowhere)
	gate.Keep(0) // The program may run for weeks.
	c.mu.Lock()
	defer c.mu.Unlock()
	c.services = append(c.services, &service{name: name, gate: gate})
	slices.SortFunc(c.services, byName)
	return gate
}

// Close ends what faults still hold when the program stops.
func (c *Control) Close() error {
	var err error
	for _, s := range c.all() {
		err = errors.Join(err, s.gate.Close())
	}
	return err
}

// find returns nil where no gate stands before a service of that name.
func (c *Control) find(name string) *service {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.services {
		if s.name == name {
			return s
		}
	}
	return nil
}

// all gives the services, sorted by name.
func (c *Control) all() []*service {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.services)
}

// State is how things stand with one service.
type State struct {
	Service string `json:"service"`
	// Preset is "" where the faults were given one by one.
	Preset string `json:"preset,omitempty"`
	// Seed is what the chances follow from; give it again to have them again. It is
	// nil where there are no faults.
	Seed *uint64 `json:"seed,omitempty"`
	// Since is when the faults were set, nil where there are none.
	Since *time.Time `json:"since,omitempty"`
	// Requests is how many the service has got since the last change, or since the
	// program started.
	Requests int `json:"requests"`
	// Faults are tried in this order.
	Faults []Fault `json:"faults"`
}

// Fault is a fault at work.
type Fault struct {
	Fault upstreamtest.Fault `json:"fault"`
	// Met is how many requests have met it.
	Met int `json:"met"`
}
