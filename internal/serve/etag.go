package serve

import (
	"net/http"
	"strings"
)

// A compressed body has other bytes than the plain one, so it needs another
// strong validator (RFC 9110, 8.8.3.3): the handler's own with the coding's name
// at its end. Handlers see and set plain validators only; the three functions
// below translate on the way in and out.

// codeTag makes the validator in h the one of the body in a coding.
func codeTag(h http.Header, coding string) {
	if tag := h.Get("Etag"); strings.HasPrefix(tag, `"`) {
		h.Set("Etag", coded(tag, coding))
	}
}

func coded(tag, coding string) string { return strings.TrimSuffix(tag, `"`) + "-" + coding + `"` }

// plainTags takes the codings off the validators in If-None-Match and returns
// the header as it came.
func plainTags(h http.Header) (original string) {
	values := h["If-None-Match"]
	if len(values) == 0 {
		return ""
	}

	original = strings.Join(values, ", ")
	if !strings.Contains(original, `-`) {
		return original
	}

	plain := original
	for e := gzipped; e <= zstandard; e++ {
		plain = strings.ReplaceAll(plain, "-"+e.String()+`"`, `"`)
	}

	h.Set("If-None-Match", plain)

	return original
}

// restoreTag makes the validator in the header of a 304 the one that the client
// has, which may be that of a compressed body.
func restoreTag(h http.Header, original string) {
	tag := h.Get("Etag")
	if tag == "" || strings.Contains(original, tag) {
		return
	}

	for e := gzipped; e <= zstandard; e++ {
		if strings.Contains(original, coded(tag, e.String())) {
			h.Set("Etag", coded(tag, e.String()))
		}
	}
}
