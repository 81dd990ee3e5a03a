package upstreamtest_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/upstream/upstreamtest"
)

// connect opens a connection to the user service.
func connect(t *testing.T, shop *upstreamtest.Shop) net.Conn {
	t.Helper()
	host := strings.TrimPrefix(shop.URL(upstreamtest.User), "http://")
	if !strings.Contains(host, ":") {
		host += ":80"
	}
	conn, err := shop.DialContext(t.Context(), "tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// askOver sends a request over a connection, and reads the answer.
func askOver(conn net.Conn) seen {
	if _, err := io.WriteString(conn, "GET /users/u-7 HTTP/1.1\r\nHost: user.test\r\n\r\n"); err != nil {
		return seen{err: err}
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return seen{err: err}
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return seen{status: response.StatusCode, header: response.Header, length: response.ContentLength, body: body, err: err}
}

func TestStaleKeepaliveEndsAtTheNextRequest(t *testing.T) {
	t.Parallel()
	for name, open := range networks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := open(t)
			shop.Fail(upstreamtest.User, upstreamtest.StaleKeepalive())
			conn := connect(t, shop)
			first := askOver(conn)
			if !isOK(first) || first.header.Get("Connection") != "" || !strings.Contains(string(first.body), "Name of u-7") {
				t.Fatalf("the first answer is %+v", first)
			}
			until(t, shop, func() bool { return shop.InFlight(upstreamtest.User) == 0 }) // though the fault waits
			if second := askOver(conn); !errors.Is(second.err, io.ErrUnexpectedEOF) {
				t.Errorf("the second answer is %+v", second)
			}
			if n := shop.Calls(upstreamtest.User); n != 1 {
				t.Errorf("the service got %d requests", n)
			}
		})
	}
}

// A client that asks again when a connection was closed under it sees nothing.
func TestStaleKeepaliveGoesUnnoticed(t *testing.T) {
	t.Parallel()
	for name, open := range networks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := open(t)
			shop.Fail(upstreamtest.User, upstreamtest.StaleKeepalive())
			plain := client(shop)
			for range 5 {
				if got := ask(t.Context(), plain, shop.URL(upstreamtest.User)+"/users/u-7"); !isOK(got) {
					t.Errorf("got %d %s, error %v", got.status, got.body, got.err)
				}
			}
		})
	}
}

func TestStaleKeepaliveDoesNotWaitForever(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop := upstreamtest.New(t)
		shop.Fail(upstreamtest.User, upstreamtest.StaleKeepalive())
		conn := connect(t, shop)
		if got := askOver(conn); !isOK(got) {
			t.Fatal(got.err)
		}
		start := time.Now()
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) || time.Since(start) != time.Minute {
			t.Errorf("the idle connection ended after %v with %v", time.Since(start), err)
		}
	})
}

// To a client that keeps no connection it is the good answer.
func TestStaleKeepaliveOfAClosedConnection(t *testing.T) {
	t.Parallel()
	shop := upstreamtest.New(t)
	shop.Fail(upstreamtest.User, upstreamtest.StaleKeepalive())
	transport := shop.Transport()
	transport.DisableKeepAlives = true
	if got := ask(t.Context(), &http.Client{Transport: transport}, shop.URL(upstreamtest.User)+"/users/u-7"); !isOK(got) {
		t.Errorf("got %d %s, error %v", got.status, got.body, got.err)
	}
}

// Server.Close does not know of connections that were taken from it.
func TestGateClosesIdleConnections(t *testing.T) {
	t.Parallel()
	gate := upstreamtest.NewGate(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }), "")
	gate.Fail(upstreamtest.StaleKeepalive())
	server := httptest.NewServer(gate)
	t.Cleanup(server.Close)
	open := func() net.Conn {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if got := askOver(conn); got.status != http.StatusOK || got.err != nil {
			t.Fatal(got.err)
		}
		return conn
	}
	early := open()
	if err := gate.Close(); err != nil {
		t.Fatal(err)
	}
	for _, conn := range []net.Conn{early, open()} {
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("the idle connection ends with %v", err)
		}
	}
}
