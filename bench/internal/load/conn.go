package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

const (
	// patience is how long one answer may take.
	patience = 30 * time.Second
	// maxBody is the longest body that is taken, in bytes.
	maxBody = 8 << 20
)

var (
	errTooLong = errors.New("the body is longer than 8 MiB")
	errClosing = errors.New("the server closes the connection after its answer")
)

// conn is a connection that is used again and again.
type conn struct {
	net.Conn

	addr    string
	forget  func() bool // takes the context's hand off the connection
	reader  *bufio.Reader
	request []byte
	body    bytes.Buffer
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

	return &conn{Conn: network, addr: addr, forget: forget, reader: bufio.NewReaderSize(network, readBuffer)}, nil
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

	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return Answer{}, fmt.Errorf("reading the answer: %w", err)
	}

	if err = c.read(response); err != nil {
		return Answer{}, fmt.Errorf("reading the answer: %w", err)
	}

	return Answer{Status: response.StatusCode, Header: response.Header, Body: c.body.Bytes()}, nil
}

// read reads the body, to its end: the next answer comes behind it. The body of
// an answer that fails is not closed, which would read on to its end; its
// connection is.
func (c *conn) read(response *http.Response) error {
	c.body.Reset()

	limited := &io.LimitedReader{R: response.Body, N: maxBody + 1}
	_, err := c.body.ReadFrom(limited)

	switch {
	case err != nil:
		return err //nolint:wrapcheck // The caller says what was read.
	case limited.N == 0:
		return errTooLong
	case response.Close:
		return errClosing
	}

	return response.Body.Close() //nolint:wrapcheck // The caller says what was read.
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
		const decimal = 10

		to = append(to, "\r\nContent-Length: "...)
		to = strconv.AppendInt(to, int64(len(call.Body)), decimal)
	}

	to = append(to, "\r\n\r\n"...)

	return append(to, call.Body...)
}
