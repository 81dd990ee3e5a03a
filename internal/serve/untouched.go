package serve

import (
	"net"
	"net/http"
	"sync"
)

// untouched are the connections that have not carried a request yet, such as
// those a browser opens ahead. net/http waits for them when a server stops, up to
// five seconds; nothing is lost when they are closed instead.
type untouched struct {
	mu     sync.Mutex
	conns  map[net.Conn]struct{}
	closed bool
}

// track is the server's ConnState hook.
func (u *untouched) track(conn net.Conn, state http.ConnState) {
	if state == http.StateIdle {
		return // It was active before.
	}

	u.mu.Lock()
	defer u.mu.Unlock()

	if state != http.StateNew {
		delete(u.conns, conn)

		return
	}

	if u.closed { // Accepted in the moment in which the server stopped.
		_ = conn.Close() // It may be gone already.

		return
	}

	if u.conns == nil {
		u.conns = map[net.Conn]struct{}{}
	}

	u.conns[conn] = struct{}{}
}

// close ends them all.
func (u *untouched) close() {
	u.mu.Lock()
	defer u.mu.Unlock()

	u.closed = true

	for conn := range u.conns {
		_ = conn.Close() // It may be gone already.
	}
}
