package serve

import (
	"errors"
	"net/http"
	"os"
	"sync/atomic"
)

// sender is what a connection has seen of the request that comes in on it, so
// that those who send too slowly do not go unseen: net/http closes their
// connections without a word.
type sender struct {
	begun atomic.Bool // bytes of a request have come
	asked atomic.Bool // it has reached a handler
	late  atomic.Bool // its time was up
	used  atomic.Bool // a request before it has been answered
}

// note notes what came of reading from the connection.
func (s *sender) note(n int, err error) {
	if n > 0 && !s.begun.Load() {
		s.begun.Store(true)
	}

	if err != nil && errors.Is(err, os.ErrDeadlineExceeded) {
		s.late.Store(true)
	}
}

// rest begins anew, between two requests.
func (s *sender) rest() {
	s.begun.Store(false)
	s.asked.Store(false)
	s.late.Store(false)
	s.used.Store(true)
}

// How a connection ended whose request never came to be one.
type ending uint8

const (
	usual  ending = iota
	slow          // its head took too long
	silent        // it never carried a byte
)

// end says how the connection ended.
func (s *sender) end() ending {
	switch {
	case !s.late.Load() || s.asked.Load():
		return usual
	case s.begun.Load():
		return slow
	case !s.used.Load():
		return silent
	default:
		return usual
	}
}

// asks notes of each request that it has reached its handler.
func asks(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn := connOf(r.Context()); conn != nil {
			conn.asked.Store(true)
		}

		next.ServeHTTP(w, r)
	})
}
