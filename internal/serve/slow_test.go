package serve_test

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/serve"
)

// told is what a listener tells of connections that no request came on.
type told struct {
	mu       sync.Mutex
	statuses []int
	silent   int
}

func (w *told) refused(_ string, status int) {
	w.mu.Lock()
	defer w.mu.Unlock()

	w.statuses = append(w.statuses, status)
}

func (w *told) quiet() {
	w.mu.Lock()
	defer w.mu.Unlock()

	w.silent++
}

// TestSlowSenders are dropped within ten seconds, whatever they send slowly, and
// do not go unseen.
func TestSlowSenders(t *testing.T) {
	t.Parallel()

	const (
		head = "POST /api/page HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\n"
		most = 10 * time.Second
	)

	for name, test := range map[string]struct {
		fast, slow string // what is sent at once, and what byte by byte
		refused    int    // the status that is counted; 0 is none
		silent     int
		answer     string
	}{
		"a drip of a head":     {"", head, http.StatusRequestTimeout, 0, "HTTP/1.1 408"},
		"half a head":          {head[:30], "", http.StatusRequestTimeout, 0, ""},
		"a drip of a body":     {head, strings.Repeat("x", 100), 0, 0, "HTTP/1.1 408"},
		"no body":              {head, "", 0, 0, "HTTP/1.1 408"},
		"nothing at all":       {"", "", 0, 1, ""},
		"a whole request":      {strings.ReplaceAll(head, "100", "0"), "", 0, 0, "HTTP/1.1 200"},
		"a drip after one":     {strings.ReplaceAll(head, "100", "0"), head, http.StatusRequestTimeout, 0, "HTTP/1.1 200"},
		"no request, no drip":  {"hello\r\n\r\n", "", http.StatusBadRequest, 0, "HTTP/1.1 400"},
		"a drip nobody reads":  {strings.ReplaceAll(head, "/api/page", "/ignores"), strings.Repeat("x", 100), 0, 0, "HTTP/1.1 200"},
		"a lie about the body": {head + "short", "", 0, 0, "HTTP/1.1 408"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var saw told

				p := protected(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/ignores" {
						return
					}

					if _, err := io.ReadAll(r.Body); err != nil {
						w.WriteHeader(http.StatusRequestTimeout)
					}
				}, serve.Rate{})
				m := newMemory()
				server := serve.NewHTTPServer(p, budget, slog.New(slog.DiscardHandler))
				server.IdleTimeout = most // A connection that has served is free to wait.
				serveOver(t, server, serve.Listener(m, server, 0, saw.refused, saw.quiet, func() {}))

				answer, took := dripAfter(t, m, test.fast, test.slow)

				if !strings.HasPrefix(answer, test.answer) {
					t.Errorf("got %q", answer)
				}

				if limit := most + budget; took > limit {
					t.Errorf("the connection was there for %v", took)
				}

				synctest.Wait()

				if len(saw.statuses) > 1 || len(saw.statuses) == 1 && saw.statuses[0] != test.refused || len(saw.statuses) == 0 && test.refused != 0 {
					t.Errorf("told of %v, want %d", saw.statuses, test.refused)
				}

				if saw.silent != test.silent {
					t.Errorf("%d silent ones, want %d", saw.silent, test.silent)
				}

				if !p.has(t, `bff_requests_admitted{bff="test"} 0`) {
					t.Error("it has a place")
				}
			})
		})
	}
}

// dripAfter sends fast at once, then slow byte by byte, and says what came back
// until the other end had closed.
func dripAfter(t *testing.T, m *memory, fast, slow string) (answer string, took time.Duration) {
	t.Helper()

	const pause = 700 * ms

	conn, err := m.dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}

	var sender sync.WaitGroup

	defer sender.Wait()
	defer func() { _ = conn.Close() }()

	start := time.Now()

	sender.Go(func() {
		_, err := io.WriteString(conn, fast)

		for i := 0; i < len(slow) && err == nil; i++ {
			time.Sleep(pause)

			_, err = io.WriteString(conn, slow[i:i+1])
		}
	})

	got, err := io.ReadAll(conn)
	if err != nil && !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}

	return string(got), time.Since(start)
}

// TestSlowSendersOverTCP: the system's sockets do as those of the tests do, and
// a program counts and logs it.
func TestSlowSendersOverTCP(t *testing.T) {
	t.Parallel()

	if testing.Short() {
		t.Skip("it takes the five seconds that a head may take")
	}

	r := start(t, one(says("text/plain", "hello")), usual("LOG_LEVEL=debug")...)

	var all sync.WaitGroup

	for _, head := range []string{"", "GET / HTTP/1.1\r\nHost: "} {
		all.Go(func() {
			conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(r.urls["test"], "http://"))
			if err != nil {
				t.Error(err)

				return
			}

			defer func() { _ = conn.Close() }()

			_, _ = io.WriteString(conn, head)

			if got, err := io.ReadAll(conn); err != nil || len(got) > 0 {
				t.Errorf("after %q: %q, %v", head, got, err)
			}
		})
	}

	all.Wait()

	r.want(r.urls["ops"]+"/metrics", http.StatusOK, `bff_requests_total{bff="test",method="other",route="unmatched",status="408"} 1`)
	r.want(r.urls["ops"]+"/metrics", http.StatusOK, `bff_connections{bff="test"} 0`)

	for _, words := range []string{`"msg":"silent connection"`, `"msg":"refused","bff":"test","status":408`} {
		if !strings.Contains(r.err.String(), words) {
			t.Errorf("the log has no %s: %s", words, r.err)
		}
	}

	r.stop()
	r.wantEnd(serve.ExitOK)
}
