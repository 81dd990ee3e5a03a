package upstreamtest

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"time"
)

// idleTimeout is how long a connection is kept for a request that does not come.
const idleTimeout = time.Minute

// staleKeepalive takes the connection from net/http after all: who answers as a
// plain handler does not see the next request on it before it has an answer.
func staleKeepalive(c call) {
	if c.r.ProtoMajor != 1 || c.r.Close || !c.r.ProtoAtLeast(1, 1) {
		c.good(c.w, c.r)
		return
	}
	answer := capture(c)
	conn, buffered, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer func() { _ = conn.Close() }() // it fails where the client has closed it already
	defer context.AfterFunc(c.r.Context(), func() { _ = conn.Close() })()
	if answer.sendOver(conn, c.r) != nil {
		return // the client has left
	}
	c.over()
	defer c.hold(conn)()
	_ = conn.SetReadDeadline(time.Now().Add(idleTimeout)) // where it fails, so does the next line
	_, _ = buffered.ReadByte()                            // the next request, or the client's own end
}

// sendOver writes the answer as net/http would, for a connection that is kept.
func (a *answer) sendOver(conn net.Conn, r *http.Request) error {
	if err := conn.SetDeadline(time.Time{}); err != nil { // those of net/http
		return err
	}
	response := http.Response{
		StatusCode: a.status, ProtoMajor: 1, ProtoMinor: 1, Request: r, Header: a.header,
		ContentLength: int64(len(a.body)), Body: io.NopCloser(bytes.NewReader(a.body)),
	}
	return response.Write(conn)
}
