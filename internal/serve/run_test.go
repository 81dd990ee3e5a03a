package serve_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"storefront/internal/config"
	"storefront/internal/problem"
	"storefront/internal/serve"
)

// running is a program that runs as a process would, but in this one.
type running struct {
	t      *testing.T
	urls   map[string]string // of its servers
	out    *log
	err    *log
	stop   context.CancelFunc
	code   chan int
	client *http.Client
}

// usual are settings that disturb nobody: ports of their own, and no grace.
func usual(more ...string) []string {
	return append(more, "OPS_ADDR=127.0.0.1:0", "DRAIN_GRACE=0", "LOG_FORMAT=json", "LOG_BUFFER=0")
}

func lookup(environ []string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, variable := range environ {
			if value, found := strings.CutPrefix(variable, name+"="); found {
				return value, true
			}
		}

		return "", false
	}
}

// program is what build makes of it.
func program(build serve.Build) serve.Program {
	return serve.Program{Name: "prog", About: "A test.", Declare: func(*config.Env) serve.Build { return build }}
}

// server is a server of that name on any free port.
func server(name string, handler http.HandlerFunc) serve.Server {
	return serve.Server{
		Name: name, Addr: "127.0.0.1:0", About: "a test", Handler: handler,
		Options: serve.Options{BFF: name, Budget: budget, MaxBody: 1000, Problem: problem.Write},
	}
}

// one is the program of one server, called test.
func one(handler http.HandlerFunc) serve.Build {
	return func(_ context.Context, app *serve.App) error {
		app.Add(server("test", handler))

		return nil
	}
}

// begin runs a program and does not wait until it is ready.
func begin(t *testing.T, build serve.Build, ready func(map[string]string), environ ...string) *running {
	t.Helper()

	ctx, stop := context.WithCancel(t.Context())
	transport := &http.Transport{}
	r := &running{
		t: t, out: &log{}, err: &log{}, stop: stop, code: make(chan int, 1), client: &http.Client{Transport: transport},
	}
	ended := make(chan struct{})

	t.Cleanup(func() {
		stop()
		transport.CloseIdleConnections()
		<-ended
	})

	go func() {
		defer close(ended)

		r.code <- serve.Run(ctx, program(build), serve.World{Lookup: lookup(environ), Stdout: r.out, Stderr: r.err, Ready: ready})
	}()

	return r
}

// start runs a program until it is ready.
func start(t *testing.T, build serve.Build, environ ...string) *running {
	t.Helper()

	urls := make(chan map[string]string, 1)
	r := begin(t, build, func(all map[string]string) { urls <- all }, environ...)

	select {
	case r.urls = <-urls:
	case code := <-r.code:
		t.Fatalf("it ended with %d: %s", code, r.err)
	}

	return r
}

// get asks for a page; status 0 stands for a connection that was refused or
// broke.
func (r *running) get(url string) (status int, text string, header http.Header) {
	return fetch(r.t.Context(), r.client, url)
}

func fetch(ctx context.Context, client *http.Client, url string) (status int, text string, header http.Header) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, err.Error(), nil
	}

	response, err := client.Do(request)
	if err != nil {
		return 0, err.Error(), nil
	}

	defer func() { _ = response.Body.Close() }()

	whole, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error(), nil
	}

	return response.StatusCode, string(whole), response.Header
}

// want fails the test unless the page is of that status and has those words.
func (r *running) want(url string, status int, words string) {
	r.t.Helper()

	if got, text, _ := r.get(url); got != status || !strings.Contains(text, words) {
		r.t.Errorf("%s: got %d, %s; want %d, %s", url, got, text, status, words)
	}
}

// until asks again and again until the page is of that status.
func (r *running) until(url string, status int) {
	r.t.Helper()

	for {
		got, _, _ := r.get(url)
		if got == status {
			return
		}

		if r.t.Context().Err() != nil {
			r.t.Fatalf("%s: %d, and never %d", url, got, status)
		}
	}
}

// wantEnd fails the test unless the program ends with that code.
func (r *running) wantEnd(code int) {
	r.t.Helper()

	const patience = 20 * time.Second

	select {
	case got := <-r.code:
		if got != code {
			r.t.Errorf("it ended with %d, want %d: %s", got, code, r.err)
		}
	case <-time.After(patience):
		r.t.Fatalf("it does not end: %s", r.err)
	}
}

// freeAddr is an address that nobody listens on for the moment.
func freeAddr(t *testing.T) string {
	t.Helper()

	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	if err := listener.Close(); err != nil {
		t.Error(err)
	}

	return listener.Addr().String()
}
