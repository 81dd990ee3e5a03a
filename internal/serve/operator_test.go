package serve_test

import (
	"net/http"
	"strings"
	"testing"

	"storefront/internal/serve"
)

// TestOperationsAreForOperators: a page that a browser on this machine shows can
// neither read nor change anything, whatever name it has found for it.
func TestOperationsAreForOperators(t *testing.T) {
	t.Parallel()

	r := start(t, one(says("text/plain", "hello")), usual()...)

	port := r.urls["ops"][strings.LastIndexByte(r.urls["ops"], ':'):]

	for name, test := range map[string]struct {
		host    string
		headers []string
		passes  bool
	}{
		"curl":         {"127.0.0.1" + port, nil, true},
		"by name":      {"localhost" + port, nil, true},
		"IPv6":         {"[::1]", nil, true},
		"typed in":     {"localhost" + port, []string{"Sec-Fetch-Site", "none"}, true},
		"own page":     {"localhost" + port, []string{"Origin", "http://localhost" + port, "Sec-Fetch-Site", "same-origin"}, true},
		"rebound name": {"evil.example" + port, []string{"Origin", "http://evil.example" + port, "Sec-Fetch-Site", "same-origin"}, false},
		"longer name":  {"localhost.evil.example", nil, false},
		"cross-site":   {"localhost" + port, []string{"Sec-Fetch-Site", "cross-site"}, false},
		"other origin": {"localhost" + port, []string{"Origin", "http://evil.example"}, false},
		"other port":   {"localhost" + port, []string{"Origin", "http://localhost:1"}, false},
		"a file":       {"localhost" + port, []string{"Origin", "null"}, false},
		"no URL":       {"localhost" + port, []string{"Origin", "http://%zz"}, false},
	} {
		for _, route := range []struct {
			method, path string
			anybody      bool
		}{
			{http.MethodGet, "/caches", false},
			{http.MethodDelete, "/caches?all=true", false},
			{http.MethodGet, "/debug/pprof/cmdline", false},
			{http.MethodGet, "/livez", true},
			{http.MethodGet, "/readyz", true},
			{http.MethodGet, "/metrics", true},
		} {
			ask := request(t, route.method, r.urls["ops"]+route.path, http.NoBody)
			ask.Host = test.host

			for i := 0; i+1 < len(test.headers); i += 2 {
				ask.Header.Add(test.headers[i], test.headers[i+1])
			}

			response, err := r.client.Do(ask)
			if err != nil {
				t.Fatal(err)
			}

			answer := read(t, response)

			want := http.StatusOK
			if !test.passes && !route.anybody {
				want = http.StatusForbidden
			}

			if answer.status != want {
				t.Errorf("%s: %s %s: got %d, %s", name, route.method, route.path, answer.status, answer.text)
			}
		}
	}

	r.stop()
	r.wantEnd(serve.ExitOK)
}
