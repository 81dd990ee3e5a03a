package serve_test

import (
	"context"
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

// server is the handler on a network, bounded as in a program.
func (p *pipe) server(t *testing.T) *memory {
	t.Helper()

	return listen(t, serve.NewHTTPServer(p, budget, slog.New(slog.DiscardHandler)))
}

// TestSlowBody is cut off with the budget, and after ten seconds where that is
// long, and not by the server's own patience.
func TestSlowBody(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct{ budget, most time.Duration }{
		"a short budget": {budget, budget},
		"a long budget":  {time.Minute, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				p := newPipe(func(w http.ResponseWriter, r *http.Request) {
					var timeout net.Error
					if _, err := io.ReadAll(r.Body); !errors.As(err, &timeout) || !timeout.Timeout() {
						t.Errorf("reading the body: %v", err)
					}

					if waited := time.Since(start); waited != test.most {
						t.Errorf("waited for %v", waited)
					}

					w.WriteHeader(http.StatusRequestTimeout)
				}, func(o *serve.Options) { o.Budget = test.budget })

				reader, writer := io.Pipe()
				defer func() { _ = writer.Close() }()

				go func() { _, _ = io.WriteString(writer, "so far") }()

				answer := do(t, p.server(t).client(t), http.MethodPost, "http://test/", reader)
				if answer.status != http.StatusRequestTimeout {
					t.Errorf("got %d", answer.status)
				}
			})
		})
	}
}

// TestTimeAfterTheBody: who has sent it all is not cut off, however long the
// answer takes.
func TestTimeAfterTheBody(t *testing.T) {
	t.Parallel()

	for name, content := range map[string]string{"a body": "all of it", "no body": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPipe(func(_ http.ResponseWriter, r *http.Request) {
					if text, err := io.ReadAll(r.Body); string(text) != content || err != nil {
						t.Errorf("got %q, %v", text, err)
					}

					select {
					case <-r.Context().Done():
						t.Errorf("cut off: %v", context.Cause(r.Context()))
					case <-time.After(30 * time.Second): // as a profile takes
					}
				})
				client := p.server(t).client(t)

				for range 2 { // the second on the same connection
					if answer := do(t, client, http.MethodPost, "http://test/", strings.NewReader(content)); answer.status != http.StatusOK {
						t.Errorf("got %d", answer.status)
					}
				}
			})
		})
	}
}
