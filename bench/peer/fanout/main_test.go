package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

func TestEachPageCallsItsServices(t *testing.T) {
	var (
		mu    sync.Mutex
		calls []string
	)

	services := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()

		calls = append(calls, r.URL.String())
	}))
	t.Cleanup(services.Close)

	dir := t.TempDir()
	for _, name := range []string{"mobile", "tv", "web-rest"} {
		if err := os.WriteFile(filepath.Join(dir, name+".json"), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	for _, variable := range []string{"USER_SERVICE_URL", "PRODUCT_SERVICE_URL", "ORDER_SERVICE_URL"} {
		t.Setenv(variable, services.URL)
	}

	t.Setenv("ANSWERS", dir)

	served, err := handlers()
	if err != nil {
		t.Fatal(err)
	}

	all := []string{"/orders?user_id=user_1", "/products?user_id=user_1", "/users/user_1"}

	for name, want := range map[string]struct {
		body  string
		calls []string
	}{"mobile": {"mobile", all}, "web": {"web-rest", all}, "tv": {"tv", all[1:2]}} {
		calls = nil

		w := httptest.NewRecorder()
		served[name].ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/any/user_1", http.NoBody))

		if slices.Sort(calls); w.Body.String() != want.body || !slices.Equal(calls, want.calls) {
			t.Errorf("%s: %s after %q", name, w.Body, calls)
		}
	}

	services.Close()

	w := httptest.NewRecorder()
	if served["tv"].ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/any/user_1", http.NoBody)); w.Code != http.StatusBadGateway {
		t.Errorf("without services: %d %s", w.Code, w.Body)
	}
}
