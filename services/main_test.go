package services_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"storefront/internal/config"
	"storefront/internal/serve"
	"storefront/services"
)

// shared is a program with everything embedded, which all tests that only read
// share: filling databases is dear under the race detector.
var shared *program

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "services-*")
	if err != nil {
		return fail(err)
	}

	shared, err = boot(services.Options{Names: []string{"customer", "monolith", "order", "product", "user"}, Dir: dir})
	if err != nil {
		return fail(err)
	}

	code := m.Run()

	if err := errors.Join(shared.stop(), os.RemoveAll(dir), goleak.Find()); err != nil {
		return fail(err)
	}

	return code
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)

	return 1
}

// program is one that embeds services and does nothing else.
type program struct {
	urls   map[string]string // of services by name
	dir    string
	out    lockedText
	client *http.Client
	stop   func() error

	mu     sync.Mutex
	before []string // the names that Before was called with
}

// boot runs such a program until it is stopped.
func boot(o services.Options) (*program, error) {
	ctx, cancel := context.WithCancel(context.Background())
	p := &program{dir: o.Dir, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 10}}}
	o.Before = func(name string, handler http.Handler) http.Handler {
		p.mu.Lock()
		defer p.mu.Unlock()

		p.before = append(p.before, name)

		return handler
	}
	build := func(ctx context.Context, app *serve.App) (err error) {
		if o.Dir, err = services.Folder(app, o.Dir); err != nil {
			return err
		}

		p.urls, err = services.Embed(ctx, app, o)

		return err
	}
	ready, ended := make(chan struct{}), make(chan int, 1)

	go func() {
		ended <- serve.Run(ctx, serve.Program{Name: "services", Declare: func(*config.Env) serve.Build { return build }}, serve.World{
			Lookup: lookup, Stdout: &p.out, Stderr: &p.out, Ready: func(map[string]string) { close(ready) },
		})
	}()

	p.stop = sync.OnceValue(func() error {
		cancel()
		p.client.CloseIdleConnections()

		if code := <-ended; code != serve.ExitOK {
			return fmt.Errorf("exit code %d: %s", code, p.out.String())
		}

		return nil
	})

	select {
	case <-ready:
		return p, nil
	case code := <-ended:
		cancel()

		return nil, fmt.Errorf("exit code %d: %s", code, p.out.String())
	}
}

func lookup(name string) (string, bool) {
	value, set := map[string]string{"OPS_ADDR": "127.0.0.1:0", "DRAIN_GRACE": "0", "LOG_BUFFER": "0"}[name]

	return value, set
}

// lockedText is what a program prints, for several goroutines at once.
type lockedText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()

	return l.text.Write(p)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()

	return l.text.String()
}
