package serve

import (
	"container/list"
	"net"
	"net/http"
	"sync"
)

// connections are those of one server: at most so many, so that nobody can take
// all files and memory of the process by connecting. Where there are too many
// the one that has carried nothing for longest makes room, else the new one is
// closed at once.
type connections struct {
	most    int    // 0: any number
	refused func() // counts one that was closed at once; may be nil

	mu   sync.Mutex
	open int
	idle list.List // of *refusalConn between two requests, the longest idle first
}

// enter makes room for a new connection, if there is any.
func (c *connections) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()

	if c.most > 0 && c.open >= c.most {
		longest := c.idle.Front()
		if longest == nil {
			if c.refused != nil {
				c.refused()
			}

			return false
		}

		conn, _ := longest.Value.(*refusalConn)
		c.drop(conn)

		defer func() { go func() { _ = conn.Close() }() }() // It may wait for a write to end.
	}

	c.open++

	return true
}

// drop counts a connection as gone. The caller holds mu.
func (c *connections) drop(conn *refusalConn) {
	if conn.gone {
		return
	}

	conn.gone = true
	c.open--
	c.busy(conn)
}

// busy takes a connection off the idle ones. The caller holds mu.
func (c *connections) busy(conn *refusalConn) {
	if conn.idle != nil {
		c.idle.Remove(conn.idle)
		conn.idle = nil
	}
}

// leave is called when a connection is closed, once or more often.
func (c *connections) leave(conn *refusalConn) {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.drop(conn)
}

// after returns a ConnState hook that calls another one first.
func (c *connections) after(first func(net.Conn, http.ConnState)) func(net.Conn, http.ConnState) {
	return func(conn net.Conn, state http.ConnState) {
		first(conn, state)
		c.track(conn, state)
	}
}

// track notes what a connection is at.
func (c *connections) track(conn net.Conn, state http.ConnState) {
	of, ok := conn.(*refusalConn)
	if !ok {
		return
	}

	c.mu.Lock()
	defer c.mu.Unlock()

	c.busy(of)

	if state == http.StateIdle && !of.gone {
		of.rest()
		of.idle = c.idle.PushBack(of)
	}
}

// count is how many there are.
func (c *connections) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.open
}
