package webpage_test

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"storefront/internal/webpage"
)

const (
	policy = "default-src 'self'"
	markup = `<meta charset=utf-8><link href="{{file "look.css"}}"><script src="{{file "sub/boot.js.gz"}}"></script>{{.}}`
)

func zipped(t *testing.T, text string) []byte {
	t.Helper()

	var buffer bytes.Buffer

	writer := gzip.NewWriter(&buffer)
	if _, err := writer.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}

	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}

	return buffer.Bytes()
}

func newPage(t *testing.T) webpage.Page {
	t.Helper()

	return webpage.Page{
		Paths:  []string{"/here", "/here/"},
		Assets: "/here/",
		Policy: policy,
		HTML:   markup,
		Sources: map[string]fs.FS{"file": fstest.MapFS{
			"look.css":       {Data: []byte("body{}")},
			"sub/boot.js.gz": {Data: zipped(t, "start()")},
			"odd.xyz":        {Data: []byte("?")},
			"broken.js.gz":   {Data: []byte("this is not gzip")},
		}},
		Data: `<b>"title"</b>`,
	}
}

func newHandler(t *testing.T, page webpage.Page) http.Handler {
	t.Helper()

	handler, err := page.Handler()
	if err != nil {
		t.Fatal(err)
	}

	return handler
}

func ask(t *testing.T, handler http.Handler, method, path string, header http.Header) *httptest.ResponseRecorder {
	t.Helper()

	request := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
	maps.Copy(request.Header, header)

	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)

	return recorder
}

// assetPath finds where the page says that an asset is.
func assetPath(t *testing.T, handler http.Handler, name string) string {
	t.Helper()

	body := ask(t, handler, http.MethodGet, "/here", nil).Body.String()

	found := regexp.MustCompile(`"(/here/[0-9a-f]{16}/` + regexp.QuoteMeta(name) + `)"`).FindStringSubmatch(body)
	if found == nil {
		t.Fatalf("the page does not name %s: %s", name, body)
	}

	return found[1]
}

func TestPage(t *testing.T) {
	t.Parallel()

	handler := newHandler(t, newPage(t))

	for _, path := range []string{"/here", "/here/"} {
		answer := ask(t, handler, http.MethodGet, path, nil)

		if answer.Code != http.StatusOK {
			t.Errorf("%s: status %d", path, answer.Code)
		}

		if got := answer.Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
			t.Errorf("%s: content type %q", path, got)
		}

		if got := answer.Header().Get("Cache-Control"); got != "no-cache" {
			t.Errorf("%s: cache control %q", path, got)
		}

		if !strings.Contains(answer.Body.String(), "&lt;b&gt;&#34;title&#34;&lt;/b&gt;") {
			t.Errorf("%s: data not there or not escaped: %s", path, answer.Body)
		}
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()

	handler := newHandler(t, newPage(t))

	for _, test := range []struct{ name, contentType, body string }{
		{"look.css", "text/css; charset=utf-8", "body{}"},
		{"boot.js", "text/javascript; charset=utf-8", "start()"},
	} {
		answer := ask(t, handler, http.MethodGet, assetPath(t, handler, test.name), nil)

		if answer.Code != http.StatusOK || answer.Body.String() != test.body {
			t.Errorf("%s: %d %q, want %q", test.name, answer.Code, answer.Body, test.body)
		}

		if got := answer.Header().Get("Content-Type"); got != test.contentType {
			t.Errorf("%s: content type %q", test.name, got)
		}

		if got := answer.Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable, no-transform" {
			t.Errorf("%s: cache control %q", test.name, got)
		}
	}
}

func TestConditionalAndHead(t *testing.T) {
	t.Parallel()

	handler := newHandler(t, newPage(t))

	for _, path := range []string{"/here", assetPath(t, handler, "look.css"), assetPath(t, handler, "boot.js")} {
		etag := ask(t, handler, http.MethodGet, path, nil).Header().Get("ETag")
		if !regexp.MustCompile(`^"[0-9a-f]{64}"$`).MatchString(etag) {
			t.Errorf("%s: ETag %s is not a strong one", path, etag)
		}

		same := ask(t, handler, http.MethodGet, path, http.Header{"If-None-Match": {etag}})
		if same.Code != http.StatusNotModified || same.Body.Len() != 0 {
			t.Errorf("%s: If-None-Match gives %d with %d bytes", path, same.Code, same.Body.Len())
		}

		head := ask(t, handler, http.MethodHead, path, nil)
		if head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("ETag") != etag {
			t.Errorf("%s: HEAD gives %d with %d bytes", path, head.Code, head.Body.Len())
		}
	}
}

func TestURLFollowsContent(t *testing.T) {
	t.Parallel()

	other := newPage(t)
	other.Sources = map[string]fs.FS{"file": fstest.MapFS{"look.css": {Data: []byte("body{margin:0}")}}}
	other.HTML = `<link href="{{file "look.css"}}">`

	before := assetPath(t, newHandler(t, newPage(t)), "look.css")
	after := assetPath(t, newHandler(t, other), "look.css")

	if before == after {
		t.Errorf("other bytes under the same URL %s, which browsers keep for a year", after)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()

	broken := newPage(t)
	broken.HTML = `<script src="{{file "broken.js.gz"}}"></script>`
	unreadable := newHandler(t, broken)
	handler := newHandler(t, newPage(t))
	look, script := assetPath(t, handler, "look.css"), assetPath(t, unreadable, "broken.js")

	for _, test := range []struct {
		name         string
		handler      http.Handler
		method, path string
		status       int
		allow        string
	}{
		{"no such asset", handler, http.MethodGet, "/here/0123456789abcdef/look.css", http.StatusNotFound, ""},
		{"no such path", handler, http.MethodGet, "/", http.StatusNotFound, ""},
		{"a path to clean", handler, http.MethodGet, "/here/../here", http.StatusNotFound, ""},
		{"write to the page", handler, http.MethodPost, "/here", http.StatusMethodNotAllowed, "GET, HEAD"},
		{"write to an asset", handler, http.MethodPut, look, http.StatusMethodNotAllowed, "GET, HEAD"},
		{"stored broken", unreadable, http.MethodGet, script, http.StatusInternalServerError, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			answer := ask(t, test.handler, test.method, test.path, nil)

			if answer.Code != test.status {
				t.Errorf("status %d, want %d", answer.Code, test.status)
			}

			if got := answer.Header().Get("Allow"); got != test.allow {
				t.Errorf("Allow %q, want %q", got, test.allow)
			}

			if got := answer.Header().Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("content type %q", got)
			}

			if got := answer.Header().Get("Cache-Control"); got != "no-store" {
				t.Errorf("cache control %q", got)
			}
		})
	}
}

func TestProtections(t *testing.T) {
	t.Parallel()

	handler := newHandler(t, newPage(t))
	want := map[string]string{
		"Content-Security-Policy":      policy,
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Referrer-Policy":              "no-referrer",
		"X-Content-Type-Options":       "nosniff",
	}

	for _, path := range []string{"/here", assetPath(t, handler, "look.css"), "/elsewhere"} {
		header := ask(t, handler, http.MethodGet, path, nil).Header()
		for name, value := range want {
			if got := header.Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", path, name, got, value)
			}
		}
	}
}

func TestBrokenPages(t *testing.T) {
	t.Parallel()

	for name, text := range map[string]string{
		"template that does not parse":   `{{`,
		"template that does not execute": `{{.Nothing}}`,
		"asset that is not there":        `{{file "nowhere.css"}}`,
		"asset of an unknown kind":       `{{file "odd.xyz"}}`,
		"source that is not there":       `{{theirs "look.css"}}`,
	} {
		page := newPage(t)
		page.HTML = text

		if handler, err := page.Handler(); err == nil || handler != nil {
			t.Errorf("%s: no error", name)
		}
	}
}
