package strangler

import (
	"net/http"
	"strings"
)

// Where a route is divided by user, a cache that many users share would show one
// user what the other side has said to another. So the answer is kept from such
// caches, and a cache of one client keeps apart who it was for.

// keepPersonal has no shared cache keep an answer. One that says nothing of
// caching gets a word too: RFC 9111, 4.2.2 lets caches guess.
func keepPersonal(h http.Header) {
	for _, name := range []string{"Cdn-Cache-Control", "Surrogate-Control", "Cloudflare-Cdn-Cache-Control"} {
		delete(h, name) // For shared caches alone, which read it in place of the other.
	}

	if said, none := withoutShared(h["Cache-Control"]); !none {
		h["Cache-Control"] = []string{strings.Join(append(said, "private"), ", ")}
	}

	for name := range strings.SplitSeq(strings.Join(h["Vary"], ","), ",") {
		if name = strings.TrimSpace(name); name == "*" || strings.EqualFold(name, "Authorization") {
			return
		}
	}

	h["Vary"] = append(h["Vary"], "Authorization")
}

// withoutShared are the directives that are not about shared caches; none says
// that no cache may keep anything.
func withoutShared(lines []string) (said []string, none bool) {
	for rest := strings.Join(lines, ","); rest != ""; {
		var directive string

		directive, rest = cutTag(rest)
		name, _, _ := strings.Cut(directive, "=")

		switch strings.ToLower(strings.TrimSpace(name)) {
		case "", "public", "s-maxage", "private":
		case "no-store":
			return nil, true
		default:
			said = append(said, directive)
		}
	}

	return said, false
}
