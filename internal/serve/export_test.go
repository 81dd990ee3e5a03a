package serve

import (
	"errors"
	"net"
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
