package h1

import (
	"context"
	"net"
	"time"
)

// Bodies that nobody wants are read if they are short and soon there: then that
// is cheaper than a new connection.
const (
	maxDrain      = 4 << 10
	drainPatience = 10 * time.Millisecond
)

// conn is one connection. One call uses it at a time.
type conn struct {
	net.Conn

	reader    reader
	socket    *socket // nil where there is none, such as in memory
	used      bool    // an exchange went well
	interrupt func()
	idleSince time.Time
}

func newConn(nc net.Conn) *conn {
	c := &conn{Conn: nc, socket: newSocket(nc)}

	// A read or write that is under way fails, and so does each one after it. That
	// is final: who cannot stop the interruption does not use the connection again.
	c.interrupt = func() { _ = nc.SetDeadline(time.Unix(1, 0)) } // Closed already is as good.

	return c
}

// exchange is one request and its answer, over buffer. keep tells whether the
// connection may be used again: nothing of this exchange is left on it, nor will
// anyone end it on behalf of this call.
func (c *conn) exchange(ctx context.Context, buffer []byte, call *call) (keep bool, err error) {
	stop := c.endWith(ctx)

	defer func() { keep = stop() && keep }()

	c.reader = reader{src: c.Conn, buf: buffer}
	defer func() { c.reader.buf = nil }()

	if err = c.send(call.request(buffer[:0])); err != nil {
		return false, err
	}

	keep, err = c.answer(call)

	return keep && len(c.reader.unread()) == 0, err
}

// endWith has the connection interrupted when ctx ends, until stop is called.
// A context that calls functions at its end by itself, as package context
// allows, is asked to, which costs less than a context below it.
func (c *conn) endWith(ctx context.Context) (stop func() bool) {
	if own, ok := ctx.(interface{ AfterFunc(call func()) func() bool }); ok {
		return own.AfterFunc(c.interrupt)
	}

	if ctx.Done() == nil {
		return func() bool { return true }
	}

	return context.AfterFunc(ctx, c.interrupt)
}

// send sends the request, and may wait for the answer's first bytes.
func (c *conn) send(request []byte) (err error) {
	if c.socket != nil {
		c.reader.w, request, err = c.socket.ask(request, c.reader.buf)
		c.reader.got = c.reader.w > 0
	}

	if err == nil && len(request) > 0 {
		_, err = c.Write(request)
	}

	return must(err)
}

func (c *conn) answer(call *call) (keep bool, err error) {
	f, err := c.reader.head(call.answer, call.limits.header)
	if err != nil {
		return false, err
	}

	length, keep, err := f.end(call.answer.Status)
	if err != nil {
		return false, err
	}

	if call.wanted != nil && !call.wanted(call.answer) {
		return keep && c.drain(call.answer, length), nil
	}

	err = c.reader.body(call.answer, length, call.limits.body)

	return keep && err == nil, err
}

// drain reads an unwanted body and tells whether it is gone.
func (c *conn) drain(a *Answer, length int64) bool {
	if length == 0 {
		return true
	}

	if length > maxDrain || c.SetReadDeadline(time.Now().Add(drainPatience)) != nil {
		return false
	}

	err := c.reader.body(a, length, maxDrain)
	a.Body = a.Body[:0]

	return err == nil && c.SetReadDeadline(time.Time{}) == nil
}
