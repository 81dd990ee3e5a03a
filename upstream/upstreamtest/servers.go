package upstreamtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// headerTimeout is so long that no test meets it: late answers are the business
// of faults.
const headerTimeout = time.Hour

// servers runs HTTP servers and ends them with everything they started.
type servers struct {
	running []*http.Server
	base    func(net.Listener) context.Context // the parent of every request's context
	cancel  context.CancelFunc
	serving sync.WaitGroup
	conns   sync.WaitGroup

	mu   sync.Mutex
	errs []error
}

func newServers(ctx context.Context) *servers {
	base, cancel := context.WithCancel(ctx)
	return &servers{base: func(net.Listener) context.Context { return base }, cancel: cancel}
}

func (s *servers) start(listener net.Listener, handler http.Handler) {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		BaseContext:       s.base,
		ConnState:         s.count,
	}
	s.running = append(s.running, server)
	s.serving.Go(func() { s.note(server.Serve(listener)) })
}

func (s *servers) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.conns.Add(1)
	case http.StateClosed, http.StateHijacked: // each connection ends in one of the two, once
		s.conns.Done()
	case http.StateActive, http.StateIdle:
	}
}

// stop ends all requests and connections and returns when they have ended, with
// whatever went wrong since start.
func (s *servers) stop() error {
	s.cancel()
	s.closeAll()
	s.serving.Wait()
	s.closeAll() // again: a connection that was accepted during the first round escaped it
	s.conns.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.errs...)
}

func (s *servers) closeAll() {
	for _, server := range s.running {
		s.note(server.Close())
	}
}

func (s *servers) note(err error) {
	if err == nil || errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs = append(s.errs, fmt.Errorf("upstreamtest: %w", err))
}
