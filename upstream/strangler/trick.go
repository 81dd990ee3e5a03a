package strangler

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// trick says what is wrong with a request target that may mean one thing here and
// another one to a side: what is routed has to be what is answered. "" is fine.
//
// Each side may decode a path once more than it should, so that it is looked at as
// it is and decoded, again and again.
func trick(target string) string {
	const deepest = 4

	path, query, _ := strings.Cut(target, "?")

	switch {
	case !strings.HasPrefix(path, "/"):
		return "The request has to name a path, and nothing else."
	case strings.Contains(path, "#") || strings.Contains(query, "#"):
		return "A fragment is not for a server to see."
	case strings.Contains(path, "//"):
		return "The path has an empty segment."
	}

	if why := crooked(path); why != "" {
		return why
	}

	once, err := url.PathUnescape(path)
	if err != nil {
		return "The path has an escape that is none."
	}

	slashes := strings.Count(path, "/")

	for range deepest {
		if why := crooked(once); why != "" {
			return why
		}

		if strings.Count(once, "/") != slashes {
			return "The path has an escaped slash."
		}

		again := unescaped(once)
		if again == once {
			return ""
		}

		once = again
	}

	return "The path is escaped too often."
}

// crooked says what is wrong with a path, whether it is decoded or not.
func crooked(path string) string {
	switch {
	case strings.Contains(path, `\`):
		return "The path has a backslash."
	case strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "The path has a control character."
	case !utf8.ValidString(path):
		return "The path is no UTF-8."
	}

	for segment := range strings.SplitSeq(path, "/") {
		name, _, _ := strings.Cut(segment, ";") // What some servers take off.
		if name = strings.TrimSpace(name); name == "." || name == ".." || name == "" && strings.Contains(segment, ";") {
			return "The path has a segment that stands for another one."
		}
	}

	return ""
}

// unescaped decodes what can be decoded, and leaves the rest, as lenient servers
// do.
func unescaped(text string) string {
	var b strings.Builder

	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if piece, err := url.PathUnescape(text[i : i+3]); err == nil {
				b.WriteString(piece)

				i += 2

				continue
			}
		}

		b.WriteByte(text[i])
	}

	return b.String()
}
