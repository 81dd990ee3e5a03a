package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"storefront/internal/serve"
)

// upstream is a posts service of three posts of two users; it counts its calls.
func upstream(t *testing.T, calls *atomic.Int64) string {
	t.Helper()

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		w.Header().Set("Content-Type", "application/json")

		switch r.URL.Path {
		case "/posts":
			_, _ = io.WriteString(w, `[{"userId":1,"id":1,"title":"one","body":"b"},{"userId":2,"id":2,"title":"two","body":"b"},{"userId":1,"id":3,"title":"three","body":"b"}]`)
		case "/posts/users/1":
			_, _ = io.WriteString(w, `{"id":1,"name":"Ann","username":"ann","email":"ann@example.com","phone":"1","website":null,"address":{}}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)

	return server.URL
}

// TestServes: the whole program, over a service that it asks once for each thing.
func TestServes(t *testing.T) {
	t.Parallel()

	var (
		calls    atomic.Int64
		out, log bytes.Buffer
	)

	set := map[string]string{"POSTS_ADDR": "127.0.0.1:0", "OPS_ADDR": "127.0.0.1:0", "DRAIN_GRACE": "0", "POSTS_SERVICE_URL": upstream(t, &calls)}
	ctx, stop := context.WithCancel(t.Context())

	code := serve.Run(ctx, serve.Program{Name: "bench-posts", Declare: declare}, serve.World{
		Stdout: &out, Stderr: &log,
		Lookup: func(name string) (string, bool) {
			value, found := set[name]

			return value, found
		},
		Ready: func(urls map[string]string) {
			defer stop()

			for query, want := range map[string]string{
				`{posts{id userId title user{id name email website}}}`: `{"data":{"posts":[` +
					`{"id":1,"userId":1,"title":"one","user":{"id":1,"name":"Ann","email":"ann@example.com","website":null}},` +
					`{"id":2,"userId":2,"title":"two","user":null},` +
					`{"id":3,"userId":1,"title":"three","user":{"id":1,"name":"Ann","email":"ann@example.com","website":null}}]}}`,
				`{posts{title}}`:       `{"data":{"posts":[{"title":"one"},{"title":"two"},{"title":"three"}]}}`,
				`{greet t:__typename}`: `{"data":{"greet":"Hello World!","t":"Query"}}`,
			} {
				if got := post(t, urls["posts"]+"/graphql", query); got != want {
					t.Errorf("%s: got\n%s, want\n%s", query, got, want)
				}
			}
		},
	})
	if code != serve.ExitOK {
		t.Errorf("exit code %d, %s", code, log.String())
	}

	if !strings.Contains(out.String(), "\n  posts  http://") {
		t.Errorf("the table is %s", out.String())
	}

	if got := calls.Load(); got != 1+2+1 {
		t.Errorf("%d calls", got)
	}
}

func post(t *testing.T, url, query string) string {
	t.Helper()

	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(fmt.Sprintf(`{"query":%q}`, query)))
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

	return string(body)
}
