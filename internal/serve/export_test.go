package serve

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// NewHTTPServer lets tests serve a network without sockets as a program does.
func NewHTTPServer(handler http.Handler, budget time.Duration, log *slog.Logger) *http.Server {
	return newHTTPServer(handler, budget, log, new(conns))
}

// Break ends the server of that name from below, as the system may.
func (a *App) Break(name string) error {
	for _, l := range a.servers {
		if l.Name == name {
			return l.listener.Close()
		}
	}

	return errNoServer
}

var errNoServer = errors.New("there is no such server")

// Refusals lets tests have the connections of a program over a network without
// sockets.
func Refusals(listener net.Listener) net.Listener {
	return refusals{Listener: listener, refused: func(string, int) {}, silent: func() {}, room: new(room)}
}

// ServeUntil serves a network without sockets as a program does, until stop,
// which returns once nothing of it is left.
func ServeUntil(listener net.Listener, handler http.Handler, budget time.Duration, log *slog.Logger) (stop func(ctx context.Context, grace time.Duration) error) {
	l := &listening{Server: Server{Name: "test", Options: Options{Budget: budget}}, listener: newDoor(listener)}
	l.http = newHTTPServer(handler, budget, log, &l.conns)
	ended := make(chan struct{})

	go func() {
		defer close(ended)

		_ = l.http.Serve(l.listener) // It ends since the door is closed.
	}()

	return func(ctx context.Context, grace time.Duration) error {
		lastCall([]*listening{l}, grace)
		err := shutdown(ctx, []*listening{l})
		<-ended

		return err
	}
}

// Listener lets tests have the connections of a server of a program, at most so
// many, over a network without sockets.
func Listener(l net.Listener, server *http.Server, most int, refused func(string, int), silent, full func()) net.Listener {
	places := &room{most: most, refused: full}
	server.ConnState = places.after(server.ConnState)

	return refusals{Listener: l, refused: refused, silent: silent, room: places}
}

// MostConnections lets tests see how many a server may have.
var MostConnections = mostConnections
