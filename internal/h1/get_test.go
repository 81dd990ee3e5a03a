package h1_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/h1"
)

func TestRequest(t *testing.T) {
	t.Parallel()

	requests := make(chan string, 1)
	c := newClient(t, serve(t, func(p *peer) {
		for r := p.request(); r != ""; r = p.request() {
			requests <- r

			p.send(hello)
		}
	}), h1.Options{Header: header("Accept", "application/json", "User-Agent", "storefront")})

	long := "/" + strings.Repeat("x", 100<<10)

	for target, want := range map[string]string{
		"/":              "GET / HTTP/1.1\r\nHost: shop.test\r\nAccept: application/json\r\nUser-Agent: storefront\r\nX-A: b \xe9\t\r\nX-A: \r\n\r\n",
		"/a?b=%20&c='\"": "GET /a?b=%20&c='\" HTTP/1.1\r\nHost: shop.test\r\nAccept: application/json\r\nUser-Agent: storefront\r\nX-A: b \xe9\t\r\nX-A: \r\n\r\n",
		long:             "GET " + long + " HTTP/1.1\r\nHost: shop.test\r\nAccept: application/json\r\nUser-Agent: storefront\r\nX-A: b \xe9\t\r\nX-A: \r\n\r\n",
	} {
		h := header("X-A", "b \xe9\t", "X-A", "")
		if err := c.Get(t.Context(), target, &h, maxBody, new(h1.Answer)); err != nil {
			t.Fatal(err)
		}

		if got := <-requests; got != want {
			t.Errorf("sent %q, want %q", got, want)
		}
	}

	if err := c.Get(t.Context(), "/", nil, maxBody, new(h1.Answer)); err != nil {
		t.Fatal(err)
	}

	if got, want := <-requests, "GET / HTTP/1.1\r\nHost: shop.test\r\nAccept: application/json\r\nUser-Agent: storefront\r\n\r\n"; got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
}

func header(fields ...string) (h h1.Header) {
	for field := range slices.Chunk(fields, 2) {
		h.Add(field[0], field[1])
	}

	return h
}

// TestInjection sends nothing at all.
func TestInjection(t *testing.T) {
	t.Parallel()

	s := serve(t, always(hello))

	for _, target := range []string{"", "a", "*", "http://x/", "?a", "/ ", "/ HTTP/1.1", "/\r\nX: y", "/\n", "/\t", "/\x00", "/\x7f", "/é", "/#a"} {
		if _, err := get(t.Context(), newClient(t, s, h1.Options{}), target); !errors.Is(err, h1.ErrRequest) {
			t.Errorf("target %q: error %v", target, err)
		}
	}

	for _, field := range [][2]string{
		{"", "x"},
		{"A b", "x"},
		{"A:", "x"},
		{"A\r\nB", "x"},
		{"É", "x"},
		{"A", "x\r\nB: y"},
		{"A", "x\n"},
		{"A", "x\r"},
		{"A", "\x00"},
		{"A", "\x7f"},
		{"host", "x"},
		{"Connection", "close"},
		{"CONTENT-LENGTH", "1"},
		{"Transfer-Encoding", "chunked"},
	} {
		bad := header("Good", "x", field[0], field[1], "Good", "x")

		if err := newClient(t, s, h1.Options{}).Get(t.Context(), "/", &bad, maxBody, new(h1.Answer)); !errors.Is(err, h1.ErrRequest) {
			t.Errorf("field %q: error %v", field, err)
		}

		if _, err := get(t.Context(), newClient(t, s, h1.Options{Header: bad}), "/"); !errors.Is(err, h1.ErrRequest) {
			t.Errorf("field %q of all requests: error %v", field, err)
		}

		bad.Reset()

		if err := newClient(t, s, h1.Options{}).Get(t.Context(), "/", &bad, maxBody, new(h1.Answer)); err != nil {
			t.Errorf("after a reset: error %v", err)
		}
	}

	if err := h1.New(s.addr, "shop\r\nX: y", h1.Options{}).Get(t.Context(), "/", nil, 0, new(h1.Answer)); !errors.Is(err, h1.ErrRequest) {
		t.Errorf("host: error %v", err)
	}
}

// TestWanted leaves out the bodies that are not, and reads them if that is cheap.
func TestWanted(t *testing.T) {
	t.Parallel()

	const status = "HTTP/1.1 503 Service Unavailable\r\n"

	for _, test := range []struct {
		name, head, body string
		later, never     bool // when the body comes
		keep             bool
	}{
		{name: "none", head: status + "Content-Length: 0\r\n\r\n", keep: true},
		{name: "short", head: status + "Content-Length: 4\r\n\r\n", body: "oops", keep: true},
		{name: "short and soon", head: status + "Content-Length: 4\r\n\r\n", body: "oops", later: true, keep: true},
		{name: "chunks", head: status + "Transfer-Encoding: chunked\r\n\r\n", body: "4\r\noops\r\n0\r\n\r\n", later: true, keep: true},
		{name: "never", head: status + "Content-Length: 4\r\n\r\n", never: true},
		{name: "never ends", head: status + "\r\n", body: "oops", never: true},
		{name: "long", head: status + "Content-Length: 5000\r\n\r\n", body: strings.Repeat("x", 5000)},
		{name: "chunks are long", head: status + "Transfer-Encoding: chunked\r\n\r\n", body: "1388\r\n" + strings.Repeat("x", 5000) + "\r\n0\r\n\r\n"},
		{name: "malformed", head: status + "Transfer-Encoding: chunked\r\n\r\n", body: "oops"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := h1.New("shop.test:80", "shop.test", h1.Options{
					Wanted: func(a *h1.Answer) bool { return a.Status == 200 },
					Dial: inMemory(func(p *peer) {
						p.request()

						switch {
						case p.n > 1:
							p.send(hello)
						case test.later:
							p.send(test.head)
							time.Sleep(9 * ms)
							p.send(test.body)
						default:
							p.send(test.head + test.body)
						}

						if test.never {
							p.request() // that is: wait
						}

						always(hello)(p)
					}),
				})
				defer c.Close()

				start := time.Now()

				a, err := get(t.Context(), c, "/")
				if err != nil || a.Status != 503 || len(a.Body) > 0 {
					t.Fatalf("%d %q, error %v", a.Status, a.Body, err)
				}

				if kept := c.Idle() == 1; kept != test.keep {
					t.Errorf("kept is %t, want %t", kept, test.keep)
				}

				if d := time.Since(start); d > 10*ms {
					t.Errorf("it took %s", d)
				}

				mustGet(t, c, "/", "hello")
			})
		})
	}
}

// TestPanic of a caller's own function costs a connection, and not its place.
func TestPanic(t *testing.T) {
	t.Parallel()

	panics := true
	c := newClient(t, serve(t, always(hello)), h1.Options{MaxConns: 1, Wanted: func(*h1.Answer) bool {
		if panics {
			panics = false
			panic("oops")
		}

		return true
	}})

	func() {
		defer func() { _ = recover() }()

		_, _ = get(t.Context(), c, "/")
	}()

	mustGet(t, c, "/", "hello")
}

func TestDialFails(t *testing.T) {
	t.Parallel()

	s := serve(t, always(hello))
	refused := errors.New("refused")
	dials := 0
	c := newClient(t, s, h1.Options{MaxConns: 1, Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if dials++; dials < 3 {
			return nil, refused
		}

		return new(net.Dialer).DialContext(ctx, network, addr)
	}})

	for range 2 {
		if _, err := get(t.Context(), c, "/"); !errors.Is(err, refused) {
			t.Errorf("error %v", err)
		}
	}

	mustGet(t, c, "/", "hello")
}

// TestDialTakesTooLong is not the caller's time being up.
func TestDialTakesTooLong(t *testing.T) {
	t.Parallel()

	c := h1.New("shop.test:80", "shop.test", h1.Options{DialTimeout: ms, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()

		return nil, ctx.Err()
	}})

	var timeout interface{ Timeout() bool }
	if _, err := get(t.Context(), c, "/"); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("error %v is no timeout", err)
	}
}

// TestAllocations holds a call that no context can end to none at all.
func TestAllocations(t *testing.T) { //nolint:paralleltest // Others would be counted.
	c := newClient(t, serve(t, func(p *peer) {
		answer, request := []byte(hello), make([]byte, 1024) // in one piece

		for {
			if _, err := p.Read(request); err != nil {
				return
			}

			if _, err := p.Write(answer); err != nil {
				return
			}
		}
	}), h1.Options{})

	var (
		a h1.Answer
		h h1.Header
	)

	n := testing.AllocsPerRun(1000, func() {
		h.Reset()
		h.Add("X-Request-Id", "1")

		if err := c.Get(context.Background(), "/", &h, maxBody, &a); err != nil {
			t.Error(err)
		}
	})
	if n > 0 {
		t.Errorf("%.0f allocations for each call", n)
	}
}
