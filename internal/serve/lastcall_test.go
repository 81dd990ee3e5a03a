package serve_test

import (
	"bufio"
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

// connect opens a connection as a balancer does.
func connect(t *testing.T, network *memory) net.Conn {
	t.Helper()

	conn, err := network.dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = conn.Close() })

	return conn
}

// exchange sends a request over a connection and reads the answer.
func exchange(t *testing.T, conn net.Conn) *answer {
	t.Helper()

	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: test\r\n\r\n"); err != nil {
		t.Fatal(err)
	}

	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}

	return read(t, response)
}

// TestLastCall: what a balancer sends just as the server stops, over a connection
// that it has just opened or has kept, is answered.
func TestLastCall(t *testing.T) {
	t.Parallel()

	const after = 100 * ms

	for name, test := range map[string]struct {
		conns       int // opened before the stop
		used        bool
		sends       bool // after the stop
		grace       time.Duration
		least, most time.Duration // that the stop takes
	}{
		"nobody is there":                    {grace: time.Second},
		"a new connection brings a request":  {conns: 1, sends: true, grace: time.Second, least: after, most: 300 * ms},
		"a kept connection brings a request": {conns: 1, used: true, sends: true, grace: time.Second, least: after, most: 300 * ms},
		"a silent one is waited for":         {conns: 2, sends: true, grace: time.Second, least: 400 * ms, most: 500 * ms},
		"a silent one that was used":         {conns: 1, used: true, grace: time.Second, least: 400 * ms, most: 500 * ms},
		"no longer than the grace":           {conns: 1, grace: 50 * ms, least: 50 * ms, most: 100 * ms},
		"no grace":                           {conns: 1, most: 10 * ms},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				network := newMemory()
				pipe := newPipe(says("text/plain", "hello"), func(o *serve.Options) { o.Draining = func() bool { return !test.used } })
				stop := serve.ServeUntil(network, pipe, budget, slog.New(slog.DiscardHandler))

				opened := make([]net.Conn, test.conns)
				for i := range opened {
					opened[i] = connect(t, network)

					if test.used {
						exchange(t, opened[i])
					}
				}

				synctest.Wait()

				took := make(chan time.Duration)

				go func() {
					began := time.Now()
					if err := stop(t.Context(), test.grace); err != nil {
						t.Error(err)
					}

					took <- time.Since(began)
				}()

				if test.sends {
					time.Sleep(after)

					if got := exchange(t, opened[0]); got.text != "hello" || got.status != http.StatusOK {
						t.Errorf("got %d, %s", got.status, got.text)
					}

					if test.used { // Nothing told it not to be used again.
						_ = opened[0].Close()
					}
				}

				if got := <-took; got < test.least || got > test.most {
					t.Errorf("the stop took %v, want %v to %v", got, test.least, test.most)
				}

				if _, err := network.dial(t.Context(), "", ""); err == nil || !strings.Contains(err.Error(), "closed") {
					t.Errorf("a new connection: %v", err)
				}
			})
		})
	}
}
