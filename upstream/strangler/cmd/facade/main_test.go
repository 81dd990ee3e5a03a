package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"storefront/internal/serve"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		http.DefaultClient.CloseIdleConnections()
		os.Exit(code)
	}))
}

// run runs the program until it ends, with the environment variables set.
func run(ctx context.Context, set map[string]string, ready func(urls map[string]string), args ...string) (code int, stdout, stderr string) {
	var out, log bytes.Buffer

	code = serve.Run(ctx, serve.Program{Name: "facade", Declare: declare}, serve.World{
		Args: args, Stdout: &out, Stderr: &log, Ready: ready,
		Lookup: func(name string) (string, bool) {
			value, found := set[name]

			return value, found
		},
	})

	return code, out.String(), log.String()
}

func TestHelp(t *testing.T) {
	t.Parallel()

	code, stdout, _ := run(t.Context(), nil, nil, "-help")
	if code != serve.ExitOK {
		t.Errorf("exit code %d", code)
	}

	for _, own := range []string{"MONOLITH_URL ", "STRANGLER_ROUTES ", "USER_SERVICE_URL ", "PRODUCT_SERVICE_URL ", "ORDER_SERVICE_URL ", "FACADE_ADDR ", "FACADE_BUDGET ", "OPS_ADDR "} {
		if !strings.Contains(stdout, "\n"+own) {
			t.Errorf("%s is no setting:\n%s", own, stdout)
		}
	}

	for _, foreign := range []string{"WEB_ADDR", "MOBILE_BUDGET", "DATA_DIR", "STALE_IF_ERROR", "LEGACY_CUSTOMER_URL", "or off"} {
		if strings.Contains(stdout, foreign) {
			t.Errorf("%s is a setting:\n%s", foreign, stdout)
		}
	}
}

// TestServes both sides, and moves from one to the other while it runs.
func TestServes(t *testing.T) {
	t.Parallel()

	set := settings(t, "routes:\n  - path: /api/users/{id}\n    mode: old\n  - path: /api/products\n    mode: old\n")
	set["USER_SERVICE_URL"] = side(t, "/users/7", `{"id":"7","name":"New"}`)

	ctx, stop := context.WithCancel(t.Context())

	code, _, stderr := run(ctx, set, func(urls map[string]string) {
		defer stop()

		users := urls["facade"] + "/api/users/7"
		if status, body := do(t, http.MethodGet, users, ""); status != http.StatusOK || body != `{"id":"7","name":"Old"}` {
			t.Errorf("got %d, %s", status, body)
		}

		if status, body := do(t, http.MethodPatch, urls["ops"]+"/strangler/routes/users", `{"mode":"new"}`); status != http.StatusOK {
			t.Errorf("got %d, %s", status, body)
		}

		if status, body := do(t, http.MethodGet, users, ""); status != http.StatusOK || body != `{"id":"7","name":"New"}` {
			t.Errorf("got %d, %s", status, body)
		}

		// There is no product service yet.
		status, body := do(t, http.MethodPatch, urls["ops"]+"/strangler/routes/products", `{"mode":"new"}`)
		if status < 400 || status > 499 || !strings.Contains(body, "routes[1].mode: must be old: PRODUCT_SERVICE_URL is not set") {
			t.Errorf("got %d, %s", status, body)
		}

		if status, body := do(t, http.MethodGet, urls["facade"]+"/api/dashboard/7", ""); status != http.StatusNotFound {
			t.Errorf("got %d, %s", status, body)
		}

		if status, body := do(t, http.MethodGet, urls["ops"]+"/readyz", ""); status != http.StatusOK || !strings.Contains(body, "ready") {
			t.Errorf("got %d, %s", status, body)
		}

		if len(urls) != 2 {
			t.Errorf("it serves %v", urls)
		}
	})
	if code != serve.ExitOK {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// TestRefusesToStart in one line.
func TestRefusesToStart(t *testing.T) {
	t.Parallel()

	const users = "routes:\n  - path: /api/users/{id}\n    mode: "

	for name, test := range map[string]struct {
		routes, change, to string
		code               int
		want               string
	}{
		"no old system":     {users + "old\n", "MONOLITH_URL", "", serve.ExitUsage, "MONOLITH_URL is not set: "},
		"no routes":         {users + "old\n", "STRANGLER_ROUTES", "", serve.ExitUsage, "STRANGLER_ROUTES is not set: "},
		"no file":           {users + "old\n", "STRANGLER_ROUTES", "nowhere.yaml", serve.ExitFailure, "facade: STRANGLER_ROUTES: "},
		"a bad file":        {users + "nwe\n", "", "", serve.ExitFailure, "facade: STRANGLER_ROUTES: routes.yaml:3: "},
		"no new service":    {users + "new\n", "", "", serve.ExitFailure, "facade: STRANGLER_ROUTES: routes.yaml:3: routes[0].mode: must be old: USER_SERVICE_URL is not set\n"},
		"turned off":        {users + "old\n", "FACADE_ADDR", "off", serve.ExitUsage, `FACADE_ADDR="off": must be host:port with a port from 0 to 65535` + "\n"},
		"the port is taken": {users + "old\n  - path: /api/products\n    mode: old\n  - path: /api/orders\n    mode: old\n", "FACADE_ADDR", strings.TrimPrefix(side(t, "/", ""), "http://"), serve.ExitFailure, "facade: facade cannot listen: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			set := settings(t, test.routes)
			if test.change != "" {
				set[test.change] = test.to
			}

			code, _, stderr := run(t.Context(), set, nil)
			if code != test.code || !strings.HasPrefix(stderr, test.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit code %d, %s", code, stderr)
			}
		})
	}
}

// settings are those of the program before an old system, with a file of routes.
func settings(t *testing.T, routes string) map[string]string {
	t.Helper()

	file := filepath.Join(t.TempDir(), "routes.yaml")
	if err := os.WriteFile(file, []byte(routes), 0o600); err != nil {
		t.Fatal(err)
	}

	return map[string]string{
		"FACADE_ADDR": "127.0.0.1:0", "FACADE_BUDGET": "10s", "OPS_ADDR": "127.0.0.1:0", "DRAIN_GRACE": "0",
		"MONOLITH_URL": side(t, "/api/users/7", `{"id":"7","name":"Old"}`), "STRANGLER_ROUTES": file,
	}
}

// side is a system that answers one path, and is asked for no other.
func side(t *testing.T, path, body string) string {
	t.Helper()

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.RequestURI != path {
			t.Errorf("a side was asked for %s", r.RequestURI)
		}

		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)

	return server.URL
}

func do(t *testing.T, method, url, body string) (status int, text string) {
	t.Helper()

	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}

	r.Header.Set("Content-Type", "application/json")

	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = response.Body.Close() }()

	all, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}

	return response.StatusCode, string(all)
}
