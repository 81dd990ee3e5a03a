package strangler

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/internal/session"
	"storefront/internal/telemetry"
)

// Transport is an http.RoundTripper for requests of the old API: each goes to the
// side that its route says, and nowhere where there is no route for it. It follows
// no redirect, and answers come back as a side gave them, but for what that side
// alone can read (tags.go) and where it is (origin.go). It is safe for concurrent
// use.
type Transport struct {
	find     func(*http.Request) (way, error)
	services func(name string) []string
	old      string
	shadows  *shadows
	log      *slog.Logger
	metrics  *telemetry.Strangler
	budget   time.Duration
	tracer   *telemetry.Tracer

	under    *http.Transport
	replicas sync.Map // of *replica, by replicaAt: as many as operators write
	turn     atomic.Uint64
}

// NewTransport returns the transport of a table. budget is how long a client
// waits until an answer begins: where a request has a body, from its end on.
func NewTransport(t *Table, budget time.Duration, tracer *telemetry.Tracer) *Transport {
	const untilContinue = time.Second // As long as most clients wait themselves.

	under := resilience.NewTransport()
	under.ExpectContinueTimeout = untilContinue

	n := &Transport{
		find: t.find, services: func(name string) []string { return t.routes.Load().services[name] }, old: t.options.Old, shadows: t.shadows,
		log: t.options.Log, metrics: t.options.Metrics, budget: budget, tracer: tracer, under: under,
	}

	// Those that are known are in the metrics before they are asked for anything.
	_, _ = n.replica(Old.String(), 0, n.old) // What is none is said with the request.

	for service, bases := range t.options.Services {
		for i, text := range bases {
			_, _ = n.replica(service, i, text) // As above.
		}
	}

	return n
}

// find is the way of a request of a client of the old API.
func (t *Table) find(r *http.Request) (way, error) {
	return t.routes.Load().byOld(t, r.Method, targetOf(r.URL), string(session.From(r.Context())), r.Header.Get)
}

// targetOf is what stands in the request line: an escaped path with its query.
func targetOf(u *url.URL) string {
	target := u.EscapedPath()
	if u.RawQuery != "" || u.ForceQuery {
		target += "?" + u.RawQuery
	}

	return target
}

// Close closes the connections that carry no request.
func (t *Transport) Close() error {
	t.under.CloseIdleConnections()

	return nil
}

// RoundTrip has a request be answered. An error has a kind, or is one of a
// request that goes nowhere; its text is for the log alone.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	c := &passage{of: t, request: r, record: telemetry.RecordFrom(r.Context())}
	defer c.closeRequest()

	w, err := t.find(r)
	if err != nil {
		return nil, err
	}

	c.record.SetRoute(w.route.Name)
	c.route, c.service = w.route, w.route.Service
	w.named = r.Header.Get("Authorization") != ""

	if hasBody(r) { // It can be sent only once.
		w.safe = false
	}

	c.safe = w.safe

	ctx, finish := c.bound()
	defer finish()

	if err := w.carry(ctx, c); err != nil { //nolint:contextcheck // It is the request's, bounded.
		c.discard()

		if w.forget != nil && unreached(err) {
			w.forget()
		}

		return nil, err
	}

	if c.response == nil {
		return nil, fault.New(fault.Unavailable, "no side has answered")
	}

	return c.response, nil
}

// bound is the context in which an answer has to begin.
func (c *passage) bound() (context.Context, context.CancelFunc) {
	if !hasBody(c.request) {
		return context.WithTimeout(c.request.Context(), c.of.budget)
	}

	ctx, cancel := context.WithCancelCause(c.request.Context())
	c.upload = newUpload(c.request.Body, c.of.budget, func() { cancel(context.DeadlineExceeded) })

	return ctx, func() {
		c.upload.timer.Stop()
		cancel(nil)
	}
}

func hasBody(r *http.Request) bool { return r.Body != nil && r.Body != http.NoBody }

// basesOf are the base URLs of a side, and which of them is the first: they take
// turns.
func (t *Transport) basesOf(side Side, service string) (all []string, first int) {
	if side == Old {
		return []string{t.old}, 0
	}

	if all = t.services(service); len(all) > 1 {
		first = int(t.turn.Add(1) % uint64(len(all))) //nolint:gosec // Less than the length of a list.
	}

	return all, first
}
