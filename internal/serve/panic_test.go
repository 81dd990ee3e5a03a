package serve_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// TestPanic is one clean error for the client, and all that is known for the
// log.
func TestPanic(t *testing.T) {
	t.Parallel()

	p := newPipe(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		for _, name := range []string{
			"Content-Encoding", "Content-Length", "Content-Disposition", "Etag", "Last-Modified", "Location", "Retry-After",
			"Set-Cookie", "Vary",
		} {
			h.Set(name, "of the answer that was begun")
		}

		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "private, max-age=300")
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, `{"half":`)

		panic("index out of range [3], token=secret")
	})
	answer := p.ask(t, http.MethodGet, "/", "X-Request-Id", "request-1")
	text := answer.text

	if answer.status != http.StatusInternalServerError || strings.Contains(text, "half") || strings.Contains(text, "secret") ||
		!strings.Contains(text, `"request_id":"request-1"`) {
		t.Errorf("got %d, %s", answer.status, text)
	}

	for name, values := range answer.header {
		if strings.Contains(values[0], "begun") {
			t.Errorf("%s: %s", name, values)
		}
	}

	wantHeaders(t, answer, map[string]string{
		"Content-Type": "application/problem+json", "Cache-Control": "no-store", "X-Request-Id": "request-1",
	})

	event := p.event(t)
	for _, want := range []string{"token=secret", "panic_test.go"} {
		if err, _ := event["error"].(string); !strings.Contains(err, want) {
			t.Errorf("%q is not in the log: %v", want, event)
		}
	}

	if event["level"] != "ERROR" || event["status"] != 500.0 {
		t.Errorf("got %v", event)
	}
}

// TestPanicInTheMiddle of an answer shows as one that broke off, and is logged
// all the same.
func TestPanicInTheMiddle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/good" {
				return
			}

			_, _ = io.WriteString(w, "so far")
			_ = http.NewResponseController(w).Flush()

			panic("boom")
		})
		client := p.server(t).client(t)

		response, err := client.Do(request(t, http.MethodGet, "http://test/", http.NoBody))
		if err != nil {
			t.Fatal(err)
		}

		defer func() { _ = response.Body.Close() }()

		text, err := io.ReadAll(response.Body)
		if string(text) != "so far" || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("got %q, %v", text, err)
		}

		synctest.Wait()

		event := p.event(t)
		if told, _ := event["error"].(string); event["level"] != "ERROR" || !strings.Contains(told, "panic_test.go") {
			t.Errorf("logged is %v", event)
		}

		if !p.has(t, `bff_requests_total{bff="test",method="GET",route="unmatched",status="200"} 1`) {
			t.Error("it is not counted")
		}

		if answer := do(t, client, http.MethodGet, "http://test/good", http.NoBody); answer.status != http.StatusOK {
			t.Errorf("the next one is %d", answer.status)
		}
	})
}

// TestAbort is a handler's own wish to break off: no fault, and no error for
// the client.
func TestAbort(t *testing.T) {
	t.Parallel()

	p := newPipe(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })

	defer func() {
		if v := recover(); v != http.ErrAbortHandler { //nolint:errorlint // It is panicked with as it is.
			t.Errorf("recovered %v", v)
		}

		if event := p.event(t); event["level"] != "INFO" || event["error"] != nil {
			t.Errorf("logged is %v", event)
		}
	}()

	p.ask(t, http.MethodGet, "/")
}
