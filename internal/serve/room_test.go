package serve_test

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/serve"
)

// limited is a network whose server has at most so many connections.
func limited(t *testing.T, handler http.HandlerFunc, most int, full func()) *memory {
	t.Helper()

	m := newMemory()
	server := serve.NewHTTPServer(newPipe(handler), budget, slog.New(slog.DiscardHandler))
	serveOver(t, server, serve.Listener(m, server, most, func(string, int) {}, func() {}, full))

	return m
}

// link is a connection of a client.
type link struct {
	net.Conn

	reader *bufio.Reader
}

func (m *memory) link(t *testing.T) *link {
	t.Helper()

	conn, err := m.dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = conn.Close() })
	synctest.Wait()

	return &link{Conn: conn, reader: bufio.NewReader(conn)}
}

// ask reports whether the connection carries a request and its answer.
func (l *link) ask() bool {
	if _, err := io.WriteString(l, "GET / HTTP/1.1\r\nHost: test\r\n\r\n"); err != nil {
		return false
	}

	response, err := http.ReadResponse(l.reader, nil)
	if err != nil {
		return false
	}

	_, err = io.Copy(io.Discard, response.Body)
	synctest.Wait() // The server is done with it.

	return err == nil && response.StatusCode == http.StatusOK
}

// TestConnectionsAreBounded: the one that has been idle for longest makes room;
// where none is, the new one is closed.
func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var full atomic.Int64

		m := limited(t, says("text/plain", "hello"), 3, func() { full.Add(1) })
		first, second, third := m.link(t), m.link(t), m.link(t)

		for _, l := range []*link{second, first, third, second} { // Now first is idle for longest.
			if !l.ask() {
				t.Fatal("no answer")
			}
		}

		fourth := m.link(t)
		if !fourth.ask() || first.ask() || !second.ask() || !third.ask() {
			t.Error("not the one that was idle for longest has made room")
		}

		if n := full.Load(); n != 0 {
			t.Errorf("%d are refused", n)
		}
	})
}

// TestUnusedConnectionsMakeRoom before those that have been of use, once they
// have had a second, whether they send nothing or less than a request.
func TestUnusedConnectionsMakeRoom(t *testing.T) {
	t.Parallel()

	for name, sent := range map[string]string{"nothing": "", "half a head": "GET / HTTP/1.1\r\nHost: te"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var full atomic.Int64

				m := limited(t, says("text/plain", "hello"), 3, func() { full.Add(1) })
				honest, first := m.link(t), m.link(t)

				if !honest.ask() {
					t.Fatal("no answer")
				}

				_, _ = io.WriteString(first, sent)

				time.Sleep(time.Second)

				second := m.link(t)
				third := m.link(t) // In place of the first one.

				if _, err := first.reader.ReadByte(); !errors.Is(err, io.EOF) {
					t.Errorf("one that has been of no use is still there: %v", err)
				}

				if !second.ask() || !third.ask() || !honest.ask() || full.Load() != 0 {
					t.Error("one of the others has made room")
				}
			})
		})
	}
}

// TestTooManyConnections: those that are at work, or have just come, stay.
func TestTooManyConnections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var full atomic.Int64

		release := make(chan struct{})
		m := limited(t, func(http.ResponseWriter, *http.Request) { <-release }, 2, func() { full.Add(1) })

		quiet, working := m.link(t), m.link(t)
		answered := make(chan bool)

		go func() { answered <- working.ask() }()

		synctest.Wait()

		refused := m.link(t)
		if _, err := refused.reader.ReadByte(); !errors.Is(err, io.EOF) {
			t.Errorf("one too many is not closed: %v", err)
		}

		if n := full.Load(); n != 1 {
			t.Errorf("%d are refused, want 1", n)
		}

		close(release)

		if !<-answered || !quiet.ask() {
			t.Error("one that was there before gets no answer")
		}

		_ = quiet.Close()
		_ = working.Close()
		synctest.Wait()

		if !m.link(t).ask() {
			t.Error("there is room again, and no answer")
		}
	})
}

// TestMostConnections leaves files for calls of services.
func TestMostConnections(t *testing.T) {
	t.Parallel()

	for _, test := range []struct{ set, servers, files, want int }{
		{10_000, 1, 1 << 20, 10_000},
		{10_000, 1, 1024, 768},
		{10_000, 3, 1024, 256},
		{10_000, 3, 0, 1},
		{5, 3, 1024, 5},
		{10_000, 0, 1 << 20, 10_000},
	} {
		if got := serve.MostConnections(test.set, test.servers, test.files); got != test.want {
			t.Errorf("%+v: got %d", test, got)
		}
	}
}

// TestConnectionsOfAProgram are bounded by a setting, but not those of its
// operators.
func TestConnectionsOfAProgram(t *testing.T) {
	t.Parallel()

	began, release := make(chan struct{}), make(chan struct{})
	r := start(t, one(func(http.ResponseWriter, *http.Request) {
		close(began)
		<-release
	}), usual("MAX_CONNECTIONS=1")...)
	addr := r.urls["test"][len("http://"):]

	keep, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = keep.Close() }()

	if _, err = io.WriteString(keep, "GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}

	<-began
	r.until(r.urls["ops"]+"/livez", http.StatusOK)

	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = conn.Close() }()

	if n, err := conn.Read(make([]byte, 1)); err == nil {
		t.Errorf("one too many got %d bytes", n)
	}

	r.want(r.urls["ops"]+"/metrics", http.StatusOK, `bff_connections_refused_total{bff="test"} 1`)
	r.want(r.urls["ops"]+"/metrics", http.StatusOK, `bff_connections{bff="test"} 1`)
	close(release)
	r.stop()
	r.wantEnd(serve.ExitOK)
}
