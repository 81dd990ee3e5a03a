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

	return nil
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
