package strangler

import (
	"net/url"
	"strings"
	"testing"
)

// FuzzPlainPath: a path that is spelled anew means the same, and however it was
// spelled there is one way to do so.
func FuzzPlainPath(f *testing.F) {
	for _, path := range []string{"/", "/api/th%69ngs/%3a", "/%", "/%4", "/%zz", "/%2e%2E/", "/%252e", "/%25%36%39", "/é%c3%A9", "/%7E~%7e"} {
		f.Add(path)
	}

	f.Fuzz(func(t *testing.T, path string) {
		plain := plainPath(path)

		means, err := url.PathUnescape(path)
		if err != nil {
			return // It is refused.
		}

		if same, err := url.PathUnescape(plain); same != means || err != nil {
			t.Errorf("%q became %q, which means %q and not %q", path, plain, same, means)
		}

		if again := plainPath(plain); again != plain {
			t.Errorf("%q became %q, and then %q", path, plain, again)
		}

		var every strings.Builder // As nobody would spell it.

		for _, c := range []byte(means) {
			if c == '/' {
				every.WriteByte(c)
			} else {
				every.WriteString("%" + string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15]))
			}
		}

		if all := plainPath(every.String()); strings.IndexFunc(means, func(r rune) bool { return !isWord(r) && r != '/' }) < 0 && all != means {
			t.Errorf("%q became %q", every.String(), all)
		}
	})
}
