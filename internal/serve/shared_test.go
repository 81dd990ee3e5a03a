package serve_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"storefront/internal/cache/redistest"
	"storefront/internal/serve"
)

// startShared starts a program whose caches have a second level, and waits until
// that is connected.
func startShared(t *testing.T, url string) *running {
	t.Helper()

	r := start(t, one(says("text/plain", "hello")), usual("CACHE_URL="+url)...)

	for deadline := time.Now().Add(10 * time.Second); !r.shows("/caches", `"connected":true`); time.Sleep(ms) {
		if time.Now().After(deadline) {
			t.Fatal("it does not connect")
		}
	}

	return r
}

func (r *running) shows(path, want string) bool {
	_, body, _ := r.get(r.urls["ops"] + path)

	return strings.Contains(body, want)
}

func (r *running) purge(query string) (status int, body string) {
	r.t.Helper()

	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodDelete, r.urls["ops"]+"/caches?"+query, http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}

	response, err := r.client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}

	defer func() { _ = response.Body.Close() }()

	text, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}

	return response.StatusCode, string(text)
}

// TestPurgeReachesOtherPrograms by the operations port of one of them.
func TestPurgeReachesOtherPrograms(t *testing.T) {
	t.Parallel()

	server := redistest.New(t)
	a, b := startShared(t, server.URL().String()), startShared(t, server.URL().String())

	if status, body := a.purge("tag=product:p1"); status != http.StatusOK || body != `{"purged":0}` {
		t.Errorf("got %d %s", status, body)
	}

	for deadline := time.Now().Add(10 * time.Second); !b.shows("/metrics", `shared_cache_purges_total{outcome="heard"} 1`); time.Sleep(ms) {
		if time.Now().After(deadline) {
			t.Fatal("the other program does not hear of it")
		}
	}

	server.Stop()

	if status, body := a.purge("all=true"); status != http.StatusAccepted || !strings.Contains(body, `"later":"`) {
		t.Errorf("got %d %s", status, body)
	}

	a.stop()
	a.wantEnd(serve.ExitOK)

	if !strings.Contains(a.err.String(), "purges of the shared cache were lost") {
		t.Error("nothing says that a purge was lost")
	}
}

// TestNoServerIsNoReason not to start, nor to be ready, nor to stop well; and its
// password is nowhere to be seen.
func TestNoServerIsNoReason(t *testing.T) {
	t.Parallel()

	r := start(t, one(says("text/plain", "hello")), usual("CACHE_URL=redis://u:s3cret@127.0.0.1:1/2")...)
	r.want(r.urls["ops"]+"/readyz", http.StatusOK, `{"status":"ready"}`)
	r.want(r.urls["ops"]+"/caches", http.StatusOK, `"shared":{"address":"127.0.0.1:1","connected":false,"purges_owed":0}`)
	r.stop()
	r.wantEnd(serve.ExitOK)

	if all := r.err.String() + r.out.String(); strings.Contains(all, "s3cret") {
		t.Error(all)
	}
}

func TestWrongCacheURLIsMasked(t *testing.T) {
	t.Parallel()

	var out, errors log

	code := serve.Run(context.Background(), program(one(busy)), serve.World{
		Lookup: lookup([]string{"CACHE_URL=redis://u:s3cret@h/x"}), Stdout: &out, Stderr: &errors,
	})
	if text := errors.String(); code != serve.ExitUsage || strings.Contains(text, "s3cret") || !strings.Contains(text, `CACHE_URL="redis://xxxxx@h/…"`) {
		t.Errorf("%d: %s", code, text)
	}
}
