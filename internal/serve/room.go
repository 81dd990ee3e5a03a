package serve

import (
	"container/list"
	"net"
	"net/http"
	"sync"
)

// room is what one server has for connections: for so many at most, so that
// nobody can take all files and memory of the process by connecting. Where there
// are too many the one that has carried nothing for longest makes room, else the
// new one is closed at once.
type room struct {
	most    int    // 0: any number
	refused func() // counts one that was closed at once; may be nil

	mu   sync.Mutex
	open int
	idle list.List // of *refusalConn between two requests, the longest idle first
}

// enter makes room for a new connection, if there is any.
func (r *room) enter() bool {
	r.mu.Lock()
	defer r.mu.Unlock()

	if r.most > 0 && r.open >= r.most {
		longest := r.idle.Front()
		if longest == nil {
			if r.refused != nil {
				r.refused()
			}

			return false
		}

		conn, _ := longest.Value.(*refusalConn)
		r.drop(conn)

		defer func() { go func() { _ = conn.Close() }() }() // It may wait for a write to end.
	}

	r.open++

	return true
}

// drop counts a connection as gone. The caller holds mu.
func (r *room) drop(conn *refusalConn) {
	if conn.gone {
		return
	}

	conn.gone = true
	r.open--
	r.busy(conn)
}

// busy takes a connection off the idle ones. The caller holds mu.
func (r *room) busy(conn *refusalConn) {
	if conn.idle != nil {
		r.idle.Remove(conn.idle)
		conn.idle = nil
	}
}

// leave is called when a connection is closed, once or more often.
func (r *room) leave(conn *refusalConn) {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.drop(conn)
}

// after returns a ConnState hook that calls another one first.
func (r *room) after(first func(net.Conn, http.ConnState)) func(net.Conn, http.ConnState) {
	return func(conn net.Conn, state http.ConnState) {
		first(conn, state)
		r.track(conn, state)
	}
}

// track notes what a connection is at.
func (r *room) track(conn net.Conn, state http.ConnState) {
	of, ok := conn.(*refusalConn)
	if !ok {
		return
	}

	r.mu.Lock()
	defer r.mu.Unlock()

	r.busy(of)

	if state == http.StateIdle && !of.gone {
		of.rest()
		of.idle = r.idle.PushBack(of)
	}
}

// count is how many there are.
func (r *room) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()

	return r.open
}
