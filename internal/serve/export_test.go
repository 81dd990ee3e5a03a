package serve

import "errors"

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
