package upstreamtest

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
)

// memoryListener is a net.Listener whose connections are net.Pipes. All of its
// blocking is on channels, which is what lets synctest's clock run.
type memoryListener struct {
	host   string
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newMemoryListener(host string) *memoryListener {
	return &memoryListener{host: host, conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *memoryListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *memoryListener) Addr() net.Addr { return memoryAddr(l.host) }

// dial hands the server its end of a new pipe. It waits for the server to
// accept, until ctx ends.
func (l *memoryListener) dial(ctx context.Context) (net.Conn, error) {
	near, far := newMemoryConns()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed:
		return nil, refused(l.Addr())
	case <-ctx.Done():
		return nil, &net.OpError{Op: "dial", Net: l.Addr().Network(), Addr: l.Addr(), Err: ctx.Err()}
	}
}

type memoryAddr string

func (memoryAddr) Network() string  { return "memory" }
func (a memoryAddr) String() string { return string(a) }

func refused(addr net.Addr) error {
	return &net.OpError{Op: "dial", Net: addr.Network(), Addr: addr, Err: syscall.ECONNREFUSED}
}

// memoryConn is one end of a net.Pipe that can be reset as a TCP connection
// can: after SetLinger(0) and Close the other end sees ECONNRESET and not a
// polite end of file.
type memoryConn struct {
	net.Conn

	abrupt atomic.Bool
	reset  *atomic.Bool // shared by both ends
}

func newMemoryConns() (near, far *memoryConn) {
	a, b := net.Pipe()
	reset := new(atomic.Bool)
	return &memoryConn{Conn: a, reset: reset}, &memoryConn{Conn: b, reset: reset}
}

// SetLinger mirrors (*net.TCPConn).SetLinger: 0 makes Close a reset.
func (c *memoryConn) SetLinger(seconds int) error {
	c.abrupt.Store(seconds == 0)
	return nil
}

func (c *memoryConn) Close() error {
	if c.abrupt.Load() {
		c.reset.Store(true)
	}
	return c.Conn.Close()
}

func (c *memoryConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	return n, c.told("read", err)
}

func (c *memoryConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	return n, c.told("write", err)
}

// told turns a pipe's end into what TCP would have said.
func (c *memoryConn) told(op string, err error) error {
	ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe)
	if !ended || !c.reset.Load() || c.abrupt.Load() {
		return err
	}
	return &net.OpError{Op: op, Net: c.RemoteAddr().Network(), Addr: c.RemoteAddr(), Err: syscall.ECONNRESET}
}
