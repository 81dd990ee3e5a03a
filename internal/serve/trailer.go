package serve

import (
	"maps"
	"net/http"
	"strings"
)

// PruneTrailer takes out of a trailer what is not to be said there: what is dropped
// from a header whoever says it or changed on its way, what a proxy says of a client,
// and what has to be known before the body (RFC 9110, 6.5.1). Whoever reads a
// message may put its trailer among its header.
func PruneTrailer(trailer http.Header) {
	maps.DeleteFunc(trailer, func(name string, _ []string) bool { return !trails(name) })
}

// trails is true of a field that may stand in a trailer.
func trails(name string) bool {
	name = http.CanonicalHeaderKey(name)

	return isToken(name) && !overrides(name) && !claims(name) && !leads(name)
}

// leads is true of fields that say where a message goes, who sends it, on what
// conditions, how it is to be read, or how long it may be kept.
func leads(name string) bool {
	switch name {
	case "Connection", "Host", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Via", "Max-Forwards", "Expect",
		"Content-Encoding", "Content-Length", "Content-Location", "Content-Range", "Content-Type", "Range",
		"Authorization", "Cookie", "Set-Cookie", "Origin", "Referer", "User-Agent", "Www-Authenticate",
		"Idempotency-Key", "X-Idempotency-Key", "X-Request-Id", "X-Request-Timeout-Ms", "Traceparent", "Tracestate", "Priority",
		"Age", "Cache-Control", "Cdn-Cache-Control", "Surrogate-Control", "Date", "Expires", "Pragma", "Vary", "Retry-After",
		"Etag", "Last-Modified", "Location", "Link", "Alt-Svc":
		return true
	default:
		return strings.HasPrefix(name, "If-") || strings.HasPrefix(name, "Proxy-") || strings.HasPrefix(name, "Accept") || strings.HasPrefix(name, "Access-Control-")
	}
}

// isToken is true of a name that is one: net/http does not look in trailers.
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}
