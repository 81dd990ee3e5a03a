package stub_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"storefront/bench/internal/stub"
)

func TestServeAnnouncesEachServiceAndEndsWithItsContext(t *testing.T) {
	t.Parallel()

	s := newStub(t, stub.Options{Users: 3})
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)

	go func() { ended <- s.Serve(ctx, writer) }()

	const services = 6 // with that of the counts

	urls, lines := map[string]string{}, bufio.NewScanner(reader)
	for range services {
		lines.Scan()

		name, url, _ := strings.Cut(strings.TrimSpace(lines.Text()), "  ")
		urls[name] = url
	}

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, urls["user"]+"/users/user_2", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}

	body, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(body), `"user_2"`) {
		t.Errorf("%s, %v", body, err)
	}

	if err = response.Body.Close(); err != nil {
		t.Error(err)
	}

	cancel()

	if err = <-ended; err != nil {
		t.Error(err)
	}

	if _, err = http.DefaultClient.Do(request); err == nil { //nolint:bodyclose // There is none.
		t.Error("the stub still answers")
	}
}

func TestWhatTheStubDoesNotReadIsRefused(t *testing.T) {
	t.Parallel()

	s := newStub(t, stub.Options{Users: 1})

	for name, text := range map[string]string{
		"another method":   "POST /users/user_1 HTTP/1.1\r\n\r\n",
		"another protocol": "GET /users/user_1 HTTP/1.0\r\n\r\n",
		"no target":        "GET HTTP/1.1\r\n\r\n",
		"a body":           "GET /users/user_1 HTTP/1.1\r\nContent-Length: 1\r\n\r\nx",
		"chunks":           "GET /users/user_1 HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n",
		"a long line":      "GET /" + strings.Repeat("x", 5<<10) + " HTTP/1.1\r\n\r\n",
	} {
		if status, _, body := ask(t, s, "user", text); status != http.StatusBadRequest {
			t.Errorf("%s: status %d: %s", name, status, body)
		}
	}
}
