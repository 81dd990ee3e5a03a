package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEverythingIsAnsweredWithTheFile(t *testing.T) {
	const body = `{"data":1}`

	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "page.json"), []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}

	t.Setenv("ANSWERS", dir)

	served, err := handlers()
	if err != nil || len(served) != 1 {
		t.Fatalf("%d handlers, %v", len(served), err)
	}

	for _, method := range []string{http.MethodGet, http.MethodPost} {
		w := httptest.NewRecorder()
		served["page"].ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/any", strings.NewReader("{}")))

		if w.Code != http.StatusOK || w.Body.String() != body {
			t.Errorf("%s: %d %s", method, w.Code, w.Body)
		}
	}
}

func TestNoAnswersAreAnError(t *testing.T) {
	t.Setenv("ANSWERS", t.TempDir())

	if _, err := handlers(); err == nil {
		t.Error("no error")
	}
}
