package h1

import (
	"context"
	"errors"
	"os"
)

// call is what one exchange needs to know.
type call struct {
	target string
	header *Header
	tail   []byte
	limits limits
	wanted func(*Answer) bool
	answer *Answer
}

// request appends the request to dst.
func (c *call) request(dst []byte) []byte {
	dst = append(dst, "GET "...)
	dst = append(dst, c.target...)
	dst = append(dst, c.tail...)

	if c.header != nil {
		dst = append(dst, c.header.lines...)
	}

	return append(dst, "\r\n"...)
}

// Get asks for target, an escaped path with its query, and reads the whole
// answer into a. header may be nil; a body of more than maxBody bytes is
// [ErrTooLong]. It ends with ctx: then the error is ctx's cause. After an error
// a says nothing.
func (c *Client) Get(ctx context.Context, target string, header *Header, maxBody int, a *Answer) error {
	a.Reset()

	if err := c.check(target, header); err != nil {
		return err
	}

	if ctx.Err() != nil {
		return failure(ctx, "start", ctx.Err())
	}

	connection, err := c.connection(ctx)
	if err != nil {
		return err
	}

	keep := false
	defer func() { c.pool.put(connection, keep) }()

	buffer, _ := c.buffers.Get().(*[bufferSize]byte)
	defer c.buffers.Put(buffer)

	exchange := call{target, header, c.tail, limits{c.maxHeader, maxBody}, c.wanted, a}

	keep, err = connection.exchange(ctx, buffer[:], &exchange)
	if err == nil {
		return nil
	}

	if !connection.stale(ctx, err) {
		return failure(ctx, "exchange", err)
	}

	// The server closed the connection while the request was on its way, and has
	// answered nothing: another connection is as good as the first try.
	_ = connection.Close() // It is broken already.

	fresh, err := c.open(ctx)
	if err != nil {
		return err
	}

	connection = fresh

	if keep, err = connection.exchange(ctx, buffer[:], &exchange); err != nil {
		return failure(ctx, "exchange", err)
	}

	return nil
}

// stale reports whether an exchange failed because the connection had been
// closed behind our back.
func (c *conn) stale(ctx context.Context, err error) bool {
	return c.used && !c.reader.got && ctx.Err() == nil && !errors.Is(err, os.ErrDeadlineExceeded)
}

func (c *Client) check(target string, header *Header) error {
	if c.err != nil {
		return c.err
	}

	if header != nil && header.err != nil {
		return header.err
	}

	return checkTarget(target)
}

// connection returns one that is fit for use.
func (c *Client) connection(ctx context.Context) (*conn, error) {
	idle, err := c.pool.take(ctx)
	if err != nil {
		return nil, failure(ctx, "wait for a connection", err)
	}

	if idle != nil {
		return idle, nil
	}

	fresh, err := c.open(ctx)
	if err != nil {
		c.pool.leave()
	}

	return fresh, err
}

// open opens a connection, for which there is a place in the pool.
func (c *Client) open(ctx context.Context) (*conn, error) {
	dialing, cancel := context.WithTimeout(ctx, c.dialTimeout)
	defer cancel()

	nc, err := c.dial(dialing, "tcp", c.addr)
	if err != nil {
		return nil, failure(ctx, "dial", err)
	}

	return newConn(nc), nil
}
