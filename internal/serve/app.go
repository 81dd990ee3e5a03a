package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"golang.org/x/sync/errgroup"

	"storefront/internal/cache"
	"storefront/internal/cache/shared"
	"storefront/internal/resilience"
	"storefront/internal/telemetry"
)

// Server is one listening part of a program.
type Server struct {
	// Name stands in the table that a program prints, such as "mobile".
	Name string
	// Addr is where it listens, host:port.
	Addr string
	// About is a few words for the table: what is to be found there.
	About   string
	Handler http.Handler
	// Options are what the server's pipe needs to know, budget and all.
	Options Options
	// Spare is a server that the program can do without: where it cannot listen
	// the log says so, and the rest starts.
	Spare bool
}

// App is a program while it starts, runs and stops.
type App struct {
	Log     *slog.Logger
	Metrics *telemetry.Metrics
	Tracer  *telemetry.Tracer
	// Caches are those of the program, for its operators.
	Caches *cache.Registry

	name     string
	shared   *shared.Level // nil: there is no second level
	settings *common
	provider *sdktrace.TracerProvider
	health   health
	servers  []*listening // in the order in which they are stopped
	ops      *listening
	routes   *http.ServeMux // of the operations port
	mu       sync.Mutex     // guards the two below while a program is built
	backing  []*listening   // what the servers need, stopped after them
	closers  []func() error
	failed   chan error // the first server that ends by itself
}

// cachesOfBFF is how many caches share what a BFF may keep: answers of services,
// and whole pages.
const cachesOfBFF = 2

func newApp(name string, settings *common, log *slog.Logger, provider *sdktrace.TracerProvider) *App {
	app := &App{
		Log: log, Metrics: telemetry.NewMetrics(), Caches: cache.NewRegistry(int64(settings.cacheBytes / cachesOfBFF)),
		name: name, settings: settings, provider: provider, routes: http.NewServeMux(), failed: make(chan error, 1),
	}
	if provider == nil { // A nil pointer in an interface is not a nil interface.
		app.Tracer = telemetry.NewTracer(nil)
	} else {
		app.Tracer = telemetry.NewTracer(provider)
	}

	return app
}

// share gives the caches a second level, where one is set.
func (a *App) share(ctx context.Context) {
	if a.settings.cacheURL == nil {
		return
	}

	a.shared = shared.Open(ctx, shared.Options{
		URL: a.settings.cacheURL, KeysOf: resilience.SharedKeys, Log: a.Log, Metrics: a.Metrics,
		Purged: func(which cache.Purge) { a.Caches.PurgeHere(which) },
	})
	a.Caches.Share(a.shared)
	a.Defer(a.shared.Close)
}

// Add adds a server, its handler behind the inbound pipe. It listens once the
// whole program is built.
func (a *App) Add(s Server) { a.servers = append(a.servers, &listening{Server: a.piped(s)}) }

// piped puts a server's handler behind the inbound pipe of this program.
func (a *App) piped(s Server) Server {
	o := s.Options
	o.Log, o.Metrics, o.Tracer = a.Log, a.Metrics, a.Tracer
	o.IgnorePriority = a.settings.priority == "ignore"
	o.HideTiming = a.settings.serverTiming == "off"
	o.Trusted = a.settings.rate.Trusted
	o.Draining = func() bool { return a.health.get() == draining }
	if len(o.Reuse) > 0 {
		o.Pages = a.pages(o.BFF)
	}

	if len(o.Limited) > 0 {
		o.Protection = NewProtection(o, a.settings.rate)
		a.Defer(o.Protection.Close)
	}

	s.Handler = Pipe(o, s.Handler)

	return s
}

// pages is the place for whole answers of a BFF.
func (a *App) pages(bff string) *Pages {
	pages := NewPages(a.Caches.MaxBytes(), a.settings.gather)
	a.Caches.Add(bff, "pages", pages.store, pages.desk.Ground)
	a.Metrics.Gauge(bff, "bff_kept_pages_bytes", "Memory held by whole answers.", func() float64 { return float64(pages.store.Bytes()) })
	a.Metrics.Gauge(bff, "bff_kept_pages_entries", "Whole answers held.", func() float64 { return float64(pages.store.Len()) })

	return pages
}

// Embed starts a server on a loopback port of its own at once and returns its
// base URL. It is stopped after all servers that were added, then closer is
// called. It is safe for concurrent use.
func (a *App) Embed(ctx context.Context, name string, handler http.Handler, closer func() error) (string, error) {
	a.Defer(closer)

	l := &listening{Server: Server{Name: name, Addr: "127.0.0.1:0", About: "embedded service", Handler: handler, Options: Options{BFF: name}}}
	if err := a.listen(ctx, l); err != nil {
		return "", err
	}

	a.mu.Lock()
	a.backing = append(a.backing, l)
	a.mu.Unlock()

	a.serve(l)

	return l.url(), nil
}

// Defer has closer called when all servers have stopped, the last one first.
func (a *App) Defer(closer func() error) {
	a.mu.Lock()
	defer a.mu.Unlock()

	a.closers = append(a.closers, closer)
}

// start brings the program up: the operations port first, so that it can say
// why the rest is not ready.
func (a *App) start(ctx context.Context, build Build) error {
	a.ops = &listening{Server: a.piped(a.opsServer())}
	if err := a.listen(ctx, a.ops); err != nil {
		a.ops = nil

		return err
	}

	a.serve(a.ops)

	if err := build(ctx, a); err != nil {
		return err
	}

	connections := a.bound()

	if err := a.listenAll(ctx); err != nil {
		return err
	}

	for _, l := range a.servers {
		a.serve(l)
	}

	a.health.set(ready)

	if connections < a.settings.maxConnections {
		a.Log.InfoContext(ctx, "fewer connections than MAX_CONNECTIONS: the process may not have more files open", slog.Int("each", connections))
	}

	return nil
}

// wait returns when the program is to stop: asked to (nil), or because a server
// ended by itself.
func (a *App) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-a.failed:
		return err
	}
}

// stop ends the program so that no request is lost: not ready at once, no new
// connections after the grace, requests on their way and in flight to their end,
// then what they needed, the operations port last.
func (a *App) stop(ctx context.Context) error {
	running := a.health.set(draining) == ready
	if running {
		a.Log.InfoContext(ctx, "draining", slog.Duration("grace", a.settings.grace))

		time.Sleep(a.settings.grace)
		lastCall(a.servers, a.settings.grace)
	}

	err := errors.Join(shutdown(ctx, a.servers), shutdown(ctx, a.backing))
	for _, closer := range slices.Backward(a.closers) {
		err = errors.Join(err, closer())
	}

	if a.ops != nil {
		err = errors.Join(err, a.ops.http.Close()) // A profile being taken is no reason to wait.
	}

	a.flushTraces(ctx)

	if running {
		a.Log.InfoContext(ctx, "stopped", slog.Bool("clean", err == nil))
	}

	return err
}

// flushTraces sends what traces are left. A collector that is away is no reason
// not to stop, nor to stop with an error.
func (a *App) flushTraces(ctx context.Context) {
	const patience = 3 * time.Second

	if a.provider == nil {
		return
	}

	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()

	if err := a.provider.Shutdown(ctx); err != nil {
		a.Log.WarnContext(ctx, "traces were lost", slog.Any("error", err))
	}
}

// lastCall closes the doors of servers and answers for a little longer what
// comes over the connections that are open, at most as long again as the grace.
//
// A balancer may have sent a request that nobody has read yet. From the moment
// in which net/http is told to stop it closes such connections, and throws away
// even requests that it has just read, without an answer. A balancer without
// health checks learns only now that it is to look away, and may send a few more
// over connections that it has kept.
func lastCall(servers []*listening, grace time.Duration) {
	const longest = 400 * time.Millisecond

	var group sync.WaitGroup

	for _, l := range servers {
		group.Go(func() {
			_ = l.listener.Close() // Said again, and heard, when the server ends.
			l.conns.wait(min(grace, longest))
		})
	}

	group.Wait()
}

// shutdown ends servers side by side.
func shutdown(ctx context.Context, servers []*listening) error {
	var group errgroup.Group

	for _, l := range servers {
		if l.http != nil {
			group.Go(func() error { return l.stop(ctx) })
		}
	}

	return group.Wait() //nolint:wrapcheck // Wrapped in stop.
}

// urls returns the base URL of each server by name.
func (a *App) urls() map[string]string {
	urls := map[string]string{a.ops.Name: a.ops.url()}
	for _, l := range append(slices.Clip(a.servers), a.backing...) {
		urls[l.Name] = l.url()
	}

	return urls
}

// printTable says what listens where.
func (a *App) printTable(w io.Writer, took time.Duration) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0) //nolint:mnd // Two blanks between columns.

	// A program whose standard output is closed serves all the same.
	_, _ = fmt.Fprintf(table, "%s is ready after %d ms\n\n", a.name, took.Milliseconds())
	for _, l := range append(append(slices.Clip(a.servers), a.ops), a.backing...) {
		_, _ = fmt.Fprintf(table, "  %s\t%s\t%s\n", l.Name, l.url(), l.About)
	}

	_ = table.Flush()
}
