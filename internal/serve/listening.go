package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"storefront/internal/telemetry"
)

// listening is a server with its port.
type listening struct {
	Server

	http     *http.Server
	listener net.Listener
	conns    conns
	room     room
	cut      func() // breaks off what is passed on; nil where nothing is
}

func (l *listening) url() string { return "http://" + l.listener.Addr().String() }

func (a *App) listen(ctx context.Context, l *listening) error {
	var config net.ListenConfig

	listener, err := config.Listen(ctx, "tcp", l.Addr)
	if err != nil {
		return fmt.Errorf("%s cannot listen: %w", l.Name, err)
	}

	l.listener = newDoor(listener)
	l.http = newHTTPServer(l.Handler, l.Options.Budget, a.Log, &l.conns)
	l.http.ConnState = l.room.after(l.http.ConnState)

	if l.Options.Through {
		a.cuttable(ctx, l)
	}

	return nil
}

// cuttable has the requests of a server end when they are told to: what is passed
// on may have no end of its own.
func (a *App) cuttable(ctx context.Context, l *listening) {
	base, cancel := context.WithCancel(context.WithoutCancel(ctx)) // Requests have until the end of the stop, not until its beginning.
	l.http.BaseContext = func(net.Listener) context.Context { return base }
	l.cut = func() {
		a.Log.InfoContext(base, "broken off", slog.String("server", l.Name), slog.Int("requests", l.conns.count()))
		cancel()
	}

	a.Defer(func() error {
		cancel()

		return nil
	})
}

// stop ends the server within its budget and a little more for sending. What is
// passed on then is broken off, as the end of it is nobody's to know; the clients
// see that it is not whole.
func (l *listening) stop(ctx context.Context) error {
	const sending = 2 * time.Second

	// One that never came to serve has a listener that only we know.
	defer func() { _ = l.listener.Close() }()

	err := l.drain(ctx, l.Options.Budget+sending)
	if err != nil && l.cut != nil {
		l.cut()

		err = l.drain(ctx, sending)
	}

	if err != nil {
		return fmt.Errorf("%s did not stop in time: %w", l.Name, errors.Join(err, l.http.Close()))
	}

	return nil
}

// drain waits until all requests are answered, and not for longer than most.
func (l *listening) drain(ctx context.Context, most time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()

	return l.http.Shutdown(ctx) //nolint:wrapcheck // Wrapped above.
}

// listenAll has all servers of clients listen, but those that are spare and
// cannot: these are no part of the program then.
func (a *App) listenAll(ctx context.Context) error {
	var listens []*listening

	for _, l := range a.servers {
		err := a.listen(ctx, l)

		switch {
		case err == nil:
			l.http.IdleTimeout = a.settings.idle
			listens = append(listens, l)
		case l.Spare && ctx.Err() == nil:
			a.Log.WarnContext(ctx, "it goes on without: nobody has set where this is to listen, and the usual place is taken",
				slog.String("server", l.Name), slog.Any("error", err))
		default:
			return err
		}
	}

	a.servers = listens

	return nil
}

// bound bounds the connections of the servers of clients, and counts them. The
// operations port has no bound: who looks after the program must get in.
func (a *App) bound() (most int) {
	most = mostConnections(a.settings.maxConnections, len(a.servers), openFiles())

	for _, l := range a.servers {
		l.room.most = most
		l.room.refused = a.Metrics.Connections(l.Options.BFF, l.room.count)
	}

	return most
}

// mostConnections is how many each server may have: no more than is set, nor so
// many that no files are left for calls of services.
func mostConnections(set, servers, files int) int {
	const ofClients, of = 3, 4

	return max(1, min(set, files/of*ofClients/max(1, servers)))
}

func (a *App) serve(l *listening) {
	go func() {
		if err := l.http.Serve(a.refusals(l)); !errors.Is(err, http.ErrServerClosed) {
			select {
			case a.failed <- fmt.Errorf("%s: %w", l.Name, err):
			default: // One reason to stop is enough; of one that comes while it stops nobody reads.
			}
		}
	}()
}

// refusals is the listener of a server, with what is told of its connections.
func (a *App) refusals(l *listening) refusals {
	return refusals{
		Listener: l.listener, refused: a.refused(l), room: &l.room,
		silent: func() {
			a.Log.LogAttrs(context.Background(), slog.LevelDebug, "silent connection", slog.String("bff", l.Options.BFF))
		},
	}
}

// refused counts and logs requests that never became one.
func (a *App) refused(l *listening) func(requestID string, status int) {
	bff := l.Options.BFF

	return func(requestID string, status int) {
		record := &telemetry.Record{BFF: bff, RequestID: requestID}
		a.Metrics.Answered(record, "", status, 0, 0)
		a.Log.InfoContext(telemetry.WithRecord(context.Background(), record), "refused",
			slog.String("bff", bff), slog.Int("status", status))
	}
}

// readTimeout is how long a whole request may take to arrive.
const readTimeout = 10 * time.Second

// newHTTPServer bounds what one connection may cost.
func newHTTPServer(handler http.Handler, budget time.Duration, log *slog.Logger, conns *conns) *http.Server {
	const (
		headerTimeout  = 5 * time.Second
		writeTimeout   = 60 * time.Second // beyond the budget, for slow readers and profiles
		idleTimeout    = 75 * time.Second
		maxHeaderBytes = 32 << 10
	)

	server := &http.Server{
		Handler:           asks(handler),
		ConnContext:       withConn,
		ConnState:         conns.track,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      budget + writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	server.RegisterOnShutdown(conns.close)

	return server
}
