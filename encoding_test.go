package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"storefront/upstream/upstreamtest"
)

// unpack undoes a content coding.
func unpack(t *testing.T, coding string, packed []byte) string {
	t.Helper()

	var (
		source io.Reader = bytes.NewReader(packed)
		err    error
	)

	switch coding {
	case "gzip":
		source, err = gzip.NewReader(source)
	case "br":
		source = brotli.NewReader(source)
	case "zstd":
		var decoder *zstd.Decoder

		decoder, err = zstd.NewReader(source, zstd.WithDecoderConcurrency(1))
		if err == nil {
			defer decoder.Close()
		}

		source = decoder
	case "":
	default:
		t.Fatalf("content coding %q", coding)
	}

	if err != nil {
		t.Fatal(err)
	}

	plain, err := io.ReadAll(source)
	if err != nil {
		t.Fatalf("%s: %v", coding, err)
	}

	return string(plain)
}

// Answers are coded as the client accepts, are the same once decoded, and have
// a strong ETag for each coding, any of which answers 304.
func TestContentEncoding(t *testing.T) {
	t.Parallel()

	p := startOver(t, upstreamtest.NewTCP(t), nil)

	for server, path := range map[string]string{
		"mobile": "/api/dashboard/user_1", "tv": "/api/browse/user_1", "web": "/api/dashboard/user_1",
	} {
		t.Run(server, func(t *testing.T) {
			t.Parallel()

			plain := p.get(t, server, path)
			seen := map[string]string{plain.header.Get("Etag"): "identity"}

			for accept, want := range map[string]string{
				"gzip": "gzip", "br": "br", "zstd": "zstd", "identity": "", "deflate": "", "gzip;q=0": "", "gzip;q=0.5, br;q=0.1": "gzip",
			} {
				got := p.get(t, server, path, "Accept-Encoding", accept)
				coding := got.header.Get("Content-Encoding")

				if coding != want || unpack(t, coding, got.body) != string(plain.body) {
					t.Errorf("%s: coded as %q, want %q", accept, coding, want)
				}

				if !strings.Contains(got.header.Get("Vary"), "Accept-Encoding") {
					t.Errorf("%s: Vary is %q", accept, got.header.Get("Vary"))
				}

				if want == "" {
					coding = "identity"
				}

				tag := got.header.Get("Etag")
				if other, ok := seen[tag]; ok && other != coding || !strings.HasPrefix(tag, `"`) {
					t.Errorf("%s: the ETag %s is that of %s", coding, tag, other)
				}

				seen[tag] = coding

				for _, accepted := range []string{accept, "identity"} {
					again := p.get(t, server, path, "Accept-Encoding", accepted, "If-None-Match", tag)
					if again.status != http.StatusNotModified || len(again.body) != 0 || again.header.Get("Content-Encoding") != "" {
						t.Errorf("%s has %s, and gets %d %q", accepted, tag, again.status, again.header)
					}
				}
			}
		})
	}
}

// GraphQL answers, pages and documents are compressed too; short answers are
// not worth it.
func TestContentEncodingElsewhere(t *testing.T) {
	t.Parallel()

	p := startOver(t, upstreamtest.NewTCP(t), nil)
	long := request{Server: "web", GraphQL: &operation{Query: `{dashboard(userId:"u"){recommendedProducts{id name description}}}`}}

	for name, test := range map[string]struct {
		ask  request
		want string
	}{
		"GraphQL":        {long, "br"},
		"short GraphQL":  {request{Server: "web", GraphQL: &operation{Query: "{__typename}"}}, ""},
		"OpenAPI":        {request{Server: "tv", Path: "/openapi.json"}, "br"},
		"problem":        {request{Server: "mobile", Path: "/api/dashboard/a%20b"}, "br"},
		"GraphQL schema": {request{Server: "web", GraphQL: &operation{Query: "{__schema{types{name description fields{name description}}}}"}}, "br"},
	} {
		test.ask.Headers = map[string]string{"X-Request-Id": "the-same"}
		plain := p.ask(t, test.ask)
		test.ask.Headers["Accept-Encoding"] = "br"
		packed := p.ask(t, test.ask)

		if got := packed.header.Get("Content-Encoding"); got != test.want {
			t.Errorf("%s is coded as %q, want %q", name, got, test.want)
		}

		want := string(plain.body)
		if got := unpack(t, packed.header.Get("Content-Encoding"), packed.body); got != want {
			t.Errorf("%s is %s once decoded, want %s", name, got, want)
		}
	}
}
