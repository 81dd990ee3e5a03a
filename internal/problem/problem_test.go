package problem_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/problem"
)

func TestWrite(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		problem    *problem.Details
		want       map[string]any
		retryAfter string
	}{
		"a plain one": {
			problem: problem.New(http.StatusMethodNotAllowed, "Not this one."),
			want: map[string]any{
				"type": "about:blank", "title": "Method Not Allowed", "status": 405.0, "detail": "Not this one.",
			},
		},
		"one of its own kind": {
			problem: problem.Named(http.StatusNotFound, "no-such-user", "No such user", "There is none."),
			want: map[string]any{
				"type": "urn:storefront:problem:no-such-user", "title": "No such user", "status": 404.0, "detail": "There is none.",
			},
		},
		"one that will pass": {
			problem: problem.New(http.StatusServiceUnavailable, "Not now."),
			want: map[string]any{
				"type": "about:blank", "title": "Service Unavailable", "status": 503.0, "detail": "Not now.",
			},
			retryAfter: "2",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/a%20b?token=t", http.NoBody)
			w := httptest.NewRecorder()
			w.Header().Set("X-Request-Id", "request-1") // as the inbound pipe does
			problem.Write(w, r, test.problem)

			test.want["instance"], test.want["request_id"] = "/a%20b", "request-1"
			checkAnswer(t, w.Result(), test.want, test.retryAfter)

			if test.problem.Instance != "" || test.problem.RequestID != "" {
				t.Error("the problem itself was changed: it may be shared")
			}
		})
	}
}

func checkAnswer(t *testing.T, answer *http.Response, want map[string]any, retryAfter string) {
	t.Helper()

	defer func() { _ = answer.Body.Close() }()

	var got map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}

	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	if answer.StatusCode != int(want["status"].(float64)) {
		t.Errorf("status %d", answer.StatusCode)
	}

	for name, value := range map[string]string{
		"Content-Type": "application/problem+json", "Cache-Control": "no-store", "Retry-After": retryAfter,
	} {
		if got := answer.Header.Get(name); got != value {
			t.Errorf("%s: got %q, want %q", name, got, value)
		}
	}
}

func TestProblemIsAnError(t *testing.T) {
	t.Parallel()

	var err error = problem.New(http.StatusNotFound, "There is none.")
	if err.Error() != "Not Found: There is none." {
		t.Errorf("got %q", err)
	}
}
