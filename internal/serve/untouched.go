package serve

import (
	"net"
	"net/http"
	"sync"
)

// untouched are the connections that have not carried a byte yet, such as those
// a browser opens ahead. net/http waits for them when a server stops, up to
// five seconds; nothing is lost when they are closed instead.
type untouched struct {
	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// track is the server's ConnState hook.
func (u *untouched) track(conn net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()

	if state != http.StateNew {
		delete(u.conns, conn)

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

	for conn := range u.conns {
		_ = conn.Close() // It may be gone already.
	}
}
