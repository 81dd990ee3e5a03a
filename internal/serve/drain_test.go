package serve_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/serve"
)

// TestStarting: the operations port says why there is no traffic yet.
func TestStarting(t *testing.T) {
	t.Parallel()

	ops := freeAddr(t)
	built := make(chan struct{})
	ready := make(chan struct{})
	r := begin(t, func(_ context.Context, app *serve.App) error {
		<-built
		app.Add(server("test", says("text/plain", "hello")))

		return nil
	}, func(map[string]string) { close(ready) }, "OPS_ADDR="+ops, "DRAIN_GRACE=0")

	r.until("http://"+ops+"/livez", http.StatusOK)
	r.want("http://"+ops+"/readyz", http.StatusServiceUnavailable, `{"status":"not ready","reasons":["starting"]}`)
	close(built)
	<-ready
	r.want("http://"+ops+"/readyz", http.StatusOK, `{"status":"ready"}`)
	r.stop()
	r.wantEnd(serve.ExitOK)
}

// TestStoppedWhileStarting is no failure.
func TestStoppedWhileStarting(t *testing.T) {
	t.Parallel()

	building := make(chan struct{})
	r := begin(t, func(ctx context.Context, _ *serve.App) error {
		close(building)
		<-ctx.Done()

		return ctx.Err()
	}, func(map[string]string) { t.Error("it says that it is ready") }, usual()...)

	<-building
	r.stop()
	r.wantEnd(serve.ExitOK)
}

// TestDrain loses no request: not ready at once, still there for the grace,
// then closed to new ones, and done when the last one is.
func TestDrain(t *testing.T) {
	t.Parallel()

	asked, answer := make(chan struct{}), make(chan struct{})
	r := start(t, one(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(asked)
			<-answer
		}

		says("text/plain", "hello")(w, r)
	}), "OPS_ADDR=127.0.0.1:0", "DRAIN_GRACE=300ms", "LOG_FORMAT=json")
	url, readyz := r.urls["test"], r.urls["ops"]+"/readyz"

	slow := make(chan string)

	go func() {
		_, text, _ := r.get(url + "/slow")
		slow <- text
	}()

	<-asked
	r.stop()
	r.until(readyz, http.StatusServiceUnavailable)
	r.want(readyz, http.StatusServiceUnavailable, `{"status":"not ready","reasons":["draining"]}`)

	// Load balancers still look away: who comes is served, and asked to leave.
	if late := do(t, r.client, http.MethodGet, url, http.NoBody); late.text != "hello" || !late.last {
		t.Errorf("in the grace: %d, %v", late.status, late.header)
	}

	r.until(url, 0)
	r.want(r.urls["ops"]+"/livez", http.StatusOK, "live")

	select {
	case code := <-r.code:
		t.Errorf("it ended with %d while a request was being answered", code)
	default:
	}

	close(answer)

	if text := <-slow; text != "hello" {
		t.Errorf("the request in flight got %s", text)
	}

	r.wantEnd(serve.ExitOK)
}

// TestStuckRequest is given its budget and a little more, then up.
func TestStuckRequest(t *testing.T) {
	t.Parallel()

	asked := make(chan struct{})
	stuck := server("test", func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})
	stuck.Options.Budget = ms

	r := start(t, func(_ context.Context, app *serve.App) error {
		app.Add(stuck)

		return nil
	}, usual()...)

	go r.get(r.urls["test"])

	<-asked
	r.stop()
	r.wantEnd(serve.ExitFailure)

	if !strings.Contains(r.err.String(), "prog: test did not stop in time") {
		t.Errorf("it says %s", r.err)
	}
}

// TestIdleConnections, used before or not, delay nobody.
func TestIdleConnections(t *testing.T) {
	t.Parallel()

	r := start(t, one(says("text/plain", "hello")), usual()...)
	r.want(r.urls["test"], http.StatusOK, "hello") // its connection is kept

	for range 3 {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(r.urls["test"], "http://"))
		if err != nil {
			t.Fatal(err)
		}

		t.Cleanup(func() { _ = conn.Close() })
	}

	began := time.Now()

	r.stop()
	r.wantEnd(serve.ExitOK)

	const prompt = 2 * time.Second // net/http itself would wait for five
	if took := time.Since(began); took > prompt {
		t.Errorf("it took %v", took)
	}
}

// TestIdleTimeout is what a load balancer in front has to stay below.
func TestIdleTimeout(t *testing.T) {
	t.Parallel()

	r := start(t, one(says("text/plain", "hello")), usual("IDLE_TIMEOUT=1s")...)

	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(r.urls["test"], "http://"))
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = conn.Close() })

	if got := exchange(t, conn); got.text != "hello" || got.last {
		t.Errorf("got %s, the last answer: %t", got.text, got.last)
	}

	const patience = 20 * time.Second // It would be 75 s if nothing were set.
	if err = conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}

	if _, err = conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the connection is not closed but %v", err)
	}
}

// TestOrderOfTheEnd: servers, then what they need, then the closers from the
// last to the first.
func TestOrderOfTheEnd(t *testing.T) {
	t.Parallel()

	var (
		order   []string
		backing string
	)

	closer := func(name string, err error) func() error {
		return func() error {
			order = append(order, name)

			return err
		}
	}
	asked, answer := make(chan struct{}), make(chan struct{})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r := start(t, func(ctx context.Context, app *serve.App) error {
		app.Defer(closer("first", nil))

		var err error

		backing, err = app.Embed(ctx, "backing", says("text/plain", "needed"), closer("backing", errors.New("disk full")))

		app.Defer(closer("last", nil))
		app.Add(server("test", func(w http.ResponseWriter, r *http.Request) {
			close(asked)
			<-answer

			// What it needs is there until it has answered.
			if _, text, _ := fetch(r.Context(), client, backing); text != "needed" {
				t.Error("what it needs is gone")
			}

			says("text/plain", "hello")(w, r)
		}))

		return err
	}, usual()...)

	if r.urls["backing"] != backing {
		t.Errorf("it is at %s, and told to be at %s", backing, r.urls["backing"])
	}

	got := make(chan string)

	go func() {
		_, text, _ := r.get(r.urls["test"])
		got <- text
	}()

	<-asked
	r.stop()
	r.until(r.urls["test"], 0)
	close(answer)

	if text := <-got; text != "hello" {
		t.Errorf("got %s", text)
	}

	r.wantEnd(serve.ExitFailure)

	if diff := cmp.Diff([]string{"last", "backing", "first"}, order); diff != "" {
		t.Error(diff)
	}

	if !strings.Contains(r.err.String(), "prog: disk full") {
		t.Errorf("it says %s", r.err)
	}
}

// TestClosersAfterAFailedStart: what was opened is closed all the same.
func TestClosersAfterAFailedStart(t *testing.T) {
	t.Parallel()

	closed := false
	r := begin(t, func(ctx context.Context, app *serve.App) error {
		_, err := app.Embed(ctx, "backing", http.NotFoundHandler(), func() error {
			closed = true

			return nil
		})

		return errors.Join(err, errors.New("no database"))
	}, nil, usual()...)
	r.wantEnd(serve.ExitFailure)

	if !closed {
		t.Error("what was opened stays open")
	}
}
