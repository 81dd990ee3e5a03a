// Package serve is the inbound side of every program here: the pipe that each
// request passes, and the life of a process from its first port to its exit.
//
// It knows neither routes nor screens. The order of the pipe is stated once,
// in [Pipe].
package serve

import (
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"storefront/internal/problem"
	"storefront/internal/telemetry"
)

// Options are what one BFF's pipe needs to know.
type Options struct {
	// BFF is the name in logs and metrics.
	BFF string
	// Budget is the most time one request may take; 0 is no bound.
	Budget time.Duration
	// MaxBody is the most bytes a request's body may have.
	MaxBody int64
	// Problem writes an error in the BFF's own wire.
	Problem func(http.ResponseWriter, *http.Request, *problem.Details)
	// Quiet logs each request at debug level, for probes and the like.
	Quiet bool
	// Reuse are the paths whose answers may be used again, each with all below
	// it; none where empty.
	Reuse []Reuse

	// Limited are the paths whose answers cost calls of services, each with all
	// below it: those that are shed when there is too much to do.
	Limited []string

	// Through is true where answers are others' and are passed on: none of them is
	// changed, kept, held back or compressed, and no body is too long.
	Through bool

	// Pages, where set, holds whole answers that may be used again; without it
	// only those who wait at the same time share one.
	Pages *Pages
	// Protection, where set, sheds what is too much.
	Protection *Protection

	// The rest is the program's; [App.Add] fills it in.

	// IgnorePriority lets no request matter more than others by its own word.
	IgnorePriority bool
	// Trusted are the addresses of proxies whose word on a client counts.
	Trusted []netip.Prefix
	// HideTiming leaves `Server-Timing` out.
	HideTiming bool

	Log     *slog.Logger
	Metrics *telemetry.Metrics
	Tracer  *telemetry.Tracer
	// Draining, where set, tells whether the program is about to stop, so that
	// clients are asked to come back on a new connection.
	Draining func() bool
}

// step is one layer of the pipe around the next one.
type step func(next http.Handler) http.Handler

// Pipe returns handler behind the inbound pipe, outermost step first. Nothing
// else wraps a BFF's handler.
func Pipe(o Options, handler http.Handler) http.Handler {
	steps := []step{
		identify(o), // request id, who is asking, record, trace, how long services may be waited for
		observe(o),  // one wide log event and the metrics
		answer(o),   // Server-Timing, compression, Content-Length
		recovery(o), // a panic is one clean error
		sizes(o),    // size of the URL and the body, time to send the body
		meter(o),    // how often one client may ask
		again(o),    // an answer that is kept, or in the making, is not made once more
		admit(o),    // no more at a time than the services can bear
	}
	if o.Through {
		steps = []step{
			identify(o), // as above
			observe(o),
			through(o), // what comes in and goes out may be as long as it likes, but does not stand still
			recovery(o),
			urls(o), // size of the URL
			meter(o),
			believe(o), // who the client says it is, and what the pipe has said so far
		}
	}

	for _, wrap := range slices.Backward(steps) {
		handler = wrap(handler)
	}

	return handler
}
