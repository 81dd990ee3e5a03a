// Package etag makes and compares entity tags (RFC 9110, 8.8.3). It knows no
// answers.
package etag

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Of returns the strong validator of a body.
func Of(body []byte) string {
	const (
		enough  = 16 // bytes: no two pages of one user will ever share them
		letters = 22 // of six bits each
		quote   = '"'
	)

	digest := sha256.Sum256(body)

	var tag [len(`"`) + letters + len(`"`)]byte

	base64.RawURLEncoding.Encode(tag[1:], digest[:enough])
	tag[0], tag[len(tag)-1] = quote, quote

	return string(tag[:])
}

// Matches reports whether an If-None-Match header holds tag. The comparison is
// the weak one (RFC 9110, 13.1.2).
func Matches(header, tag string) bool {
	if strings.TrimSpace(header) == "*" {
		return true
	}

	for candidate := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(candidate), "W/") == tag {
			return true
		}
	}

	return false
}
