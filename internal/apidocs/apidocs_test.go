package apidocs_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"storefront/internal/apidocs"
)

// newEngine mounts the handler as a BFF does: in gin, at /docs and below.
func newEngine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)

	engine := gin.New()
	docs := gin.WrapH(apidocs.Handler("storefront – mobile BFF"))

	for _, path := range []string{"/docs", "/docs/*asset"} {
		engine.Match([]string{http.MethodGet, http.MethodHead}, path, docs)
	}

	return engine
}

func ask(t *testing.T, handler http.Handler, method, path string) *httptest.ResponseRecorder {
	t.Helper()

	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody))

	return recorder
}

// loaded matches what a browser loads by itself, but not links to click on.
var loaded = regexp.MustCompile(`<(?:link|script|img)\b[^>]*\b(?:src|href)="([^"]*)"`)

func TestPage(t *testing.T) {
	t.Parallel()

	engine := newEngine()

	for _, path := range []string{"/docs", "/docs/"} {
		answer := ask(t, engine, http.MethodGet, path)
		body := answer.Body.String()

		if answer.Code != http.StatusOK {
			t.Errorf("%s: status %d", path, answer.Code)
		}

		for _, want := range []string{`<meta charset="utf-8">`, "<title>storefront – mobile BFF</title>"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %s in %s", path, want, body)
			}
		}

		if strings.Contains(body, "<style") || regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(body) {
			t.Errorf("%s: something inline, which the policy forbids: %s", path, body)
		}
	}
}

func TestTitleIsEscaped(t *testing.T) {
	t.Parallel()

	answer := ask(t, apidocs.Handler("</title><script>"), http.MethodGet, "/docs")

	if strings.Contains(answer.Body.String(), "</title><script>") {
		t.Error("the title can end its element")
	}
}

func TestAssetsAreAllHere(t *testing.T) {
	t.Parallel()

	elsewhere := regexp.MustCompile(`@import|url\(["']?(?:https?:)?//`)
	engine := newEngine()

	assets := loaded.FindAllStringSubmatch(ask(t, engine, http.MethodGet, "/docs").Body.String(), -1)
	if len(assets) < 4 {
		t.Fatalf("the page loads %d files, too few to be Swagger UI", len(assets))
	}

	for _, asset := range assets {
		path := asset[1]
		if !strings.HasPrefix(path, "/docs/") {
			t.Errorf("%s is not ours to serve", path)

			continue
		}

		answer := ask(t, engine, http.MethodGet, path)
		if answer.Code != http.StatusOK || answer.Body.Len() == 0 {
			t.Errorf("%s: status %d, %d bytes", path, answer.Code, answer.Body.Len())
		}

		if strings.HasSuffix(path, ".css") && elsewhere.MatchString(answer.Body.String()) {
			t.Errorf("%s loads something from another host", path)
		}
	}
}

func TestHead(t *testing.T) {
	t.Parallel()

	engine := newEngine()
	asset := loaded.FindStringSubmatch(ask(t, engine, http.MethodGet, "/docs").Body.String())[1]

	for _, path := range []string{"/docs", "/docs/", asset} {
		answer := ask(t, engine, http.MethodHead, path)
		if answer.Code != http.StatusOK || answer.Body.Len() != 0 || answer.Header().Get("ETag") == "" {
			t.Errorf("%s: HEAD gives %d, %d bytes", path, answer.Code, answer.Body.Len())
		}
	}
}

func TestBootShowsOwnDocument(t *testing.T) {
	t.Parallel()

	engine := newEngine()
	page := ask(t, engine, http.MethodGet, "/docs").Body.String()
	script := ask(t, engine, http.MethodGet, regexp.MustCompile(`/docs/[0-9a-f]+/boot\.js`).FindString(page))

	for _, want := range []string{`url: "/openapi.json"`, "validatorUrl: null"} {
		if !strings.Contains(script.Body.String(), want) {
			t.Errorf("no %s in %s", want, script.Body)
		}
	}
}

func TestPolicyIsStrict(t *testing.T) {
	t.Parallel()

	policy := ask(t, newEngine(), http.MethodGet, "/docs").Header().Get("Content-Security-Policy")

	for _, want := range []string{
		"default-src 'none'", "script-src 'self';", "connect-src 'self';", "frame-ancestors 'none'",
	} {
		if !strings.Contains(policy, want) {
			t.Errorf("no %s in %q", want, policy)
		}
	}

	for _, hole := range []string{"unsafe", "http", "*"} {
		if strings.Contains(policy, hole) {
			t.Errorf("%q in %q", hole, policy)
		}
	}
}
