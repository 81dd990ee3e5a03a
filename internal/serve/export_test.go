package serve

import (
	"errors"
	"net"
	"net/http"
)

// NewHTTPServer lets tests serve a network without sockets as a program does.
var NewHTTPServer = newHTTPServer

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
	return refusals{Listener: listener, refused: func(string, int) {}, silent: func() {}, conns: new(connections)}
}

// Listener lets tests have the connections of a server of a program, at most so
// many, over a network without sockets.
func Listener(l net.Listener, server *http.Server, most int, refused func(string, int), silent, full func()) net.Listener {
	conns := &connections{most: most, refused: full}
	server.ConnState = conns.after(server.ConnState)

	return refusals{Listener: l, refused: refused, silent: silent, conns: conns}
}

// MostConnections lets tests see how many a server may have.
var MostConnections = mostConnections
