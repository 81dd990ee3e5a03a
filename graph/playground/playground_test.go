package playground_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/graph/playground"
)

func ask(t *testing.T, method, path string) *httptest.ResponseRecorder {
	t.Helper()

	recorder := httptest.NewRecorder()
	playground.Handler().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody))

	return recorder
}

func TestPage(t *testing.T) {
	t.Parallel()

	answer := ask(t, http.MethodGet, "/")
	body := answer.Body.String()

	if answer.Code != http.StatusOK {
		t.Fatalf("status %d", answer.Code)
	}

	if got := answer.Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("content type %q", got)
	}

	for _, want := range []string{
		`<meta charset="utf-8">`, "<title>storefront – web BFF</title>", `<div id="playground">`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}

	if head := ask(t, http.MethodHead, "/"); head.Code != http.StatusOK || head.Body.Len() != 0 {
		t.Errorf("HEAD gives %d, %d bytes", head.Code, head.Body.Len())
	}
}

func TestPageCarriesExamples(t *testing.T) {
	t.Parallel()

	body := ask(t, http.MethodGet, "/").Body.String()

	data := regexp.MustCompile(`(?s)<script id="examples" type="application/json">(.*?)</script>`).FindStringSubmatch(body)
	if data == nil {
		t.Fatal("no examples in the page")
	}

	var carried []playground.Example
	if err := json.Unmarshal([]byte(data[1]), &carried); err != nil {
		t.Fatal(err)
	}

	if diff := cmp.Diff(playground.Examples(), carried); diff != "" {
		t.Error(diff)
	}
}

func TestAssetsAreAllHere(t *testing.T) {
	t.Parallel()

	// What a browser loads by itself, but not links to click on.
	loaded := regexp.MustCompile(`<(?:link|script|img)\b[^>]*\b(?:src|href)="([^"]*)"`)
	elsewhere := regexp.MustCompile(`@import|url\(["']?(?:https?:)?//`)

	assets := loaded.FindAllStringSubmatch(ask(t, http.MethodGet, "/").Body.String(), -1)
	if len(assets) < 8 {
		t.Fatalf("the page loads %d files, too few to be GraphiQL", len(assets))
	}

	for _, asset := range assets {
		path := asset[1]
		if !strings.HasPrefix(path, "/playground/") {
			t.Errorf("%s is not ours to serve", path)

			continue
		}

		answer := ask(t, http.MethodGet, path)
		if answer.Code != http.StatusOK || answer.Body.Len() == 0 {
			t.Errorf("%s: status %d, %d bytes", path, answer.Code, answer.Body.Len())
		}

		if strings.HasSuffix(path, ".css") && elsewhere.MatchString(answer.Body.String()) {
			t.Errorf("%s loads something from another host", path)
		}
	}
}

func TestPolicyIsStrict(t *testing.T) {
	t.Parallel()

	policy := ask(t, http.MethodGet, "/").Header().Get("Content-Security-Policy")

	for _, want := range []string{
		"default-src 'none'", "script-src 'self';", "connect-src 'self';", "frame-ancestors 'none'",
	} {
		if !strings.Contains(policy, want) {
			t.Errorf("no %s in %q", want, policy)
		}
	}

	for _, hole := range []string{"unsafe-eval", "http", "*"} {
		if strings.Contains(policy, hole) {
			t.Errorf("%q in %q", hole, policy)
		}
	}
}

func TestOnlyReads(t *testing.T) {
	t.Parallel()

	for _, method := range []string{http.MethodPost, http.MethodDelete, http.MethodOptions} {
		if answer := ask(t, method, "/"); answer.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s gives %d", method, answer.Code)
		}
	}
}
