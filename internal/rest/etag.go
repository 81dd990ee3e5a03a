package rest

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// etag returns the strong validator of a body.
func etag(body []byte) string {
	const enough = 16 // bytes: no two pages of one user will ever share them

	digest := sha256.Sum256(body)

	return `"` + base64.RawURLEncoding.EncodeToString(digest[:enough]) + `"`
}

// matching returns the validator in an If-None-Match header that stands for the
// content of tag, or "". The comparison is the weak one (RFC 9110, 13.1.2), and
// one made for a compressed body matches as well: it is the same content.
func matching(header, tag string) string {
	if strings.TrimSpace(header) == "*" {
		return tag
	}

	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == tag || isEncodingOf(candidate, tag) {
			return candidate
		}
	}

	return ""
}

// isEncodingOf reports whether candidate is tag with the name of a content
// coding, as the inbound pipe adds it to a compressed answer.
func isEncodingOf(candidate, tag string) bool {
	suffix, found := strings.CutPrefix(candidate, strings.TrimSuffix(tag, `"`)+"-")

	return found && (suffix == `gzip"` || suffix == `br"` || suffix == `zstd"`)
}
