package serve

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// idle is how long a body that is passed on may stand still, for as long as its
	// sender has to send: its length is bounded by nothing else.
	idle = 30 * time.Second
	// unwanted is how long a body is waited for that nobody wants, so that its
	// connection can be used again.
	unwanted = 100 * time.Millisecond
	// lingering is how long a connection stays open behind its last answer, while
	// its client still sends: it would be reset, and the answer lost. It is as long
	// as in net/http.
	lingering = 500 * time.Millisecond
	// maxRest is the most of it that is read, as in net/http.
	maxRest = 256 << 10
)

// steady is a body that has to keep coming. Where it has not come to a clean end
// when the answer begins, that answer is the last one of the connection: what
// follows might be taken for a request, and may be a part of the body. net/http
// sees to that by itself, but not once both may be sent at a time.
type steady struct {
	io.ReadCloser

	of      *http.ResponseController
	length  int64       // bytes; -1: nobody knows
	trailer http.Header // is filled when the body ends
	awaited bool        // the client waits until somebody reads it

	mu      sync.Mutex
	touched bool // somebody reads it
	ended   bool // cleanly; net/http waits for the next request by now, without a deadline
	left    bool // nobody reads it any more
}

// Read waits for the next piece, not for longer than it may take.
func (s *steady) Read(p []byte) (int, error) {
	s.wait(idle)

	n, err := s.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		return n, s.end()
	}

	return n, err //nolint:wrapcheck // A reader passes on what it wraps.
}

var errTrailer = errors.New("a trailer has a field whose name is none")

// end looks at what has come behind the body, which net/http does not. It returns
// io.EOF where all is well.
func (s *steady) end() error {
	s.mu.Lock()
	defer s.mu.Unlock()

	for name := range s.trailer {
		if !isToken(name) {
			return errTrailer
		}
	}

	PruneTrailer(s.trailer)

	s.ended = true

	return io.EOF
}

// wait lets the next piece take so long. Where there are no deadlines, the
// server's own timeout holds.
func (s *steady) wait(most time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.touched = true

	if !s.ended && !s.left {
		_ = s.of.SetReadDeadline(time.Now().Add(most))
	}
}

// done reports whether the body has come to a clean end. One that nobody has
// wanted is read here, if it is short and there already.
func (s *steady) done() bool {
	s.mu.Lock()
	touched, ended := s.touched, s.ended
	s.mu.Unlock()

	if touched || s.awaited || s.length > maxRest {
		return ended
	}

	s.wait(unwanted)

	_, err := io.CopyN(io.Discard, s.ReadCloser, maxRest+1)

	return errors.Is(err, io.EOF) && errors.Is(s.end(), io.EOF)
}

// leave has nobody wait for long for what is left of the body: the connection ends
// with its answer. net/http would wait without an end for who still reads it.
func (s *steady) leave() {
	s.wait(lingering)

	s.mu.Lock()
	s.left = true
	ended := s.ended
	s.mu.Unlock()

	if !ended {
		_ = s.Close() // The connection is of no use any more.
	}
}

// giveUp ends a read that waits for the client, whose request is over: net/http's
// transport ends no request before that.
func (s *steady) giveUp() {
	s.mu.Lock()
	defer s.mu.Unlock()

	if !s.ended && !s.left {
		_ = s.of.SetReadDeadline(time.Now())
		s.left = true
	}
}
