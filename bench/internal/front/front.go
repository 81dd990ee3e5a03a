// Package front stands before a service, as a process of its own, and has it
// fail or lie: it passes all requests on, gives some of the answers a wrong
// field, and meets faults that are switched over HTTP.
//
// It knows no service: an answer is a JSON object or it is left alone.
package front

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"time"

	"storefront/upstream/upstreamtest/chaos"
)

// Names of what a front serves, as it announces them: itself, and what it is
// controlled by. The control is that of package chaos, for a service that is
// called front.
const (
	Name    = "front"
	Control = "control"
)

// Options are what a front is to do.
type Options struct {
	// To is the base URL of the service.
	To *url.URL
	// Lie is the share of the answers whose Field is wrong; which ones follows
	// from Seed and the order of the requests.
	Lie   float64
	Field string
	Seed  uint64
}

// Front stands before a service. It must be closed.
type Front struct {
	control *chaos.Control
	passes  http.Handler
	wait    *http.Transport
}

// New returns a front without a fault.
func New(o Options) *Front {
	f := &Front{
		control: chaos.New(chaos.Options{Log: slog.New(slog.DiscardHandler)}),
		wait:    &http.Transport{MaxIdleConnsPerHost: 100, DisableCompression: true}, //nolint:mnd // As many as there will be.
	}

	lies := &liar{field: o.Field, share: o.Lie, chances: rand.New(rand.NewPCG(o.Seed, 0))} //nolint:gosec // It is to be repeated, and no secret.

	f.passes = f.control.Before(Name, &httputil.ReverseProxy{
		Transport: f.wait,
		// The service is asked by its own name: links in its answers are made of it.
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(o.To) },
		ModifyResponse: lies.answer,
		ErrorLog:       slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // Who asks sees it.
	})

	return f
}

// Handler is the front itself.
func (f *Front) Handler() http.Handler { return f.passes }

// Control is what its faults are switched by.
func (f *Front) Control() http.Handler { return f.control.Handler() }

// Close ends what faults still hold.
func (f *Front) Close() error {
	f.wait.CloseIdleConnections()

	return f.control.Close()
}

// Serve serves the front and its control on loopback ports of their own until
// ctx ends, and first writes a line with the name and the base URL of each to
// announce.
func (f *Front) Serve(ctx context.Context, announce io.Writer) (err error) {
	const headTime = 10 * time.Second

	handlers := map[string]http.Handler{Name: f.Handler(), Control: f.Control()}
	failed := make(chan error, len(handlers))

	for name, handler := range handlers {
		var config net.ListenConfig

		listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("front: %w", err)
		}

		server := &http.Server{
			Handler: handler, ReadHeaderTimeout: headTime,
			BaseContext: func(net.Listener) context.Context { return ctx }, // Which ends what hangs.
		}

		defer func() { err = errors.Join(err, server.Close()) }()

		go func() { failed <- server.Serve(listener) }()

		if _, err = fmt.Fprintf(announce, "  %s  http://%s\n", name, listener.Addr()); err != nil {
			return fmt.Errorf("front: %w", err)
		}
	}

	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return fmt.Errorf("front: %w", err)
	}
}

// liar makes a field of some answers wrong.
type liar struct {
	field string
	share float64

	mu      sync.Mutex
	chances *rand.Rand
}

// due reports whether the next answer is to be a lie.
func (l *liar) due() bool {
	l.mu.Lock()
	defer l.mu.Unlock()

	return l.chances.Float64() < l.share
}

// maxBody is the longest answer that can become a lie, in bytes.
const maxBody = 1 << 20

// answer changes an answer, where a lie is due and it is an object that has the
// field.
func (l *liar) answer(r *http.Response) error {
	if l.share == 0 || !l.due() || r.StatusCode != http.StatusOK {
		return nil
	}

	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err = errors.Join(err, r.Body.Close()); err != nil {
		return fmt.Errorf("front: %w", err)
	}

	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) == nil && object[l.field] != nil {
		object[l.field] = json.RawMessage(`"not what it was"`)

		if body, err = json.Marshal(object); err != nil {
			return fmt.Errorf("front: %w", err)
		}

		r.Header.Del("ETag") // It names the true answer.
	}

	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))

	return nil
}
