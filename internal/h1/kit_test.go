package h1_test

import (
	"bufio"
	"context"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"storefront/internal/h1"
)

const (
	ms      = time.Millisecond
	maxBody = 1 << 20
	hello   = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
)

// peer is the other end of one connection.
type peer struct {
	net.Conn

	in *bufio.Reader
	n  int // which connection it is, from 1
}

// request reads the head of one request, and returns "" when none comes.
func (p *peer) request() string {
	var head strings.Builder

	for {
		line, err := p.in.ReadString('\n')
		if err != nil {
			return ""
		}

		head.WriteString(line)

		if line == "\r\n" {
			return head.String()
		}
	}
}

func (p *peer) send(s string) { _, _ = p.Write([]byte(s)) }

// server is a server that knows no HTTP: a test says what bytes it sends.
type server struct {
	net.Listener

	addr  string
	conns atomic.Int64
}

// serve runs handle for each connection, and closes it afterwards.
func serve(t *testing.T, handle func(p *peer)) *server {
	t.Helper()

	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	s := &server{Listener: listener, addr: listener.Addr().String()}

	var (
		running sync.WaitGroup
		mu      sync.Mutex
		open    []net.Conn
	)

	running.Go(func() {
		for {
			nc, err := listener.Accept()
			if err != nil {
				return
			}

			mu.Lock()
			open = append(open, nc)
			mu.Unlock()

			n := int(s.conns.Add(1))

			running.Go(func() {
				defer func() { _ = nc.Close() }()

				handle(&peer{nc, bufio.NewReader(nc), n})
			})
		}
	})

	t.Cleanup(func() {
		_ = listener.Close()

		mu.Lock()
		for _, nc := range open {
			_ = nc.Close()
		}
		mu.Unlock()

		running.Wait()
	})

	return s
}

// always answers every request with the same bytes.
func always(answer string) func(p *peer) {
	return func(p *peer) {
		for p.request() != "" {
			p.send(answer)
		}
	}
}

func newClient(t *testing.T, s *server, o h1.Options) *h1.Client {
	t.Helper()

	c := h1.New(s.addr, "shop.test", o)
	t.Cleanup(c.Close)

	return c
}

// get asks for a path.
func get(ctx context.Context, c *h1.Client, path string) (*h1.Answer, error) {
	a := new(h1.Answer)

	return a, c.Get(ctx, path, nil, maxBody, a)
}

// mustGet asks for a path and wants a 200 with that body.
func mustGet(t *testing.T, c *h1.Client, path, body string) {
	t.Helper()

	a, err := get(t.Context(), c, path)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}

	if a.Status != 200 || string(a.Body) != body {
		t.Fatalf("%s: %d %q, want 200 %q", path, a.Status, a.Body, body)
	}
}

// inMemory is serve without a network, to be dialed in a bubble of synctest.
func inMemory(handle func(p *peer)) func(context.Context, string, string) (net.Conn, error) {
	n := 0

	return func(context.Context, string, string) (net.Conn, error) {
		n++
		here, there := net.Pipe()
		p := &peer{there, bufio.NewReader(there), n}

		go func() {
			defer func() { _ = there.Close() }()

			handle(p)
		}()

		return here, nil
	}
}
