package strangler

import (
	"bytes"
	"context"
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

		program := serve.Program{Name: "test", About: "A test.", Declare: func(env *config.Env) serve.Build {
			facade := DeclareFacade(env)

			return func(ctx context.Context, app *serve.App) error {
				table, err := Open(ctx, Options{
					Old: old.URL, Default: Shop(ModeNew), Services: shopServices(), Log: app.Log, Metrics: app.Metrics.Strangler(),
				})
				if err != nil {
					return err
				}

				app.Defer(table.Close)

				facade.Serve(table, app)

				return nil
			}
		}}

		go func() {
			var log bytes.Buffer

			ended <- serve.Run(ctx, program, serve.World{
				Lookup: func(name string) (string, bool) { value, set := settings[name]; return value, set },
				Stdout: io.Discard, Stderr: &log, Ready: func(all map[string]string) { urls <- all },
			})
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
