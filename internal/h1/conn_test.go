package h1_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"storefront/internal/h1"
)

// reset closes a connection so that the other end sees it broken.
func (p *peer) reset() {
	_ = p.Conn.(*net.TCPConn).SetLinger(0)
	_ = p.Close()
}

// TestStale connections cost one more try, if nothing of the answer has come.
func TestStale(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		name string
		end  func(p *peer) // of a connection that has answered once
		err  error         // of the second call
	}{
		{name: "closed at once", end: func(*peer) {}},
		{name: "reset at once", end: func(p *peer) { p.reset() }},
		{name: "closed instead of an answer", end: func(p *peer) { p.request() }},
		{name: "reset instead of an answer", end: func(p *peer) { p.request(); p.reset() }},
		{name: "closed after a byte", end: func(p *peer) { p.request(); p.send("H") }, err: io.ErrUnexpectedEOF},
		{name: "closed after an announcement", end: func(p *peer) { p.request(); p.send("HTTP/1.1 103 Early Hints\r\n\r\n") }, err: io.ErrUnexpectedEOF},
		{name: "nonsense instead of an answer", end: func(p *peer) { p.request(); p.send("nonsense\r\n\r\n") }, err: h1.ErrMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			s := serve(t, func(p *peer) {
				p.request()
				p.send(hello)

				if p.n == 1 {
					test.end(p)

					return
				}

				always(hello)(p)
			})
			c := newClient(t, s, h1.Options{MaxConns: 1})

			mustGet(t, c, "/", "hello")

			a, err := get(t.Context(), c, "/")
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}

			if err == nil && string(a.Body) != "hello" {
				t.Errorf("body %q", a.Body)
			}

			mustGet(t, c, "/", "hello")

			if n := s.conns.Load(); n != 2 {
				t.Errorf("%d connections, want 2", n)
			}
		})
	}
}

// TestFreshConnectionsAreNotTriedAgain, be it the first or the one that took a
// stale one's place: a server that always closes must not be asked without end.
func TestFreshConnectionsAreNotTriedAgain(t *testing.T) {
	t.Parallel()

	for name, end := range map[string]func(p *peer){
		"closed": func(*peer) {}, "reset": func(p *peer) { p.reset() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var good atomic.Bool

			s := serve(t, func(p *peer) {
				p.request()

				if good.Load() {
					p.send(hello)
					p.request()
				}

				end(p)
			})
			c := newClient(t, s, h1.Options{MaxConns: 1})

			if _, err := get(t.Context(), c, "/"); !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("error %v", err)
			}

			if n := s.conns.Load(); n != 1 {
				t.Errorf("%d connections, want 1", n)
			}

			good.Store(true)
			mustGet(t, c, "/", "hello")
			good.Store(false)

			if _, err := get(t.Context(), c, "/"); err == nil {
				t.Error("no error")
			}

			if n := s.conns.Load(); n != 3 {
				t.Errorf("%d connections, want 3", n)
			}
		})
	}
}

// TestUnsolicited bytes are never taken for an answer.
func TestUnsolicited(t *testing.T) {
	t.Parallel()

	const evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"

	for name, send := range map[string]func(p *peer){
		"with the answer":   func(p *peer) { p.send(hello + evil) },
		"after the answer":  func(p *peer) { p.send(hello); time.Sleep(20 * ms); p.send(evil) },
		"one byte too many": func(p *peer) { p.send(hello + "H") },
		"CRLF too many":     func(p *peer) { p.send(hello + "\r\n") },
		"after a long body": func(p *peer) {
			p.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + string(make([]byte, 100_000)) + evil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			sent := make(chan struct{})
			s := serve(t, func(p *peer) {
				p.request()

				if p.n == 1 {
					send(p)
					close(sent)
					p.request()

					return
				}

				p.send(hello)
				always(hello)(p)
			})
			c := newClient(t, s, h1.Options{})

			if _, err := get(t.Context(), c, "/"); err != nil {
				t.Fatal(err)
			}

			<-sent // What comes while an answer is awaited cannot be told from one.

			mustGet(t, c, "/", "hello")

			if n := s.conns.Load(); n != 2 {
				t.Errorf("%d connections, want 2", n)
			}
		})
	}
}

// TestFirstWordIsOurs and not the server's.
func TestFirstWordIsOurs(t *testing.T) {
	t.Parallel()

	sent := make(chan struct{})
	s := serve(t, func(p *peer) {
		p.send(hello)
		close(sent)
		p.request()
	})
	c := newClient(t, s, h1.Options{Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		defer func() { <-sent }()

		return new(net.Dialer).DialContext(ctx, network, addr)
	}})

	if a, err := get(t.Context(), c, "/"); err == nil {
		t.Errorf("%q was taken for an answer", a.Body)
	}
}

// TestLongRequest goes out in pieces.
func TestLongRequest(t *testing.T) {
	t.Parallel()

	target := "/" + strings.Repeat("x", 1<<20)
	c := newClient(t, serve(t, func(p *peer) {
		time.Sleep(20 * ms) // while the way is blocked

		for range 2 {
			if r := p.request(); !strings.HasPrefix(r, "GET "+target+" HTTP/1.1\r\n") {
				t.Errorf("%d bytes came", len(r))
			}

			p.send(hello)
		}
	}), h1.Options{Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		nc, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err == nil {
			err = nc.(*net.TCPConn).SetWriteBuffer(4 << 10)
		}

		return nc, err
	}})

	mustGet(t, c, target, "hello")
	mustGet(t, c, target, "hello")
}
