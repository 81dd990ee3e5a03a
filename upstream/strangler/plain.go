package strangler

import (
	"net/http"
	"strings"
)

// plainly is a request whose path is spelled as all spell it: equivalent paths go
// one way, and are the same to whoever reads them.
func plainly(r *http.Request) *http.Request {
	escaped := r.URL.EscapedPath()

	path := plainPath(escaped)
	if path == escaped {
		return r
	}

	at, plain := *r.URL, *r
	at.RawPath, plain.URL = path, &at

	return &plain
}

// plainPath is an escaped path in which nothing is escaped that need not be, and
// escapes are in capitals (RFC 3986, 6.2.2).
func plainPath(path string) string {
	if !strings.Contains(path, "%") {
		return path
	}

	var b strings.Builder

	b.Grow(len(path))

	for i := 0; i < len(path); i++ {
		if path[i] != '%' || i+2 >= len(path) || unhex(path[i+1]) < 0 || unhex(path[i+2]) < 0 {
			b.WriteByte(path[i])

			continue
		}

		c := byte(unhex(path[i+1])<<4 | unhex(path[i+2])) //nolint:gosec // Two digits are a byte.
		if isUnreserved(c) {
			b.WriteByte(c)
		} else {
			b.WriteString(strings.ToUpper(path[i : i+3]))
		}

		i += 2
	}

	return b.String()
}

// isUnreserved is true of a byte that means the same escaped and not.
func isUnreserved(c byte) bool { return isWord(rune(c)) || c == '.' || c == '~' }
