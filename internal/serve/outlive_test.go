package serve_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"storefront/internal/serve"
)

// passesOn is the program of one server that passes on what is others'.
func passesOn(handler http.HandlerFunc, least time.Duration) serve.Build {
	return func(_ context.Context, app *serve.App) error {
		s := server("test", handler)
		s.Options.Through, s.Options.Budget = true, least
		app.Add(s)

		return nil
	}
}

// TestStopEndsStreams: an answer that has no end of its own has the time that all
// have, then breaks off, and the stop is a clean one.
func TestStopEndsStreams(t *testing.T) {
	t.Parallel()

	begun := make(chan error, 1)
	ended := make(chan error, 1)
	r := start(t, passesOn(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "data: 1\n\n")
		begun <- http.NewResponseController(w).Flush()
		<-r.Context().Done()
		ended <- context.Cause(r.Context())

		panic(http.ErrAbortHandler) // As a proxy does.
	}, ms), usual()...)
	broken := make(chan string, 1)

	go func() {
		_, text, _ := r.get(r.urls["test"])
		broken <- text
	}()

	if err := <-begun; err != nil {
		t.Error(err)
	}

	r.stop()
	r.wantEnd(serve.ExitOK)

	if text := <-broken; !strings.Contains(text, "EOF") {
		t.Errorf("the client sees no break: %s", text)
	}

	if err := <-ended; err == nil {
		t.Error("it was not ended")
	}

	for _, said := range []string{`"clean":true`, `"msg":"broken off"`, `"requests":1`} {
		if !strings.Contains(r.err.String(), said) {
			t.Errorf("the log does not say %s: %s", said, r.err)
		}
	}
}

// TestStopWaitsForDownloads: one that ends in time is whole.
func TestStopWaitsForDownloads(t *testing.T) {
	t.Parallel()

	begun := make(chan error, 1)
	r := start(t, passesOn(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "one ")
		begun <- http.NewResponseController(w).Flush()

		time.Sleep(time.Second) // It is on sockets, for its whole life. Longer than the budget, and within what is given beyond.

		_, _ = io.WriteString(w, "two")
	}, ms), usual()...)
	whole := make(chan string, 1)

	go func() {
		_, text, _ := r.get(r.urls["test"])
		whole <- text
	}()

	if err := <-begun; err != nil {
		t.Error(err)
	}

	r.stop()

	if text := <-whole; text != "one two" {
		t.Errorf("got %s", text)
	}

	r.wantEnd(serve.ExitOK)

	if strings.Contains(r.err.String(), "broken off") {
		t.Errorf("it says %s", r.err)
	}
}

// TestStopEndsUploads that stand still, whether their handler waits for the next
// piece or somebody else does.
func TestStopEndsUploads(t *testing.T) {
	t.Parallel()

	for name, waits := range map[string]bool{"the handler waits": true, "another waits": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			read := make(chan error, 1)
			asked := make(chan struct{})
			r := start(t, passesOn(func(_ http.ResponseWriter, r *http.Request) {
				over := make(chan struct{})

				go func() {
					defer close(over)

					_, err := io.Copy(io.Discard, r.Body)
					read <- err
				}()

				close(asked)
				<-r.Context().Done()

				if waits { // As net/http's transport does.
					<-over
				}

				panic(http.ErrAbortHandler) // As a proxy does.
			}, ms), usual()...)

			conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(r.urls["test"], "http://"))
			if err != nil {
				t.Fatal(err)
			}

			defer func() { _ = conn.Close() }()

			_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nabc")

			<-asked
			r.stop()
			r.wantEnd(serve.ExitOK)

			if err := <-read; err == nil {
				t.Error("the body has ended well")
			}
		})
	}
}

// TestStopEndsDownloads that nobody reads.
func TestStopEndsDownloads(t *testing.T) {
	t.Parallel()

	begun := make(chan error, 1)
	r := start(t, passesOn(func(w http.ResponseWriter, _ *http.Request) {
		piece := make([]byte, 1<<20)

		_, err := w.Write(piece)
		begun <- err

		for err == nil { // As a proxy, whose side sends on and on.
			_, err = w.Write(piece)
		}

		panic(http.ErrAbortHandler)
	}, ms), usual()...)

	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(r.urls["test"], "http://"))
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = conn.Close() }()

	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: test\r\n\r\n")

	if err := <-begun; err != nil {
		t.Error(err)
	}

	r.stop()
	r.wantEnd(serve.ExitOK)
}

// TestStopOfTheStuck: what does not end when it is told to is no clean stop.
func TestStopOfTheStuck(t *testing.T) {
	t.Parallel()

	asked, over := make(chan struct{}), make(chan struct{})
	r := start(t, passesOn(func(http.ResponseWriter, *http.Request) {
		close(asked)
		<-over
	}, ms), usual()...)

	go r.get(r.urls["test"])

	<-asked
	r.stop()
	r.wantEnd(serve.ExitFailure)
	close(over)

	if !strings.Contains(r.err.String(), "prog: test did not stop in time") {
		t.Errorf("it says %s", r.err)
	}
}
