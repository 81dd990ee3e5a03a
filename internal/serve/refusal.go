package serve

import (
	"bytes"
	"container/list"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"storefront/internal/problem"
)

// refusals is a listener whose connections tell in problem details what
// net/http refuses by itself, before any handler sees it: a request line, a URL
// or headers that are none, or too many headers. Its own words are plain text
// without a request id.
//
// It also bounds how many connections there are, and tells of those that are
// closed before a request has come.
type refusals struct {
	net.Listener

	refused func(requestID string, status int)
	silent  func() // is told of a connection that never carried a byte
	room    *room
}

// Accept takes a connection.
func (l refusals) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err //nolint:wrapcheck // A listener passes on what it wraps.
		}

		if l.room.enter() {
			return &refusalConn{Conn: conn, of: l}, nil
		}

		_ = conn.Close() // It may be gone already.
	}
}

type refusalConn struct {
	net.Conn
	sender

	gatherer gatherer
	of       refusals

	// Guarded by the mu of the connections.
	gone  bool
	since time.Time     // when it came among those that may make room
	among *list.List    // which of those; nil is none
	at    *list.Element // its place there
}

// Read reads what the client sends.
func (c *refusalConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.note(n, err)

	return n, err //nolint:wrapcheck // A connection passes on what it wraps.
}

// Write sends p. net/http writes a refusal of its own at once and whole, without
// the Date that every other answer has.
func (c *refusalConn) Write(p []byte) (int, error) {
	if n, taken, err := c.gatherer.write(c.Conn, p); taken {
		return n, err
	}

	status, refusal := parseRefusal(p)
	if !refusal {
		return c.Conn.Write(p) //nolint:wrapcheck // A connection passes on what it wraps.
	}

	if c.late.Load() { // net/http takes half a line for a whole one.
		status = http.StatusRequestTimeout
	}

	c.asked.Store(true) // It is told now, not when the connection is closed.

	id := rand.Text()
	c.of.refused(id, status)

	if _, err := c.Conn.Write(problemAnswer(status, id)); err != nil {
		return 0, err //nolint:wrapcheck // See above.
	}

	return len(p), nil
}

// CloseWrite ends the sending side alone. net/http does so before it closes, so
// that a client that still sends gets the answer and not a reset.
func (c *refusalConn) CloseWrite() error {
	c.gatherer.end(c.Conn)

	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}

	return nil
}

// Close ends the connection. An answer that has broken off goes as far as it
// came.
func (c *refusalConn) Close() error {
	c.gatherer.end(c.Conn)
	c.of.room.leave(c)

	switch c.end() {
	case slow:
		c.asked.Store(true) // Tell it once.
		c.of.refused(rand.Text(), http.StatusRequestTimeout)
	case silent:
		c.asked.Store(true)
		c.of.silent()
	case usual:
	}

	return c.Conn.Close() //nolint:wrapcheck // A connection passes on what it wraps.
}

// parseRefusal recognises what net/http says by itself.
func parseRefusal(p []byte) (status int, ok bool) {
	const (
		prefix = "HTTP/1.1 "
		digits = 3
	)

	own := []byte("\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n")

	rest, found := bytes.CutPrefix(p, []byte(prefix))
	if !found || len(rest) < digits || rest[0] < '4' { // Most answers are none.
		return 0, false
	}

	line, _, found := bytes.Cut(rest, own)
	if !found || bytes.Contains(line, []byte("\r\n")) {
		return 0, false
	}

	status, err := strconv.Atoi(string(rest[:digits]))

	return status, err == nil && status >= http.StatusBadRequest
}

// problemAnswer is a whole HTTP answer: there is no handler to write it.
func problemAnswer(status int, requestID string) []byte {
	why := "The request cannot be read as HTTP, or has too much in its header."
	if status == http.StatusRequestTimeout {
		why = "The request took too long to arrive."
	}

	details := problem.New(status, why)
	details.Instance, details.RequestID = "about:blank", requestID
	body, _ := json.Marshal(details) //nolint:errchkjson // Strings and a number can be encoded.

	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nX-Request-Id: %s\r\n"+
		"Content-Length: %d\r\nConnection: close\r\n\r\n%s", status, http.StatusText(status), problem.ContentType, requestID, len(body), body)
}
