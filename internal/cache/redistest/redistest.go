// Package redistest runs a real Redis server for tests: one for each test, on a
// port of its own, that keeps nothing.
package redistest

import (
	"context"
	"net"
	"net/url"
	"os/exec"
	"testing"
	"time"
)

// Server is a Redis server that can be stopped and started again at its address.
type Server struct {
	tb      testing.TB
	program string
	port    string
	process *exec.Cmd     // nil: stopped
	ended   chan struct{} // closed once it has
}

// New starts a server that lasts as long as the test. It skips the test where
// there is none on this machine.
func New(tb testing.TB) *Server {
	tb.Helper()

	program, err := exec.LookPath("redis-server")
	if err != nil {
		tb.Skip("no Redis test: redis-server is not on PATH; on Debian it is in the package redis-server")
	}

	s := &Server{tb: tb, program: program}

	for range 5 { // Somebody else may take the port in between.
		s.port = freePort(tb)
		if s.start() {
			tb.Cleanup(s.Stop)

			return s
		}
	}

	tb.Fatal("redis-server does not start")

	return nil
}

func freePort(tb testing.TB) string {
	tb.Helper()

	listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}

	defer func() { _ = listener.Close() }()

	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}

	return port
}

// Addr is where the server listens.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", s.port) }

// URL is the value of CACHE_URL for the server.
func (s *Server) URL() *url.URL { return &url.URL{Scheme: "redis", Host: s.Addr()} }

// Start starts a server that was stopped; it has forgotten all.
func (s *Server) Start() {
	s.tb.Helper()

	if !s.start() {
		s.tb.Fatal("redis-server does not start again")
	}
}

func (s *Server) start() bool {
	const patience = 10 * time.Second

	// Not under the test's context, which ends before the cleanups do.
	process := exec.CommandContext(context.Background(), s.program, "--port", s.port, "--bind", "127.0.0.1", //nolint:gosec // The server of this machine.
		"--save", "", "--appendonly", "no", "--dir", s.tb.TempDir())
	if err := process.Start(); err != nil {
		s.tb.Fatal(err)
	}

	ended := make(chan struct{})
	go func() {
		defer close(ended)

		_ = process.Wait() // It is killed.
	}()

	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if s.answers() {
			s.process, s.ended = process, ended

			return true
		}

		select {
		case <-ended:
			return false
		case <-time.After(10 * time.Millisecond):
		}
	}

	_ = process.Process.Kill()

	<-ended

	return false
}

// answers reports whether a server answers at the port.
func (s *Server) answers() bool {
	conn, err := new(net.Dialer).DialContext(context.Background(), "tcp", s.Addr())
	if err != nil {
		return false
	}

	defer func() { _ = conn.Close() }()

	_ = conn.SetDeadline(time.Now().Add(time.Second))
	answer := make([]byte, len("+PONG"))

	_, err = conn.Write([]byte("PING\r\n"))
	if err == nil {
		_, err = conn.Read(answer)
	}

	return err == nil && string(answer) == "+PONG"
}

// Stop kills the server.
func (s *Server) Stop() {
	if s.process == nil {
		return
	}

	_ = s.process.Process.Kill() // It may have ended by itself.

	<-s.ended

	s.process = nil
}
