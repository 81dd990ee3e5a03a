package load

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strconv"
	"time"
)

// patience is how long one answer may take.
const patience = 30 * time.Second

// conn is a connection that is used again and again.
type conn struct {
	net.Conn

	addr     string
	forget   func() bool // takes the context's hand off the connection
	request  []byte
	response response
}

// dial opens a connection that breaks when ctx ends.
func dial(ctx context.Context, addr string) (*conn, error) {
	const readBuffer = 32 << 10

	var dialer net.Dialer

	network, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err //nolint:wrapcheck // It says what was dialled.
	}

	forget := context.AfterFunc(ctx, func() { _ = network.Close() })

	return &conn{Conn: network, addr: addr, forget: forget, response: response{reader: bufio.NewReaderSize(network, readBuffer)}}, nil
}

// replace has it told that a request got no answer, unless that is because the
// run ends, and opens the connection anew.
func (c *conn) replace(ctx context.Context, tell func()) error {
	if ctx.Err() != nil {
		return context.Cause(ctx) //nolint:wrapcheck // It says why the run ends.
	}

	tell()
	c.close()

	fresh, err := dial(ctx, c.addr)
	if err != nil {
		return err
	}

	*c = *fresh

	return nil
}

func (c *conn) close() {
	c.forget()
	_ = c.Close() // Nothing is on its way any more.
}

// do sends a request and reads the answer.
func (c *conn) do(call Call) (Answer, error) {
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return Answer{}, err //nolint:wrapcheck // The caller says for what.
	}

	c.request = appendRequest(c.request[:0], c.addr, call)
	if _, err := c.Write(c.request); err != nil {
		return Answer{}, err //nolint:wrapcheck // The caller says for what.
	}

	if err := c.response.read(); err != nil {
		return Answer{}, fmt.Errorf("reading the answer: %w", err)
	}

	return c.answer(), nil
}

// answer is the one that was read last.
func (c *conn) answer() Answer {
	return Answer{Status: c.response.status, Header: c.response.header, Body: c.response.body}
}

// appendRequest writes a request as HTTP/1.1 has it.
func appendRequest(to []byte, host string, call Call) []byte {
	to = append(to, call.Method...)
	to = append(to, ' ')
	to = append(to, call.Path...)
	to = append(to, " HTTP/1.1\r\nHost: "...)
	to = append(to, host...)

	for _, line := range call.Header {
		to = append(to, "\r\n"...)
		to = append(to, line...)
	}

	if call.Body != "" {
		to = append(to, "\r\nContent-Length: "...)
		to = strconv.AppendInt(to, int64(len(call.Body)), decimal)
	}

	to = append(to, "\r\n\r\n"...)

	return append(to, call.Body...)
}
