package servicetest

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Wire is the suite of what every service does alike on the wire. found are
// targets with the Cache-Control that belongs to each, "" of a system that says
// nothing of caching; missing are targets of things that do not exist, bad are
// inputs that must be refused.
func Wire(t *testing.T, handler http.Handler, found map[string]string, missing, bad []string) {
	t.Helper()
	for target, cacheControl := range found {
		t.Run("found "+target, func(t *testing.T) {
			t.Parallel()
			if cacheControl == "" {
				keepsSilent(t, handler, target)
			} else {
				revalidates(t, handler, target, cacheControl)
			}
			answersHead(t, handler, target)
			onlyReads(t, handler, target)
			identifies(t, handler, target)
			stopsInTime(t, handler, target)
			answersMany(t, handler, target)
		})
	}
	missing = append([]string{"/", "/nothing", "//", "/orders/..", "/users/"}, missing...)
	for _, target := range missing {
		t.Run("missing "+target, func(t *testing.T) {
			t.Parallel()
			Problem(t, Do(t, handler, http.MethodGet, target), http.StatusNotFound)
		})
	}
	for _, target := range bad {
		t.Run("bad "+target[:min(40, len(target))], func(t *testing.T) {
			t.Parallel()
			Problem(t, Do(t, handler, http.MethodGet, target), http.StatusBadRequest)
		})
	}
}

// Problem wants RFC 9457 problem details that fit the status, tell the request's
// id and may not be cached.
func Problem(t *testing.T, got Response, status int) {
	t.Helper()
	if got.Status != status {
		t.Fatalf("status %d, want %d: %s", got.Status, status, got.Body)
	}
	var problem struct {
		Type      string `json:"type"`
		Title     string `json:"title"`
		Status    int    `json:"status"`
		Detail    string `json:"detail"`
		RequestID string `json:"request_id"`
	}
	if err := json.Unmarshal([]byte(got.Body), &problem); err != nil {
		t.Fatal(err)
	}
	if problem.Type != "about:blank" || problem.Title != http.StatusText(status) || problem.Status != status ||
		problem.Detail == "" || problem.RequestID != got.Header.Get("X-Request-Id") {
		t.Errorf("problem %+v", problem)
	}
	if kind, cache := got.Header.Get("Content-Type"), got.Header.Get("Cache-Control"); kind != "application/problem+json" || cache != "no-store" {
		t.Errorf("Content-Type %s, Cache-Control %s", kind, cache)
	}
}

// revalidates checks the headers of an answer and its 304.
func revalidates(t *testing.T, handler http.Handler, target, cacheControl string) {
	t.Helper()
	got := Do(t, handler, http.MethodGet, target)
	tag := got.Header.Get("ETag")
	if got.Status != http.StatusOK || len(tag) < 10 || tag[0] != '"' ||
		got.Header.Get("Content-Length") != strconv.Itoa(len(got.Body)) ||
		got.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Fatalf("%d %v", got.Status, got.Header)
	}
	cached(t, got, cacheControl)
	for _, match := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		same := Do(t, handler, http.MethodGet, target, "If-None-Match", match)
		if same.Status != http.StatusNotModified || same.Body != "" || same.Header.Get("ETag") != tag {
			t.Errorf("If-None-Match %s: %d %v", match, same.Status, same.Header)
		}
		cached(t, same, cacheControl)
	}
	if other := Do(t, handler, http.MethodGet, target, "If-None-Match", `"other"`); other.Body != got.Body {
		t.Errorf("If-None-Match of another tag: %d", other.Status)
	}
}

// keepsSilent wants an answer that nobody may take for one to be kept.
func keepsSilent(t *testing.T, handler http.Handler, target string) {
	t.Helper()
	got := Do(t, handler, http.MethodGet, target, "If-None-Match", "*")
	if got.Status != http.StatusOK || got.Header.Get("ETag") != "" || got.Header.Get("Content-Length") != strconv.Itoa(len(got.Body)) {
		t.Fatalf("%d %v", got.Status, got.Header)
	}
	cached(t, got, "")
}

// answersHead wants what GET answers, without its body.
func answersHead(t *testing.T, handler http.Handler, target string) {
	t.Helper()
	got := Do(t, handler, http.MethodHead, target)
	length := strconv.Itoa(len(Do(t, handler, http.MethodGet, target).Body))
	if got.Status != http.StatusOK || got.Body != "" || got.Header.Get("Content-Length") != length {
		t.Errorf("HEAD: %d %v", got.Status, got.Header)
	}
}

func cached(t *testing.T, got Response, want string) {
	t.Helper()
	if cacheControl := got.Header.Get("Cache-Control"); cacheControl != want {
		t.Errorf("%d with Cache-Control %q, want %q", got.Status, cacheControl, want)
	}
}

func onlyReads(t *testing.T, handler http.Handler, target string) {
	t.Helper()
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions} {
		got := Do(t, handler, method, target)
		Problem(t, got, http.StatusMethodNotAllowed)
		if allow := got.Header.Get("Allow"); allow != "GET, HEAD" {
			t.Errorf("%s: Allow %q", method, allow)
		}
	}
}

func identifies(t *testing.T, handler http.Handler, target string) {
	t.Helper()
	const id = "page-42/~!"
	if got := Do(t, handler, http.MethodGet, target, "X-Request-Id", id).Header.Get("X-Request-Id"); got != id {
		t.Errorf("X-Request-Id %q, want %q", got, id)
	}
}

// stopsInTime wants a service that does not work for someone who left.
func stopsInTime(t *testing.T, handler http.Handler, target string) {
	t.Helper()
	gone, leave := context.WithCancel(t.Context())
	leave()
	got := DoContext(gone, handler, http.MethodGet, target)
	Problem(t, got, http.StatusServiceUnavailable)
	if got.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	Problem(t, Do(t, handler, http.MethodGet, target, "X-Request-Timeout-Ms", "soon"), http.StatusBadRequest)
}

// answersMany wants the same answer for everyone who asks at once.
func answersMany(t *testing.T, handler http.Handler, target string) {
	t.Helper()
	want := Do(t, handler, http.MethodGet, target).Body
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for range 5 {
				if got := Do(t, handler, http.MethodGet, target); got.Body != want {
					t.Errorf("%d %s", got.Status, strings.TrimSpace(got.Body))
				}
			}
		})
	}
	readers.Wait()
}
