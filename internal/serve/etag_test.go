package serve_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// tagged is a handler with one validator, which it knows in its plain form
// alone.
func tagged(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Etag", `"a"`)

	if strings.Contains(r.Header.Get("If-None-Match"), `"a"`) {
		w.WriteHeader(http.StatusNotModified)

		return
	}

	says("application/json", page)(w, r)
}

// TestOtherBytesOtherTag: a strong validator is of the bytes that are sent.
func TestOtherBytesOtherTag(t *testing.T) {
	t.Parallel()

	for coding, want := range map[string]string{"": `"a"`, "gzip": `"a-gzip"`, "br": `"a-br"`, "zstd": `"a-zstd"`} {
		answer := newPipe(tagged).ask(t, http.MethodGet, "/", "Accept-Encoding", coding)
		wantHeaders(t, answer, map[string]string{"Etag": want, "Content-Encoding": coding})
	}

	packed := newPipe(func(w http.ResponseWriter, r *http.Request) { // by the handler itself
		w.Header().Set("Content-Encoding", "br")
		tagged(w, r)
	}).ask(t, http.MethodGet, "/", "Accept-Encoding", "gzip")
	wantHeaders(t, packed, map[string]string{"Etag": `"a-br"`, "Content-Encoding": "br"})

	weak := newPipe(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `W/"a"`)
		says("application/json", page)(w, r)
	}).ask(t, http.MethodGet, "/", "Accept-Encoding", "gzip")
	wantHeaders(t, weak, map[string]string{"Etag": `W/"a"`})
}

// TestNotModified knows a client's copy in whatever coding it has it, and says
// so in that one's name.
func TestNotModified(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ has, accept, want string }{
		"plain":                 {`"a"`, "", `"a"`},
		"packed":                {`"a-gzip"`, "gzip", `"a-gzip"`},
		"packed in another way": {`"a-br"`, "gzip", `"a-br"`},
		"both":                  {`"a-zstd", "a"`, "zstd", `"a"`},
		"one of several":        {`"b", W/"a-br"`, "br", `"a-br"`},
		"nothing":               {"", "gzip", ""},
		"another":               {`"b-gzip"`, "gzip", ""},
		"of no coding":          {`"a-lz4"`, "gzip", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			answer := newPipe(tagged).ask(t, http.MethodGet, "/", "Accept-Encoding", test.accept, "If-None-Match", test.has)
			wantHeaders(t, answer, map[string]string{"Vary": "Accept-Encoding"})

			if test.want == "" {
				if answer.status != http.StatusOK {
					t.Errorf("got %d", answer.status)
				}

				return
			}

			wantHeaders(t, answer, map[string]string{"Etag": test.want, "Content-Encoding": "", "Content-Length": ""})

			if text := answer.text; answer.status != http.StatusNotModified || text != "" {
				t.Errorf("got %d, %q", answer.status, text)
			}
		})
	}
}

// TestTagsOverLines: a list may stand in several headers.
func TestTagsOverLines(t *testing.T) {
	t.Parallel()

	answer := newPipe(tagged).ask(t, http.MethodGet, "/", "If-None-Match", `"b"`, "If-None-Match", `"a-gzip"`)
	wantHeaders(t, answer, map[string]string{"Etag": `"a-gzip"`})

	if answer.status != http.StatusNotModified {
		t.Errorf("got %d", answer.status)
	}
}

// FuzzIfNoneMatch wants what comes back to be one of the validators that went
// out, in whatever order they are named.
func FuzzIfNoneMatch(f *testing.F) {
	for _, seed := range []string{"", `"a"`, `"a-gzip"`, `"a-gzip-br"`, `"-gzip"`, `-gzip"`, "\"a\"\x00"} {
		f.Add(seed)
	}

	p := newPipe(tagged)

	f.Fuzz(func(t *testing.T, has string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.Header.Set("If-None-Match", has)

		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)

		if tag := w.Header().Get("Etag"); tag != `"a"` && (w.Code != http.StatusNotModified || !strings.Contains(has, tag)) {
			t.Errorf("%q: %d, %s", has, w.Code, tag)
		}
	})
}
