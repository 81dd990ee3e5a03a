package serve_test

import (
	"bufio"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"storefront/internal/telemetry"
)

// TestLongAnswers go out as they come, and shorter ones whole.
func TestLongAnswers(t *testing.T) {
	t.Parallel()

	const most, piece = 4 << 20, 64 << 10

	for name, test := range map[string]struct {
		bytes  int
		length string
	}{
		"as long as is held": {most, strconv.Itoa(most)},
		"a byte longer":      {most + 1, ""},
		"much longer":        {3*most + 7, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			p := newPipe(func(w http.ResponseWriter, r *http.Request) {
				telemetry.RecordFrom(r.Context()).AddCall(telemetry.Call{Service: "user"})
				w.Header().Set("Content-Type", "application/octet-stream")

				for left := test.bytes; left > 0; left -= piece {
					if n, err := io.WriteString(w, strings.Repeat("x", min(piece, left))); n != min(piece, left) || err != nil {
						t.Errorf("wrote %d bytes, %v", n, err)
					}
				}
			})
			answer := p.ask(t, http.MethodGet, "/")
			wantHeaders(t, answer, map[string]string{"Content-Length": test.length, "Server-Timing": "user;dur=0.0"})

			if text := answer.text; text != strings.Repeat("x", test.bytes) {
				t.Errorf("%d bytes came, want %d", len(text), test.bytes)
			}

			if n := p.event(t)["bytes"]; n != float64(test.bytes) {
				t.Errorf("%v bytes are logged", n)
			}
		})
	}
}

// TestFlush sends what there is at once; what comes later comes later.
func TestFlush(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		more := make(chan struct{})
		p := newPipe(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			w.WriteHeader(http.StatusAccepted)

			for _, line := range []string{"one\n", "two\n"} {
				_, _ = io.WriteString(w, line)

				if err := http.NewResponseController(w).Flush(); err != nil {
					t.Error(err)
				}

				<-more
			}
		})

		response, err := p.server(t).client(t).Do(request(t, http.MethodGet, "http://test/", http.NoBody))
		if err != nil {
			t.Fatal(err)
		}

		defer func() { _ = response.Body.Close() }()

		lines := bufio.NewReader(response.Body)

		if response.StatusCode != http.StatusAccepted {
			t.Errorf("got %d", response.StatusCode)
		}

		for _, want := range []string{"one\n", "two\n"} {
			if line, err := lines.ReadString('\n'); line != want || err != nil {
				t.Errorf("got %q, %v; want %q", line, err, want)
			}

			more <- struct{}{}
		}

		if rest, err := io.ReadAll(lines); len(rest) != 0 || err != nil {
			t.Errorf("got %q, %v", rest, err)
		}
	})
}

// TestStatuses that a handler may set, once.
func TestStatuses(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		handler http.HandlerFunc
		status  int
		length  string
		text    string
	}{
		"nothing":     {func(http.ResponseWriter, *http.Request) {}, 200, "0", ""},
		"a text":      {says("image/png", "png"), 200, "3", "png"},
		"no content":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, 204, "", ""},
		"not changed": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }, 304, "", ""},
		"a text where none is allowed": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotModified)

			_, _ = io.WriteString(w, "text")
		}, 304, "", ""},
		"the first of two": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			w.WriteHeader(http.StatusOK)
		}, 404, "0", ""},
		"one after the text": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "text")

			w.WriteHeader(http.StatusNotFound)
		}, 200, "4", "text"},
		"a wrong length": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")

			_, _ = io.WriteString(w, "text")
		}, 200, "4", "text"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			p := newPipe(test.handler)
			answer := p.ask(t, http.MethodGet, "/")

			if text := answer.text; answer.status != test.status || text != test.text {
				t.Errorf("got %d, %q", answer.status, text)
			}

			wantHeaders(t, answer, map[string]string{"Content-Length": test.length, "X-Content-Type-Options": "nosniff"})

			if got := p.event(t)["status"]; got != float64(test.status) {
				t.Errorf("logged is %v", got)
			}
		})
	}
}

// TestHead is a GET without the body: handlers see no difference.
func TestHead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet {
				t.Errorf("the handler sees %s", r.Method)
			}

			w.Header().Set("Etag", `"a"`)
			says("application/json", strings.Repeat("x", 1000))(w, r)
		})
		answer := do(t, p.server(t).client(t), http.MethodHead, "http://test/", http.NoBody)
		wantHeaders(t, answer, map[string]string{"Content-Length": "1000", "Etag": `"a"`})

		if text := answer.text; text != "" {
			t.Errorf("got %q", text)
		}

		synctest.Wait()

		if event := p.event(t); event["method"] != "HEAD" || event["bytes"] != 0.0 {
			t.Errorf("logged is %v", event)
		}

		if !p.has(t, `bff_response_size_bytes_sum{bff="test",route="unmatched"} 0`) {
			t.Error("what was not sent is counted")
		}
	})
}

// TestEarlyHints go out before the answer.
func TestEarlyHints(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)

			_, _ = io.WriteString(w, "text")
		})

		answer := do(t, p.server(t).client(t), http.MethodGet, "http://test/", http.NoBody)
		if text := answer.text; answer.status != http.StatusOK || text != "text" {
			t.Errorf("got %d, %q", answer.status, text)
		}
	})
}
