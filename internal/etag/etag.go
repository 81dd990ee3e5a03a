// Package etag makes and compares the validators of answers that are made here.
package etag

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Of returns the strong validator of a body.
func Of(body []byte) string {
	const enough = 16 // bytes: no two pages of one user will ever share them

	digest := sha256.Sum256(body)

	return `"` + base64.RawURLEncoding.EncodeToString(digest[:enough]) + `"`
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
