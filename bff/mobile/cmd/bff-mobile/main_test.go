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

	"storefront/internal/serve"
	"storefront/upstream/upstreamtest"
)

// run runs the program until it ends, with the environment variables set.
func run(ctx context.Context, set map[string]string, ready func(urls map[string]string), args ...string) (code int, stdout, stderr string) {
	var out, log bytes.Buffer

	code = serve.Run(ctx, serve.Program{Name: "bff-mobile", Declare: declare}, serve.World{
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
	if code != serve.ExitOK || !strings.Contains(stdout, "MOBILE_BUDGET") {
		t.Errorf("exit code %d, %s", code, stdout)
	}

	for _, foreign := range []string{"WEB_ADDR", "TV_ADDR", "DATA_DIR"} {
		if strings.Contains(stdout, foreign) {
			t.Errorf("%s is a setting:\n%s", foreign, stdout)
		}
	}
}

// It runs no service itself: where one is has to be said.
func TestServiceURLIsRequired(t *testing.T) {
	t.Parallel()

	code, _, stderr := run(t.Context(), nil, nil)
	if code != serve.ExitUsage || !strings.HasPrefix(stderr, "USER_SERVICE_URL is not set") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit code %d, %q", code, stderr)
	}
}

func TestServes(t *testing.T) {
	t.Parallel()

	set := settings(t)
	ctx, stop := context.WithCancel(t.Context())

	code, _, stderr := run(ctx, set, func(urls map[string]string) {
		defer stop()

		if body := get(t, urls["mobile"]+"/api/dashboard/user_1"); !strings.Contains(body, "Name of user_1") {
			t.Errorf("the page is %s", body)
		}

		if body := get(t, urls["ops"]+"/readyz"); !strings.Contains(body, "ready") {
			t.Errorf("/readyz is %s", body)
		}
	})
	if code != serve.ExitOK {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// TestOldSystem is the BFF in front of a monolith: the file says who answers, and
// an operator says otherwise while it runs.
func TestOldSystem(t *testing.T) {
	t.Parallel()

	monolith := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")

		if r.RequestURI != "/api/users/user_1?detail=full" {
			w.WriteHeader(http.StatusTeapot)
		}

		_, _ = io.WriteString(w, `{"id":"user_1","name":"Old name","profile_picture":"http://img.test/old.jpg"}`)
	}))
	t.Cleanup(monolith.Close)

	file := filepath.Join(t.TempDir(), "routes.yaml")
	if err := os.WriteFile(file, []byte("routes:\n  - path: /api/users/{id}\n    mode: old\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	set := settings(t)
	set["MONOLITH_URL"], set["STRANGLER_ROUTES"] = monolith.URL, file

	ctx, stop := context.WithCancel(t.Context())

	code, _, stderr := run(ctx, set, func(urls map[string]string) {
		defer stop()

		page := func() string { return get(t, urls["mobile"]+"/api/dashboard/user_1") }
		if body := page(); !strings.Contains(body, "Old name") || !strings.Contains(body, "Product 1 for user_1") || strings.Contains(body, "degraded") {
			t.Errorf("the page is %s", body)
		}

		patch(t, urls["ops"]+"/strangler/routes/users", `{"mode":"new"}`)

		if body := page(); !strings.Contains(body, "Name of user_1") {
			t.Errorf("the page is %s", body)
		}
	})
	if code != serve.ExitOK {
		t.Errorf("exit code %d, %s", code, stderr)
	}

	if left, err := os.ReadFile(filepath.Clean(file)); err != nil || !strings.Contains(string(left), "mode: new") {
		t.Errorf("the file is %s, %v", left, err)
	}
}

// TestMonday is the BFF in front of a monolith, before there is any service: what
// has a route is there, and nothing else is asked of the monolith.
func TestMonday(t *testing.T) {
	t.Parallel()

	monolith := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")

		switch r.URL.Path {
		case "/api/users/user_1":
			_, _ = io.WriteString(w, `{"id":"user_1","name":"Old name","profile_picture":"http://img.test/old.jpg"}`)
		case "/api/products":
			_, _ = io.WriteString(w, `[{"id":"prod_1","name":"Old product","price":1,"image":"http://img.test/1.jpg"}]`)
		default:
			t.Errorf("the monolith was asked for %s", r.URL)
		}
	}))
	t.Cleanup(monolith.Close)

	file := filepath.Join(t.TempDir(), "routes.yaml")
	if err := os.WriteFile(file, []byte("routes:\n  - path: /api/users/{id}\n    mode: old\n  - path: /api/products\n    mode: old\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	set := map[string]string{
		"MOBILE_ADDR": "127.0.0.1:0", "OPS_ADDR": "127.0.0.1:0", "DRAIN_GRACE": "0", "MOBILE_BUDGET": "10s",
		"MONOLITH_URL": monolith.URL, "STRANGLER_ROUTES": file,
	}
	ctx, stop := context.WithCancel(t.Context())

	code, _, stderr := run(ctx, set, func(urls map[string]string) {
		defer stop()

		body := get(t, urls["mobile"]+"/api/dashboard/user_1")
		for _, want := range []string{"Old name", "Old product", `"recent_orders":null`, `{"section":"recent_orders","state":"omitted","reason":"unavailable"}`} {
			if !strings.Contains(body, want) {
				t.Errorf("no %s in %s", want, body)
			}
		}

		const want = "routes[0].mode: must be old: USER_SERVICE_URL is not set"
		if status, said := tryPatch(t, urls["ops"]+"/strangler/routes/users", `{"mode":"shadow"}`); status != http.StatusBadRequest && status != http.StatusUnprocessableEntity || !strings.Contains(said, want) {
			t.Errorf("status %d, %s", status, said)
		}
	})
	if code != serve.ExitOK {
		t.Errorf("exit code %d, %s", code, stderr)
	}

	// A service that is not there answers nothing.
	if err := os.WriteFile(file, []byte("routes:\n  - path: /api/users/{id}\n    mode: new\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	code, _, stderr = run(t.Context(), set, nil)
	if want := "bff-mobile: STRANGLER_ROUTES: routes.yaml:3: routes[0].mode: must be old: USER_SERVICE_URL is not set\n"; code != serve.ExitFailure || stderr != want {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// TestOldSystemMistakes end the start in one line.
func TestOldSystemMistakes(t *testing.T) {
	t.Parallel()

	file := filepath.Join(t.TempDir(), "routes.yaml")
	if err := os.WriteFile(file, []byte("routes:\n  - path: /api/users/{id}\n    mode: nwe\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	for name, test := range map[string]struct{ file, monolith, want string }{
		"no old system": {file, "", "bff-mobile: STRANGLER_ROUTES is set and MONOLITH_URL is not\n"},
		"no routes":     {"", "http://127.0.0.1:1", "bff-mobile: MONOLITH_URL is set and STRANGLER_ROUTES is not\n"},
		"no file":       {file + "x", "http://127.0.0.1:1", "bff-mobile: STRANGLER_ROUTES: "},
		"a bad file":    {file, "http://127.0.0.1:1", "bff-mobile: STRANGLER_ROUTES: routes.yaml:3: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			set := settings(t)
			set["MONOLITH_URL"], set["STRANGLER_ROUTES"] = test.monolith, test.file

			code, _, stderr := run(t.Context(), set, nil)
			if code != serve.ExitFailure || !strings.HasPrefix(stderr, test.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit code %d, %s", code, stderr)
			}
		})
	}
}

// settings are those of the program over fake services.
func settings(t *testing.T) map[string]string {
	t.Helper()

	set := map[string]string{"MOBILE_ADDR": "127.0.0.1:0", "OPS_ADDR": "127.0.0.1:0", "DRAIN_GRACE": "0", "MOBILE_BUDGET": "10s"}

	for _, line := range upstreamtest.NewTCP(t).Env() {
		name, value, _ := strings.Cut(line, "=")
		set[name] = value
	}

	return set
}

func patch(t *testing.T, url, change string) {
	t.Helper()

	if status, said := tryPatch(t, url, change); status != http.StatusOK {
		t.Errorf("%s: status %d, %s", change, status, said)
	}
}

func tryPatch(t *testing.T, url, change string) (status int, said string) {
	t.Helper()

	request, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, url, strings.NewReader(change))
	if err != nil {
		t.Fatal(err)
	}

	request.Header.Set("Content-Type", "application/json")

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = response.Body.Close() }()

	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}

	return response.StatusCode, string(body)
}

func get(t *testing.T, url string) string {
	t.Helper()

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = response.Body.Close() }()

	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}

	return string(body)
}
