package serve

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// conns are the connections of one server, as far as its stop has to know them.
type conns struct {
	mu   sync.Mutex
	open int
	none chan struct{} // closed when no connection is open; nil while nobody waits

	// untouched are those that have not carried a request yet, such as a browser
	// opens ahead. net/http waits for them when a server stops, up to five
	// seconds; nothing is lost when they are closed instead, once no request can
	// be on its way.
	untouched map[net.Conn]struct{}
	closed    bool
}

// track is the server's ConnState hook.
func (c *conns) track(conn net.Conn, state http.ConnState) {
	if state == http.StateIdle {
		return // It was active before.
	}

	c.mu.Lock()
	defer c.mu.Unlock()

	switch state {
	case http.StateNew:
		c.opened(conn)
	case http.StateClosed, http.StateHijacked:
		delete(c.untouched, conn)
		c.left()
	case http.StateActive, http.StateIdle:
		delete(c.untouched, conn)
	}
}

func (c *conns) opened(conn net.Conn) {
	c.open++

	if c.closed { // Accepted in the moment in which the server stopped.
		_ = conn.Close() // It may be gone already.

		return
	}

	if c.untouched == nil {
		c.untouched = map[net.Conn]struct{}{}
	}

	c.untouched[conn] = struct{}{}
}

func (c *conns) left() {
	c.open--

	if c.open == 0 && c.none != nil {
		close(c.none)
		c.none = nil
	}
}

// wait returns once no connection is open, or after so long at the latest.
func (c *conns) wait(most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()

	select {
	case <-c.gone():
	case <-timer.C:
	}
}

// gone is closed once no connection is open. One at a time may wait for it.
func (c *conns) gone() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()

	none := make(chan struct{})
	if c.open == 0 {
		close(none)
	} else {
		c.none = none
	}

	return none
}

// count is how many are open.
func (c *conns) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.open
}

// close ends all that are untouched.
func (c *conns) close() {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.closed = true

	for conn := range c.untouched {
		_ = conn.Close() // It may be gone already.
	}
}
