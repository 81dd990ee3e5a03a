package serve_test

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/serve"
)

// late is a network on which a client connects in the moment in which the
// server stops.
type late struct {
	closed chan struct{}
	conns  chan net.Conn
}

func (l *late) Accept() (net.Conn, error) {
	<-l.closed
	time.Sleep(ms) // the server has closed what it knows of by now

	select {
	case conn := <-l.conns:
		return conn, nil
	default:
		return nil, net.ErrClosed
	}
}

func (l *late) Close() error {
	close(l.closed)

	return nil
}

func (*late) Addr() net.Addr { return &net.TCPAddr{} }

func TestConnectionInTheLastMoment(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, conn := net.Pipe()
		network := &late{closed: make(chan struct{}), conns: make(chan net.Conn, 1)}
		network.conns <- conn

		server := serve.NewHTTPServer(http.NotFoundHandler(), budget, slog.New(slog.DiscardHandler))
		done := make(chan error)

		go func() { done <- server.Serve(network) }()

		synctest.Wait()

		began := time.Now()
		if err := server.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}

		if took := time.Since(began); took > time.Second {
			t.Errorf("the stop took %v", took)
		}

		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}

		if _, err := client.Read(make([]byte, 1)); err == nil {
			t.Error("the connection is still open")
		}
	})
}
