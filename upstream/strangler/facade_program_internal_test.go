package strangler

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"storefront/internal/config"
	"storefront/internal/serve"
	"storefront/internal/telemetry"
)

// TestFacadeInAProgram listens where its setting says, or not at all.
func TestFacadeInAProgram(t *testing.T) {
	t.Parallel()

	old := httptest.NewServer(sayJSON(`{"id":"7"}`))
	t.Cleanup(old.Close)

	for addr, there := range map[string]bool{"127.0.0.1:0": true, "off": false} {
		ctx, stop := context.WithCancel(t.Context())
		urls := make(chan map[string]string, 1)
		ended := make(chan int, 1)
		settings := map[string]string{"FACADE_ADDR": addr, "OPS_ADDR": "127.0.0.1:0", "DRAIN_GRACE": "0"}

		go func() {
			code, _ := runFacade(ctx, old.URL, settings, func(all map[string]string) { urls <- all })
			ended <- code
		}()

		at := ""
		select {
		case all := <-urls:
			at = all["facade"]
		case code := <-ended:
			t.Fatalf("it ended with %d before it was ready", code)
		}

		if (at != "") != there {
			t.Errorf("%s: it is at %q", addr, at)
		}

		if there {
			wantNothingThere(t, at)
		}

		stop()

		if code := <-ended; code != serve.ExitOK {
			t.Errorf("it ended with %d", code)
		}
	}
}

// runFacade runs a program with a facade before an old system, until ctx ends.
func runFacade(ctx context.Context, old string, settings map[string]string, ready func(map[string]string)) (code int, log string) {
	program := serve.Program{Name: "test", About: "A test.", Declare: func(env *config.Env) serve.Build {
		facade := DeclareFacade(env)

		return func(ctx context.Context, app *serve.App) error {
			table, err := Open(ctx, Options{
				Old: old, Default: Shop(ModeOld), Services: shopServices(), Log: app.Log, Metrics: app.Metrics.Strangler(),
			})
			if err != nil {
				return err
			}

			app.Defer(table.Close)

			facade.Serve(table, app)

			return nil
		}
	}}

	var said bytes.Buffer

	code = serve.Run(ctx, program, serve.World{
		Lookup: func(name string) (string, bool) { value, set := settings[name]; return value, set },
		Stdout: io.Discard, Stderr: &said, Ready: ready,
	})

	return code, said.String()
}

// TestFacadeStopsWithAStream that has no end: it breaks off for its client and ends
// for its side, and the stop is a clean one.
func TestFacadeStopsWithAStream(t *testing.T) {
	t.Parallel()

	ended := make(chan struct{})
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)

		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: 1\n\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(old.Close)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()

	transport := &http.Transport{}
	defer transport.CloseIdleConnections()

	broken := make(chan error, 1)
	settings := map[string]string{"FACADE_ADDR": "127.0.0.1:0", "FACADE_BUDGET": "200ms", "OPS_ADDR": "127.0.0.1:0", "DRAIN_GRACE": "0", "LOG_FORMAT": "json"}
	code, log := runFacade(ctx, old.URL, settings, func(all map[string]string) {
		defer stop()

		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, all["facade"]+"/api/users/7", http.NoBody)
		if err != nil {
			t.Error(err)

			return
		}

		response, err := transport.RoundTrip(r)
		if err != nil {
			t.Error(err)

			return
		}

		go func() {
			_, err := io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			broken <- err
		}()
	})

	if err := <-broken; !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the client sees %v", err)
	}

	<-ended

	if code != serve.ExitOK || !strings.Contains(log, `"clean":true`) {
		t.Errorf("it ended with %d: %s", code, log)
	}
}

// wantNothingThere fails the test unless the facade says so, of a path without a
// route, in the form of a problem.
func wantNothingThere(t *testing.T, at string) {
	t.Helper()

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+"/nowhere", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}

	transport := &http.Transport{}
	defer transport.CloseIdleConnections()

	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = response.Body.Close() }()

	if text, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusNotFound || !strings.Contains(string(text), `"instance":"/nowhere"`) {
		t.Errorf("got %d, %s", response.StatusCode, text)
	}
}

// TestFacadeSpare: only the usual place is one that it can do without.
func TestFacadeSpare(t *testing.T) {
	t.Parallel()

	for value, spare := range map[string]bool{"": true, "127.0.0.1:8090": false} {
		env := config.New("p", "A program.", func(name string) (string, bool) {
			if name == "FACADE_ADDR" {
				return value, true
			}

			return "", false
		})
		settings := DeclareFacade(env)

		if err := env.Parse(nil); err != nil {
			t.Fatal(err)
		}

		app := &serve.App{Tracer: telemetry.NewTracer(nil), Log: newLog()}
		if server := settings.server(&Table{}, app); server.Spare != spare || server.Addr != "127.0.0.1:8090" || !server.Options.Through {
			t.Errorf("%q: got %+v", value, server)
		}
	}
}
