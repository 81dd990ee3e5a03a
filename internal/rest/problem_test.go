package rest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"storefront/internal/fanout"
	"storefront/internal/ident"
)

// wantProblem fails the test unless answer is a problem of that status and
// title, complete, and without a word of what is inside.
func wantProblem(t *testing.T, answer *http.Response, status int, title string) (detail string) {
	t.Helper()

	var got struct {
		Type, Title, Detail, Instance string
		Status                        int
		RequestID                     string `json:"request_id"`
	}

	text := body(t, answer)
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Errorf("%v: %s", err, text)
	}

	if answer.StatusCode != status || got.Status != status || got.Title != title {
		t.Errorf("got %d, %+v; want %d, %s", answer.StatusCode, got, status, title)
	}

	if got.Type == "" || got.Detail == "" || !strings.HasPrefix(got.Instance, "/") || got.RequestID != "request-1" {
		t.Errorf("it is not complete: %+v", got)
	}

	if strings.Contains(text, "secret") {
		t.Errorf("it tells too much: %s", text)
	}

	wantHeaders(t, answer, map[string]string{"Content-Type": "application/problem+json", "Cache-Control": "no-store"})

	return got.Detail
}

// TestBadIDs are refused before anybody is asked, and not repeated.
func TestBadIDs(t *testing.T) {
	t.Parallel()

	handler := newAPI(func(_ context.Context, in shelfInput) (shelfView, fanout.Report, error) {
		t.Errorf("the screen was asked for %q", in.UserID)

		return shelfView{}, nil, nil
	})

	for _, id := range []string{
		"..", ".", "-a", "a b", "a,b", "a&b", "a;b", "a?b", "a#b", "a%b", "a\x00b", "a\nb", "é", "\xff", "<script>alert(1)</script>",
		"${jndi}", "'or'1", `a"b`, `a\b`, strings.Repeat("a", ident.MaxLength+1), strings.Repeat("é", 2000),
	} {
		answer := get(t, handler, "/api/shelf/"+strings.ReplaceAll(url.PathEscape(id), "/", "%2F"))

		status, title := http.StatusBadRequest, "Bad Request"
		if strings.Contains(id, "/") { // one segment is one segment, escaped or not
			status, title = http.StatusNotFound, "Not Found"
		}

		detail := wantProblem(t, answer, status, title)
		if len(id) > 2 && strings.Contains(detail, id) || len(detail) > 200 {
			t.Errorf("%q: repeated in %q", id, detail)
		}
	}
}

// TestNowhere answers what no page does in the same words as a page.
func TestNowhere(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		method, path string
		status       int
		title, allow string
	}{
		"unknown":          {http.MethodGet, "/api/nothing", http.StatusNotFound, "Not Found", ""},
		"the root":         {http.MethodGet, "/", http.StatusNotFound, "Not Found", ""},
		"no id":            {http.MethodGet, "/api/shelf/", http.StatusNotFound, "Not Found", ""},
		"a slash too many": {http.MethodGet, "/api/shelf/user_1/", http.StatusNotFound, "Not Found", ""},
		"two slashes":      {http.MethodGet, "/api//shelf/user_1", http.StatusNotFound, "Not Found", ""},
		"capitals":         {http.MethodGet, "/API/shelf/user_1", http.StatusNotFound, "Not Found", ""},
		"up and down":      {http.MethodGet, "/api/x/../shelf/user_1", http.StatusNotFound, "Not Found", ""},
		"its own":          {http.MethodGet, "/schemas/Shelf.json", http.StatusNotFound, "Not Found", ""},
		"not to be posted": {http.MethodPost, "/api/shelf/user_1", http.StatusMethodNotAllowed, "Method Not Allowed", "GET"},
		"not to be dropped": {
			http.MethodDelete, "/api/shelf/user_1", http.StatusMethodNotAllowed, "Method Not Allowed", "GET",
		},
		"not to be brewed": {"BREW", "/api/shelf/user_1", http.StatusMethodNotAllowed, "Method Not Allowed", "GET"},
		"nor the document": {http.MethodPut, "/openapi.json", http.StatusMethodNotAllowed, "Method Not Allowed", "GET"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			answer := ask(t, newAPI(whole), newRequest(t, test.method, test.path))
			wantProblem(t, answer, test.status, test.title)
			wantHeaders(t, answer, map[string]string{"Allow": test.allow, "Location": ""})
		})
	}
}
