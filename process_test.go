package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"storefront/internal/serve"
	"storefront/upstream/upstreamtest"
)

// patience bounds whatever a test waits for: far beyond any budget, so that
// only a hang meets it.
const patience = 30 * time.Second

// settings are environment variables by name.
type settings map[string]string

// with returns a copy of s with more settings.
func (s settings) with(more settings) settings {
	all := settings{}
	maps.Copy(all, s)
	maps.Copy(all, more)

	return all
}

// of returns the settings that make a program use the services of shop, and
// embed none: where the shop has no customer system, nobody is at its place.
func of(shop *upstreamtest.Shop) settings {
	s := settings{"LEGACY_CUSTOMER_URL": "http://127.0.0.1:1", "FACADE_ADDR": "off"}

	for _, line := range shop.Env() {
		name, value, _ := strings.Cut(line, "=")
		s[name] = value
	}

	return s
}

// anyPort has every server listen on a port that is free.
func anyPort() settings {
	return settings{
		"WEB_ADDR": "127.0.0.1:0", "MOBILE_ADDR": "127.0.0.1:0", "TV_ADDR": "127.0.0.1:0", "OPS_ADDR": "127.0.0.1:0",
		"FACADE_ADDR": "127.0.0.1:0",
		"DRAIN_GRACE": "0", "LOG_BUFFER": "0",
	}
}

// ampleBudgets keep a busy machine from being taken for a late service.
func ampleBudgets() settings {
	return settings{"WEB_BUDGET": "10s", "MOBILE_BUDGET": "10s", "TV_BUDGET": "10s"}
}

// process is a whole program, the very one that `go run .` boots, in this
// process.
type process struct {
	// urls are the base URLs of its servers by name.
	urls map[string]string
	// stdout and stderr are what it has printed so far.
	stdout, stderr output

	client *http.Client
	cancel context.CancelFunc
	done   chan struct{}
	code   int // once done is closed
	// secrets are what no answer may hold.
	secrets []string
}

// boot starts a program and returns once it takes traffic.
func boot(program serve.Program, s settings) (*process, error) {
	ctx, cancel := context.WithCancel(context.Background())
	p := &process{
		cancel: cancel, done: make(chan struct{}),
		client: &http.Client{
			Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 100},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	ready := make(chan map[string]string, 1)

	go func() {
		defer close(p.done)

		p.code = serve.Run(ctx, program, serve.World{
			Lookup: lookup(anyPort().with(s)), Stdout: &p.stdout, Stderr: &p.stderr,
			Ready: func(urls map[string]string) { ready <- urls },
		})
	}()

	select {
	case p.urls = <-ready:
		return p, nil
	case <-p.done:
		cancel()

		return nil, fmt.Errorf("exit code %d: %s", p.code, p.stderr.String())
	}
}

func lookup(s settings) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		value, found := s[name]

		return value, found
	}
}

var errExit = errors.New("the program did not end well")

// stop asks the process to end, as SIGTERM does, and waits until it has.
func (p *process) stop() error {
	p.cancel()
	<-p.done
	p.client.CloseIdleConnections()

	if p.code != serve.ExitOK {
		return fmt.Errorf("%w: exit code %d", errExit, p.code)
	}

	return nil
}

// start boots `go run .` until the test ends.
func start(t *testing.T, s settings) *process {
	t.Helper()

	p, err := boot(program(), s)
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() {
		if err := p.stop(); err != nil {
			t.Error(err)
		}

		if t.Failed() {
			t.Logf("log:\n%s", p.stderr.String())
		}
	})

	return p
}

// startOver boots `go run .` over fake services, with ample budgets unless the
// settings say otherwise.
func startOver(t *testing.T, shop *upstreamtest.Shop, s settings) *process {
	t.Helper()

	p := start(t, ampleBudgets().with(of(shop)).with(s))
	p.secrets = []string{upstreamtest.Secret}

	for _, service := range upstreamtest.All() {
		p.secrets = append(p.secrets, strings.TrimPrefix(shop.URL(service), "http://"))
	}

	return p
}

// shared is the process with embedded services that all tests share which only
// read: filling its databases is dear under the race detector.
var shared sharedProcess

type sharedProcess struct {
	once    sync.Once
	process *process
	err     error
}

func (s *sharedProcess) get(t *testing.T) *process {
	t.Helper()
	s.once.Do(func() { s.process, s.err = boot(program(), nil) })

	if s.err != nil {
		t.Fatal(s.err)
	}

	return s.process
}

func (s *sharedProcess) stop() error {
	if s.process == nil {
		return nil
	}

	return s.process.stop()
}

// output is what a program prints, for several goroutines at once.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	grew chan struct{}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()

	if o.grew != nil {
		close(o.grew)
		o.grew = nil
	}

	return o.text.Write(p)
}

// more is closed at the next write.
func (o *output) more() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()

	if o.grew == nil {
		o.grew = make(chan struct{})
	}

	return o.grew
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()

	return o.text.String()
}
