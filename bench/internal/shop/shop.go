// Package shop serves the user, product and order service of package
// upstreamtest as a process of its own, with faults that are switched over HTTP,
// and counts when each was called.
//
// Every string of its data names whom it belongs to, and any user can be asked
// for. It is slower than package stub, which cannot fail.
package shop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"storefront/bench/internal/timeline"
	"storefront/upstream/upstreamtest"
)

// Control is the name of the service that the others are controlled by.
const Control = "control"

// Names are the services and Control, as [Shop.Serve] announces them.
func Names() []string {
	names := append(make([]string, 0, 1+len(upstreamtest.Services())), Control)
	for _, service := range upstreamtest.Services() {
		names = append(names, string(service))
	}

	return names
}

// Shop is the three services. It must be closed.
type Shop struct {
	fakes *upstreamtest.Shop
	calls map[upstreamtest.Service]*timeline.Timeline
}

// New returns services without a fault.
func New() *Shop {
	s := &Shop{fakes: upstreamtest.StartMemory(), calls: map[upstreamtest.Service]*timeline.Timeline{}}
	for _, service := range upstreamtest.Services() {
		s.calls[service] = new(timeline.Timeline)
	}

	return s
}

// Close ends what the services stand on.
func (s *Shop) Close() error { return s.fakes.Close() }

// Handler is a service, or what controls them all.
func (s *Shop) Handler(name string) http.Handler {
	if name == Control {
		return s.control()
	}

	service := upstreamtest.Service(name)
	gate, calls := s.fakes.Gate(service), s.calls[service]

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Note(time.Now())
		gate.ServeHTTP(w, r)
	})
}

// Serve serves each service and Control on a loopback port of its own until ctx
// ends, and first writes a line with the name and the base URL of each to
// announce.
func (s *Shop) Serve(ctx context.Context, announce io.Writer) (err error) {
	const headTime = 10 * time.Second

	failed := make(chan error, len(Names()))

	for _, name := range Names() {
		var config net.ListenConfig

		listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("shop: %w", err)
		}

		server := &http.Server{
			Handler: s.Handler(name), ReadHeaderTimeout: headTime,
			BaseContext: func(net.Listener) context.Context { return ctx }, // Which ends what hangs.
		}

		defer func() { err = errors.Join(err, server.Close()) }()

		go func() { failed <- server.Serve(listener) }()

		if _, err = fmt.Fprintf(announce, "  %s  http://%s\n", name, listener.Addr()); err != nil {
			return fmt.Errorf("shop: %w", err)
		}
	}

	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return fmt.Errorf("shop: %w", err)
	}
}
