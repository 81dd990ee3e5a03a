package serve_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"storefront/internal/serve"
)

// TestRefusals are what net/http says by itself, in our words.
func TestRefusals(t *testing.T) {
	t.Parallel()

	r := start(t, one(says("text/plain", "HTTP/1.1 400 is no refusal when a handler says it")), usual()...)

	for name, test := range map[string]struct {
		request string
		status  int
	}{
		"no HTTP":             {"hello there\r\n\r\n", http.StatusBadRequest},
		"no host":             {"GET / HTTP/1.1\r\n\r\n", http.StatusBadRequest},
		"a header of no name": {"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", http.StatusBadRequest},
		"headers without end": {
			"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", http.StatusRequestHeaderFieldsTooLarge,
		},
		"another HTTP":       {"GET / HTTP/9.9\r\nHost: a\r\n\r\n", http.StatusHTTPVersionNotSupported},
		"another coding":     {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: secret\r\n\r\n", http.StatusNotImplemented},
		"a URL that is none": {"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", http.StatusBadRequest},
	} {
		answer := r.say(test.request)
		if answer.status != test.status {
			t.Errorf("%s: got %d, want %d", name, answer.status, test.status)
		}

		wantHeaders(t, answer, map[string]string{
			"Content-Type": "application/problem+json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		})

		var details struct {
			Status    int
			Title     string
			RequestID string `json:"request_id"`
		}
		if err := json.Unmarshal([]byte(answer.text), &details); err != nil {
			t.Errorf("%s: %v", name, err)
		}

		id := answer.header.Get("X-Request-Id")
		if details.Status != test.status || details.Title == "" || details.RequestID != id || !ownID.MatchString(id) {
			t.Errorf("%s: %+v", name, details)
		}

		if !strings.Contains(r.err.String(), id) {
			t.Errorf("%s: it is not logged", name)
		}
	}

	r.want(r.urls["ops"]+"/metrics", http.StatusOK, `bff_requests_total{bff="test",method="other",route="unmatched",status="431"} 1`)

	if answer := r.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n"); answer.status != http.StatusOK || !strings.HasPrefix(answer.text, "HTTP/1.1 400") {
		t.Errorf("an answer is taken for a refusal: %d", answer.status)
	}

	r.stop()
	r.wantEnd(serve.ExitOK)
}

// say sends bytes and reads an answer.
func (r *running) say(request string) *answer {
	r.t.Helper()

	conn, err := new(net.Dialer).DialContext(r.t.Context(), "tcp", strings.TrimPrefix(r.urls["test"], "http://"))
	if err != nil {
		r.t.Fatal(err)
	}

	r.t.Cleanup(func() { _ = conn.Close() })

	go func() { _, _ = io.WriteString(conn, request) }() // it may be refused before its end

	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		r.t.Fatal(err)
	}

	return read(r.t, response)
}
