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
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

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
	// force until one is written, unless it must exist. Without a name there is
	// never one, and what is changed is forgotten at the end.
	File      string
	Default   File
	MustExist bool
	// Old is the base URL of the old system, Services are those of the replicas of
	// new ones, by name. One that is nil is not called by this program, and may
	// stand in the file as it likes; one that is empty is called and not there yet:
	// the old system has all its routes.
	Old      string
	Services map[string][]string
	// Back, where set, is called when the new side answers less of a route than it
	// did, or a route of which it answered some has left the file: what these services
	// have said is not to be shown any longer. It is called beside what goes on, maybe
	// more than once at a time, and the table is not closed before it has returned.
	Back    func(services []string)
	Log     *slog.Logger
	Metrics *telemetry.Strangler
}

// Table is the routes in force, with what is known of each. It is safe for
// concurrent use.
type Table struct {
	options Options
	routes  atomic.Pointer[routes]
	shadows *shadows
	keys    *keys

	// change is held while the file is read, and while it is written.
	change sync.Mutex
	last   os.FileInfo // of the file when it was looked at last
	closed bool        // nothing begins in the background any more
	wait   bool        // it was being written then
	gone   bool        // it was not there then
	left   bool        // it has no route for what does not stand at new
	seen   string      // the revision of what was read from it last
	bad    string      // why that is not in force; "" where it is, or came before what is
	tried  time.Time   // when it could not be written last
	now    atomic.Pointer[standing]

	stop    context.CancelFunc
	running sync.WaitGroup // what is done in the background
}

// standing is what the routes in force came from.
type standing struct {
	document  *document
	fileError string // why the file is not in force; "" where it is
	unwritten string // why what is in force is not in the file
}

// Open reads the routes and follows their file until [Table.Close]. The error
// says in one line what is wrong with the file.
func Open(ctx context.Context, o Options) (*Table, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}

	t := &Table{options: o, keys: newKeys()}
	t.routes.Store(&routes{})

	first, err := t.first()
	if err != nil {
		return nil, err
	}

	t.shadows = newShadows().logTo(o.Log)
	t.now.Store(&standing{document: first})
	t.putInForce(ctx, first, origin{})
	t.warnOfNone(ctx, first.whole)

	// Both last as long as the table, which the end of ctx does not end.
	ctx, t.stop = context.WithCancel(context.WithoutCancel(ctx))

	t.running.Go(func() { t.guard(ctx) })

	if o.File != "" {
		removeParts(o.File)
		t.running.Go(func() { t.follow(ctx) })
	}

	return t, nil
}

// first are the routes at the start.
func (t *Table) first() (*document, error) {
	name := filepath.Base(t.options.File)

	data, info, err := read(t.options.File)
	switch {
	case t.options.File == "" || errors.Is(err, fs.ErrNotExist) && !t.options.MustExist:
		t.gone = true
		name = "default routes"

		if data, err = render(t.options.Default, filepath.Ext(t.options.File) == ".json"); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	default:
		t.last, t.seen = info, revision(data)
	}

	d, err := parse(data, t.options.Services)
	if wrong, is := errors.AsType[*wrongError](err); is {
		return nil, errors.New(wrong.in(name)) //nolint:err113 // For people.
	}

	return d, err
}

// Close ends what is done in the background.
func (t *Table) Close() error {
	t.stop()

	t.change.Lock()
	t.closed = true
	t.change.Unlock()

	t.running.Wait()

	return t.shadows.close()
}
