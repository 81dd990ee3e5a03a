package serve

import (
	"container/list"
	"net"
	"net/http"
	"sync"
	"time"
)

// room is what one server has for connections: for so many at most, so that
// nobody can take all files and memory of the process by connecting. Where there
// are too many, room is made by the oldest that has not carried a request yet
// and has had a second for it, else by the one that is idle for longest; where
// all are at work, or have just come, the new one is closed at once.
type room struct {
	most    int    // 0: any number
	refused func() // counts one that was closed at once; may be nil

	mu   sync.Mutex
	open int
	// Of *refusalConn, those that are there for longest first.
	fresh list.List // before their first request
	idle  list.List // between two requests
}

// unused is how long a connection may be there without a request before it is
// the first to make room.
const unused = time.Second

// enter makes room for a new connection, if there is any.
func (r *room) enter() bool {
	r.mu.Lock()
	defer r.mu.Unlock()

	if r.most > 0 && r.open >= r.most {
		conn := r.spare()
		if conn == nil {
			if r.refused != nil {
				r.refused()
			}

			return false
		}

		r.drop(conn)

		defer func() { go func() { _ = conn.Close() }() }() // It may wait for a write to end.
	}

	r.open++

	return true
}

// spare is the connection that makes room, nil where none can. The caller holds
// mu.
func (r *room) spare() *refusalConn {
	if first := r.fresh.Front(); first != nil {
		if conn, _ := first.Value.(*refusalConn); time.Since(conn.since) >= unused {
			return conn
		}
	}

	if longest := r.idle.Front(); longest != nil {
		conn, _ := longest.Value.(*refusalConn)

		return conn
	}

	return nil
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

// busy takes a connection off those that may make room. The caller holds mu.
func (r *room) busy(conn *refusalConn) {
	if conn.at != nil {
		conn.among.Remove(conn.at)
		conn.among, conn.at = nil, nil
	}
}

// rests puts a connection among others that may make room. The caller holds mu.
func (r *room) rests(conn *refusalConn, among *list.List) {
	conn.since, conn.among, conn.at = time.Now(), among, among.PushBack(conn)
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

	switch {
	case of.gone:
	case state == http.StateNew:
		r.rests(of, &r.fresh)
	case state == http.StateIdle:
		of.rest()
		r.rests(of, &r.idle)
	}
}

// count is how many there are.
func (r *room) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()

	return r.open
}
