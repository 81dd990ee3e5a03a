// Package run is the main of a service that runs alone: settings from the
// environment, one line that says where it listens, and an orderly end.
//
// It knows no service; it is given how to open one.
package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Service is what can be run: it answers HTTP until it is closed.
type Service interface {
	Handler() http.Handler
	Close() error
}

// Open opens a service that keeps its data in a folder.
type Open[S Service] func(ctx context.Context, dir string) (S, error)

// Settings say where a service listens and where it keeps its data.
type Settings struct {
	Addr    string // host:port
	DataDir string // empty: a fresh temporary folder that goes with the process
}

// How patient the server is with its clients, and how much it reads of them.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 10 * time.Second
	writeTimeout  = 70 * time.Second // longer than any X-Request-Timeout-Ms
	idleTimeout   = 2 * time.Minute
	grace         = 10 * time.Second // for requests in flight, once the service is to stop
	headerBytes   = 1 << 20          // a thousand long ids fit into an address
)

// Main runs a service until SIGTERM or SIGINT and returns the exit code: 0 after
// an orderly end, 1 after a failure, which it tells in one line. ADDR and
// DATA_DIR are read from the environment.
func Main[S Service](name, addr string, open Open[S]) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	settings := Settings{Addr: addr, DataDir: os.Getenv("DATA_DIR")}
	if set := os.Getenv("ADDR"); set != "" {
		settings.Addr = set
	}
	if err := Serve(ctx, os.Stdout, name, settings, open); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return 1
	}
	return 0
}

// Serve opens a service, says on out where it listens, and answers until the
// context ends; requests in flight are then finished first.
func Serve[S Service](ctx context.Context, out io.Writer, name string, settings Settings, open Open[S]) (err error) {
	if _, _, err := net.SplitHostPort(settings.Addr); err != nil {
		return fmt.Errorf("ADDR=%q must be host:port: %w", settings.Addr, err)
	}
	if settings.DataDir == "" {
		if settings.DataDir, err = os.MkdirTemp("", "storefront-*"); err != nil {
			return fmt.Errorf("make a data folder: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(settings.DataDir)) }()
	}
	service, err := open(ctx, settings.DataDir)
	if err != nil {
		return fmt.Errorf("open in DATA_DIR=%q: %w", settings.DataDir, err)
	}
	defer func() { err = errors.Join(err, service.Close()) }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", settings.Addr)
	if err != nil {
		return fmt.Errorf("listen at ADDR=%q: %w", settings.Addr, err)
	}
	if _, err := fmt.Fprintf(out, "%s listens on http://%s\n", name, listener.Addr()); err != nil {
		return errors.Join(fmt.Errorf("say where it listens: %w", err), listener.Close())
	}
	return serve(ctx, listener, service.Handler())
}

// serve answers until the context ends.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    headerBytes,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		return errors.Join(fmt.Errorf("stop: %w", err), server.Close())
	}
	return nil
}
