// Package h1 is a lean HTTP/1.1 client for services that are near and are asked
// over plain TCP: GET only, whole answers, and no goroutine for a call or a
// connection, since the calling goroutine writes and reads itself.
//
// What it does not do it leaves to net/http: TLS, HTTP/2, proxies, redirects,
// cookies, compression, request bodies, answers that are streamed. It knows no
// service.
package h1

import (
	"cmp"
	"context"
	"net"
	"sync"
	"time"
)

// Defaults of [Options].
const (
	idleTimeout = 55 * time.Second // below the 60 or 75 seconds of most servers
	dialTimeout = 2 * time.Second
	keepAlive   = 30 * time.Second
	maxHeader   = 64 << 10
)

// bufferSize holds a request, and then an answer's header with a short body. It
// is taken for one exchange, so that idle connections hold none.
const bufferSize = 8 << 10

// Options are how a client treats its server. The zero value is good.
type Options struct {
	// MaxConns bounds the connections, busy and idle; 0 is no bound. Who finds
	// none waits, first come first served, until its context ends.
	MaxConns int
	// MaxIdle bounds the connections that are kept while nobody needs them; 0
	// is no bound but IdleTimeout.
	MaxIdle int
	// IdleTimeout is how long a connection is kept while nobody needs it, 55 s
	// if 0. It should be less than the server's own.
	IdleTimeout time.Duration
	// DialTimeout bounds the opening of a connection, 2 s if 0.
	DialTimeout time.Duration
	// MaxHeader is the most that an answer may have before its body, in bytes,
	// 64 KiB if 0.
	MaxHeader int
	// Header is sent with every request.
	Header Header
	// Wanted tells from an answer's status and header whether its body is
	// wanted. One that is not is left out of the answer, and its connection is
	// closed unless the body is short and there already. Nil wants every body.
	Wanted func(*Answer) bool
	// Dial opens a connection; nil is a [net.Dialer].
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Client asks one server. It is safe for concurrent use.
type Client struct {
	addr        string
	tail        []byte // of every request, from behind its target to its own fields
	err         error  // what is wrong with the options
	dialTimeout time.Duration
	dial        func(ctx context.Context, network, addr string) (net.Conn, error)
	wanted      func(*Answer) bool
	maxHeader   int
	pool        *pool
	buffers     sync.Pool
}

// New returns a client of the server at addr, a host with its port; host is
// what requests name in their Host field.
func New(addr, host string, o Options) *Client {
	var own Header

	own.add("Host", host)

	c := &Client{
		addr:        addr,
		err:         cmp.Or(own.err, o.Header.err),
		dialTimeout: cmp.Or(o.DialTimeout, dialTimeout),
		dial:        o.Dial,
		wanted:      o.Wanted,
		maxHeader:   cmp.Or(o.MaxHeader, maxHeader),
		pool:        newPool(o.MaxConns, o.MaxIdle, cmp.Or(o.IdleTimeout, idleTimeout)),
		buffers:     sync.Pool{New: func() any { return new([bufferSize]byte) }},
	}

	c.tail = append(c.tail, " HTTP/1.1\r\n"...)
	c.tail = append(c.tail, own.lines...)
	c.tail = append(c.tail, o.Header.lines...)

	if c.dial == nil {
		c.dial = (&net.Dialer{KeepAlive: keepAlive}).DialContext
	}

	return c
}

// Close closes the connections that nobody needs, and the others as their calls
// end. A client that is closed still answers, and keeps no connection.
func (c *Client) Close() { c.pool.close() }
