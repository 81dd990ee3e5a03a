package services

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"storefront/services/internal/endpoint"
)

// lazy is a service that is opened by its first request, or when nobody has asked
// for a while: neither a start nor, as a rule, a client waits for it. It is safe
// for concurrent use.
type lazy struct {
	name   string
	log    *slog.Logger
	open   func() (service, error)
	cancel func() // makes open end soon

	mu      sync.Mutex
	alone   *time.Timer // when it is opened without a request
	opening *opening    // nil: nobody has asked yet, the last opening failed, or it is closed
	closed  bool
}

// opening is one attempt, which any number of requests wait for.
type opening struct {
	done    chan struct{}
	handler http.Handler // once done
	service service      // once done, nil if it failed
}

// newLazy returns a service that open will open. Its context lasts until Close:
// an opening is for all who wait, and outlives the request that asked for it.
func newLazy(ctx context.Context, log *slog.Logger, name string, open func(ctx context.Context) (service, error)) *lazy {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))

	l := &lazy{name: name, log: log, cancel: cancel, open: func() (service, error) { return open(ctx) }}

	l.mu.Lock()
	defer l.mu.Unlock()

	l.alone = time.AfterFunc(quiet, func() { l.begun() })

	return l
}

// quiet is how long after the start a service is opened that nobody has asked:
// long enough for the rest of the program to be ready.
const quiet = 2 * time.Second

// Handler opens the service at the first request and hands all to it. Whoever
// waited for an opening that failed gets a 503; the next request tries again.
func (l *lazy) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o := l.begun()
		select {
		case <-o.done:
			o.handler.ServeHTTP(w, r)
		case <-r.Context().Done():
			l.refusal().ServeHTTP(w, r)
		}
	})
}

// begun returns the attempt that counts, and begins it if there is none.
func (l *lazy) begun() *opening {
	l.mu.Lock()
	defer l.mu.Unlock()

	l.alone.Stop()

	if l.opening != nil {
		return l.opening
	}

	o := &opening{done: make(chan struct{}), handler: l.refusal()}
	if l.closed {
		close(o.done)

		return o
	}

	l.opening = o

	go l.run(o)

	return o
}

// run opens the service.
func (l *lazy) run(o *opening) {
	defer close(o.done)

	opened, err := l.open()
	if err == nil {
		o.service, o.handler = opened, opened.Handler()

		return
	}

	l.log.Error("embedded service could not be opened", slog.String("service", l.name), slog.Any("error", err))

	l.mu.Lock()
	defer l.mu.Unlock()

	l.opening = nil
}

func (l *lazy) refusal() http.Handler {
	return endpoint.Refusal(endpoint.Unavailable("the service is not open"))
}

// Close closes the service, if it was ever opened. Nothing may be served any
// more.
func (l *lazy) Close() error {
	l.mu.Lock()
	o := l.opening
	l.closed = true
	l.alone.Stop()
	l.mu.Unlock()
	l.cancel()

	if o == nil {
		return nil
	}

	<-o.done

	if o.service == nil {
		return nil
	}

	return o.service.Close()
}
