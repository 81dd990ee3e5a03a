package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"storefront/internal/serve"
	"storefront/upstream/upstreamtest"
)

// run runs the program until it ends, with the environment variables set.
func run(ctx context.Context, set map[string]string, ready func(urls map[string]string), args ...string) (code int, stdout, stderr string) {
	var out, log bytes.Buffer

	code = serve.Run(ctx, serve.Program{Name: "bff-web", Declare: declare}, serve.World{
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
	if code != serve.ExitOK || !strings.Contains(stdout, "WEB_BUDGET") {
		t.Errorf("exit code %d, %s", code, stdout)
	}

	for _, foreign := range []string{"MOBILE_ADDR", "TV_ADDR", "DATA_DIR"} {
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

	set := map[string]string{"WEB_ADDR": "127.0.0.1:0", "OPS_ADDR": "127.0.0.1:0", "DRAIN_GRACE": "0", "WEB_BUDGET": "10s"}

	for _, line := range upstreamtest.NewTCP(t).Env() {
		name, value, _ := strings.Cut(line, "=")
		set[name] = value
	}

	ctx, stop := context.WithCancel(t.Context())

	code, _, stderr := run(ctx, set, func(urls map[string]string) {
		defer stop()

		if body := get(t, urls["web"]+"/api/dashboard/user_1"); !strings.Contains(body, "Name of user_1") {
			t.Errorf("the page is %s", body)
		}

		if body := get(t, urls["web"]+"/api/customers/user_1/summary"); !strings.Contains(body, "First of user_1") {
			t.Errorf("the summary is %s", body)
		}

		if body := get(t, urls["ops"]+"/readyz"); !strings.Contains(body, "ready") {
			t.Errorf("/readyz is %s", body)
		}
	})
	if code != serve.ExitOK {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// Without a customer system it has no customers, and says so once, at the start;
// nobody who asks for one is a warning.
func TestServesWithoutCustomers(t *testing.T) {
	t.Parallel()

	set := map[string]string{"WEB_ADDR": "127.0.0.1:0", "OPS_ADDR": "127.0.0.1:0", "DRAIN_GRACE": "0", "WEB_BUDGET": "10s", "LOG_FORMAT": "text"}

	for _, line := range upstreamtest.NewTCP(t).Env() {
		name, value, _ := strings.Cut(line, "=")
		if name != "LEGACY_CUSTOMER_URL" {
			set[name] = value
		}
	}

	ctx, stop := context.WithCancel(t.Context())

	code, _, stderr := run(ctx, set, func(urls map[string]string) {
		defer stop()

		for range 3 {
			if body := get(t, urls["web"]+"/api/customers/user_1/summary"); !strings.Contains(body, "no-customers") {
				t.Errorf("the summary is %s", body)
			}

			query := "/graphql?query=" + url.QueryEscape(`{user(id:"user_1"){name customer{tier}}}`)
			if body := get(t, urls["web"]+query); body != `{"data":{"user":{"name":"Name of user_1","customer":null}}}` {
				t.Errorf("the user is %s", body)
			}
		}
	})
	if code != serve.ExitOK || strings.Count(stderr, "no customers: LEGACY_CUSTOMER_URL is not set") != 1 || strings.Contains(stderr, "WARN") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
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
