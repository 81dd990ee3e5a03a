package serve_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// page is a body that is worth compressing.
const page = `{"name":"A name that is said again and again. ` +
	`A name that is said again and again. A name that is said again and again. A name that is said again and again. ` +
	`A name that is said again and again. A name that is said again and again. A name that is said again and again."}`

func TestNegotiation(t *testing.T) {
	t.Parallel()

	// "" is for a body as it is.
	for accept, want := range map[string]string{
		"":                                     "",
		"gzip":                                 "gzip",
		"GZIP":                                 "gzip",
		"x-gzip":                               "gzip",
		"br":                                   "br",
		"zstd":                                 "zstd",
		"deflate":                              "",
		"compress, deflate":                    "",
		"gzip, deflate, br, zstd":              "zstd",
		"gzip, deflate, br":                    "br",
		"gzip, deflate":                        "gzip",
		"gzip;q=1.0, zstd;q=0.5":               "gzip",
		"br;q=0.8,gzip;q=0.9,zstd;q=0.7":       "gzip",
		" br ; q=0.8 ,\tgzip ; Q=0.8":          "br",
		"*":                                    "zstd",
		"*;q=0":                                "",
		"gzip, *;q=0":                          "gzip",
		"zstd;q=0, *":                          "br",
		"zstd;q=0, br;q=0, *":                  "gzip",
		"zstd;q=0, br;q=0, gzip;q=0, *":        "",
		"*;q=0.5, gzip;q=0.6":                  "gzip",
		"identity":                             "",
		"identity, gzip":                       "gzip", // as good, and smaller
		"identity;q=1, gzip;q=0.5":             "",
		"identity;q=0.5, gzip;q=0.5":           "gzip",
		"identity;q=0, gzip":                   "gzip",
		"identity;q=0":                         "", // nothing else is allowed, and an answer is better than none
		"gzip;q=0":                             "",
		"gzip;q=0.000":                         "",
		"gzip;q=0.001":                         "gzip",
		"gzip;q=1.1":                           "",
		"gzip;q=-1":                            "",
		"gzip;q=NaN":                           "",
		"gzip;q=Inf":                           "",
		"gzip;q=":                              "",
		"gzip;q":                               "gzip",
		"gzip;level=9":                         "gzip",
		"gzip;level=9;q=0":                     "",
		",,gzip,,":                             "gzip",
		"gzipped":                              "",
		"gzip br":                              "",
		";q=1":                                 "",
		strings.Repeat("deflate,", 500) + "br": "br",
	} {
		answer := newPipe(says("application/json", page)).ask(t, http.MethodGet, "/", "Accept-Encoding", accept)
		wantHeaders(t, answer, map[string]string{"Content-Encoding": want, "Vary": "Accept-Encoding"})

		if t.Failed() {
			t.Fatalf("Accept-Encoding: %s", accept)
		}
	}
}

// TestNegotiationOverLines: a list may stand in several headers.
func TestNegotiationOverLines(t *testing.T) {
	t.Parallel()

	answer := newPipe(says("application/json", page)).ask(t, http.MethodGet, "/",
		"Accept-Encoding", "gzip;q=0.5", "Accept-Encoding", "br")
	wantHeaders(t, answer, map[string]string{"Content-Encoding": "br"})
}

// unpack gives the body behind a coding.
func unpack(t *testing.T, answer *answer) string {
	t.Helper()

	var (
		reader io.Reader = strings.NewReader(answer.text)
		err    error
	)

	switch answer.header.Get("Content-Encoding") {
	case "gzip":
		reader, err = gzip.NewReader(reader)
	case "br":
		reader = brotli.NewReader(reader)
	case "zstd":
		decoder, failure := zstd.NewReader(reader, zstd.WithDecoderConcurrency(1))
		t.Cleanup(decoder.Close)

		reader, err = decoder, failure
	}

	if err != nil {
		t.Fatal(err)
	}

	text, err := io.ReadAll(reader)
	if err != nil {
		t.Error(err)
	}

	return string(text)
}

// TestRoundTrips, many at a time: encoders are used again and must not mix.
func TestRoundTrips(t *testing.T) {
	t.Parallel()

	for _, coding := range []string{"gzip", "br", "zstd", ""} {
		for _, size := range []int{0, 1, 100, 1000, 100_000, 3 << 20} {
			t.Run(coding, func(t *testing.T) {
				t.Parallel()

				want := strings.Repeat("0123456789abcdef"+coding, size/16+1)[:size]
				answer := newPipe(says("text/plain", want)).ask(t, http.MethodGet, "/", "Accept-Encoding", coding)

				if n := len(answer.text); size > 1000 && coding != "" && n > size/10 {
					t.Errorf("%d bytes become %d", size, n)
				}

				if got := unpack(t, answer); got != want {
					t.Errorf("%d bytes come back as %d", size, len(got))
				}
			})
		}
	}
}

func TestWhatIsCompressed(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("x", 10_000)
	tests := map[string]struct {
		contentType, text string
		headers           map[string]string
		status            int
		coding, vary      string
	}{
		"JSON":              {"application/json", long, nil, 200, "gzip", "Accept-Encoding"},
		"with a charset":    {"Application/JSON; charset=utf-8", long, nil, 200, "gzip", "Accept-Encoding"},
		"a problem":         {"application/problem+json", long, nil, 404, "gzip", "Accept-Encoding"},
		"GraphQL":           {"application/graphql-response+json", long, nil, 200, "gzip", "Accept-Encoding"},
		"a page":            {"text/html", long, nil, 200, "gzip", "Accept-Encoding"},
		"a script":          {"text/javascript", long, nil, 200, "gzip", "Accept-Encoding"},
		"a drawing":         {"image/svg+xml", long, nil, 200, "gzip", "Accept-Encoding"},
		"a picture":         {"image/png", long, nil, 200, "", ""},
		"anything":          {"application/octet-stream", long, nil, 200, "", ""},
		"nobody knows what": {"", long, nil, 200, "", ""},
		"short":             {"application/json", long[:100], nil, 200, "", "Accept-Encoding"},
		"long enough":       {"application/json", long[:200], nil, 200, "gzip", "Accept-Encoding"},
		"packed already":    {"application/json", long, map[string]string{"Content-Encoding": "br"}, 200, "br", "Accept-Encoding"},
		"a part": {
			"text/plain", long, map[string]string{"Content-Range": "bytes 0-9999/20000"}, 206, "", "Accept-Encoding",
		},
		"not to be changed": {
			"text/plain", long, map[string]string{"Cache-Control": "public, no-transform"}, 200, "", "Accept-Encoding",
		},
		"depends on more": {
			"application/json", long, map[string]string{"Vary": "Authorization"}, 200, "gzip", "Authorization, Accept-Encoding",
		},
		"depends on it anyway": {
			"application/json", long, map[string]string{"Vary": "Origin, accept-encoding"}, 200, "gzip", "Origin, accept-encoding",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			answer := newPipe(func(w http.ResponseWriter, r *http.Request) {
				for name, value := range test.headers {
					w.Header().Set(name, value)
				}

				w.Header().Set("Content-Type", test.contentType)
				w.WriteHeader(test.status)
				says(test.contentType, test.text)(w, r)
			}).ask(t, http.MethodGet, "/", "Accept-Encoding", "gzip")
			wantHeaders(t, answer, map[string]string{"Content-Encoding": test.coding, "Vary": test.vary})
		})
	}
}

// FuzzNegotiation wants no header to end the process, and no answer that its
// client cannot read.
func FuzzNegotiation(f *testing.F) {
	for _, seed := range []string{"", "gzip", "br;q=0.5, *", "identity;q=0", ";;=,", "zstd;q=1e-9", "gzip;q=0x1p-1"} {
		f.Add(seed)
	}

	p := newPipe(says("application/json", page))

	f.Fuzz(func(t *testing.T, accept string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.Header.Set("Accept-Encoding", accept)

		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)

		answer := read(t, w.Result())
		coding := answer.header.Get("Content-Encoding")
		if coding != "" && !strings.Contains(strings.ToLower(accept), coding) && !strings.Contains(accept, "*") {
			t.Errorf("%q gets %s", accept, coding)
		}

		if got := unpack(t, answer); got != page {
			t.Errorf("%q gets %q", accept, got)
		}
	})
}
