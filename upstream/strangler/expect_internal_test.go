package strangler

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"
	"time"
)

// TestExpectBothWays: a side may answer before it reads a body that its client
// offers, and go on answering while it reads.
func TestExpectBothWays(t *testing.T) {
	t.Parallel()
	eachMode(t, func(t *testing.T, o facadeOptions) {
		t.Helper()

		side := func(w http.ResponseWriter, _ *http.Request) {
			// net/http would close the connection behind such an answer, and then no
			// body is sent: see ADR 26.
			conn, in, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)

				return
			}

			defer func() { _ = conn.Close() }()

			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			lines := bufio.NewReader(httputil.NewChunkedReader(in))

			for {
				line, err := lines.ReadString('\n')
				if err != nil {
					break
				}

				_, _ = io.WriteString(conn, "8\r\ngot "+line+"\r\n")
			}

			_, _ = io.WriteString(conn, "0\r\n\r\n")
		}

		o.old, o.new = side, side
		k := newFacade(t, o)

		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(k.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}

		defer func() { _ = conn.Close() }()

		_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
		_, _ = io.WriteString(conn, "POST /api/things HTTP/1.1\r\nHost: facade\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")

		in := bufio.NewReader(conn)
		response, err := http.ReadResponse(in, nil)
		if err == nil && response.StatusCode == http.StatusContinue {
			response, err = http.ReadResponse(in, nil)
		}

		if err != nil {
			t.Fatal(err)
		}

		defer func() { _ = response.Body.Close() }()

		lines := bufio.NewReader(response.Body)

		for _, word := range []string{"one\n", "two\n"} {
			_, _ = io.WriteString(conn, "4\r\n"+word+"\r\n")

			if line, err := lines.ReadString('\n'); line != "got "+word || err != nil {
				t.Fatalf("got %q, %v", line, err)
			}
		}

		_, _ = io.WriteString(conn, "0\r\n\r\n")

		if rest, err := io.ReadAll(lines); len(rest) > 0 || err != nil {
			t.Errorf("got %q, %v", rest, err)
		}
	})
}
