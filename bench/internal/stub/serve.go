package stub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Serve serves each handler on a loopback port of its own until ctx ends, and
// first writes a line with the name and the base URL of each to announce.
func (s *Stub) Serve(ctx context.Context, announce io.Writer) error {
	handlers := s.Handlers()
	failed := make(chan error, len(handlers))

	servers := make([]*http.Server, 0, len(handlers))
	defer func() {
		for _, server := range servers {
			_ = server.Close() // Nobody waits for an answer any more.
		}
	}()

	for name, handler := range handlers {
		server := newServer(handler)
		servers = append(servers, server)

		url, err := listen(ctx, server, failed)
		if err != nil {
			return err
		}

		if _, err = fmt.Fprintf(announce, "  %s  %s\n", name, url); err != nil {
			return fmt.Errorf("stub: %w", err)
		}
	}

	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

func newServer(handler http.Handler) *http.Server {
	const headerTimeout = 10 * time.Second

	return &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout}
}

// listen serves in the background; when the server ends by itself, failed is
// told why.
func listen(ctx context.Context, server *http.Server, failed chan<- error) (url string, err error) {
	var config net.ListenConfig

	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("stub: %w", err)
	}

	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("stub: %w", err)
		}
	}()

	return "http://" + listener.Addr().String(), nil
}
