package serve_test

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/serve"
)

// unread asks for a page of so many bytes, and reads nothing of it.
func unread(t *testing.T, bytes int) (p *pipe, conn net.Conn) {
	t.Helper()

	p = protected(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", bytes))
	}, serve.Rate{}, func(o *serve.Options) { o.Reuse = []serve.Reuse{{Prefix: "/api/"}} })

	m := newMemory()
	server := serve.NewHTTPServer(p, budget, slog.New(slog.DiscardHandler))
	serveOver(t, server, serve.Listener(m, server, 0, func(string, int) {}, func() {}, func() {}))

	conn, err := m.dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = conn.Close() })

	if _, err = io.WriteString(conn, "GET /api/page HTTP/1.1\r\nHost: test\r\n\r\n"); err != nil {
		t.Fatal(err)
	}

	synctest.Wait()

	return p, conn
}

// TestSlowReaderHoldsNoPlace, however long the answer is that it does not read.
func TestSlowReaderHoldsNoPlace(t *testing.T) {
	t.Parallel()

	for name, bytes := range map[string]int{"held": 1 << 20, "longer than what is held": 4<<20 + 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, _ := unread(t, bytes)

				if !p.has(t, `bff_requests_in_flight{bff="test"} 1`) {
					t.Error("it is not being sent")
				}

				if !p.has(t, `bff_requests_admitted{bff="test"} 0`) {
					t.Error("an answer that nobody reads has a place")
				}
			})
		})
	}
}

// TestSlowReaderKeepsNobodyWaiting: others who want the same page do not wait
// until one has read it.
func TestSlowReaderKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, _ := unread(t, 4<<20+1)
		start := time.Now()

		if answer := p.ask(t, http.MethodGet, "/api/page"); answer.status != http.StatusOK || time.Since(start) > 0 {
			t.Errorf("got %d after %v", answer.status, time.Since(start))
		}
	})
}

// TestAnswersNobodyReads are given up in a time that their size allows.
func TestAnswersNobodyReads(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		bytes int
		most  time.Duration
	}{
		"short": {1000, 11 * time.Second},
		"long":  {1 << 20, 27 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, conn := unread(t, test.bytes)

				time.Sleep(test.most)
				synctest.Wait()

				if !p.has(t, `bff_requests_in_flight{bff="test"} 0`) {
					t.Error("it is still held for who does not read it")
				}

				if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
					t.Errorf("the connection is still there: %v", err)
				}
			})
		})
	}
}

// TestPatientStream: a stream may last, as long as each piece of it is read.
func TestPatientStream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const pieces, pause = 5, 20 * time.Second

		p := newPipe(func(w http.ResponseWriter, _ *http.Request) {
			for range pieces {
				_, _ = io.WriteString(w, "piece\n")
				_ = http.NewResponseController(w).Flush()

				time.Sleep(pause)
			}
		})

		if answer := do(t, p.server(t).client(t), http.MethodGet, "http://test/", http.NoBody); strings.Count(answer.text, "piece") != pieces {
			t.Errorf("got %q", answer.text)
		}
	})
}
