package strangler

import (
	"net/http"
	"net/url"
	"strings"
)

// hideOrigin has an answer not tell where its side is: what it says of itself is
// about the facade for the client. Where a route is given the answer is of its new
// side, whose paths become those of the old API. A place elsewhere is passed on as
// it is.
func hideOrigin(h http.Header, side *url.URL, of *route) {
	delete(h, "Alt-Svc") // It is about the way to the side.

	asSeen := func(place string) string {
		here := withoutOrigin(place, side)
		if of == nil {
			return here
		}

		return of.oldPlace(here, here != place)
	}

	for _, name := range []string{"Location", "Content-Location"} {
		if values := h[name]; len(values) == 1 {
			values[0] = asSeen(values[0])
		}
	}

	for i, line := range h["Link"] {
		h["Link"][i] = eachTarget(line, asSeen)
	}
}

// oldPlace is a place of the new side's API, without a host, as the old API calls
// it. One of another route, or of none, stays as it is. sure says that the side
// has named itself; else it may mean the old API, which it does where the path
// fits that more closely.
func (r *route) oldPlace(place string, sure bool) string {
	target, fragment, marked := strings.Cut(place, "#")
	path, _, _ := strings.Cut(target, "?")

	if !honest(path) {
		return place
	}

	var ways entries

	for _, p := range r.Paths {
		if reversible(p) {
			back := newEntry(r, New, p)
			back.oldQuery = "" // It is for our own clients.
			ways = append(ways, back)
		}

		if !sure {
			ways = append(ways, entry{pieces: newEntry(r, Old, p).pieces})
		}
	}

	ways.sort()

	for i := range ways {
		if e := &ways[i]; e.match(path, new(spans)) {
			if e.other == nil {
				return place
			}

			place = e.translate(target)
			if marked {
				place += "#" + fragment
			}

			return place
		}
	}

	return place
}

// eachTarget puts the targets of the links in a line in other words. They stand
// in <>, outside of quotes.
func eachTarget(line string, words func(target string) string) string {
	var b strings.Builder

	quoted := false

	for i := 0; i < len(line); i++ {
		b.WriteByte(line[i])

		switch {
		case quoted && line[i] == '\\' && i+1 < len(line):
			i++
			b.WriteByte(line[i])
		case line[i] == '"':
			quoted = !quoted
		case line[i] == '<' && !quoted:
			if end := strings.IndexByte(line[i:], '>'); end > 0 {
				b.WriteString(words(line[i+1 : i+end]))

				i += end - 1
			}
		}
	}

	return b.String()
}

func withoutOrigin(place string, side *url.URL) string {
	at, err := url.Parse(place)
	if err != nil || at.Opaque != "" || at.Host != "" && !sameHost(at, side) || at.Host == "" && !strings.HasPrefix(at.Path, "/") {
		return place
	}

	path := at.EscapedPath()
	if base := side.EscapedPath(); base != "" && strings.HasPrefix(path, base+"/") {
		path = path[len(base):]
	}

	if at.Host == "" && path == at.EscapedPath() {
		return place
	}

	// No two slashes: what follows them would be a host.
	clean := url.URL{Path: "/", RawQuery: at.RawQuery, ForceQuery: at.ForceQuery, Fragment: at.Fragment, RawFragment: at.RawFragment}
	rest := clean.String()[1:]

	return "/" + strings.TrimLeft(path, "/") + rest
}

// sameHost reports whether both are the same place, whatever the port is called.
func sameHost(a, b *url.URL) bool {
	return strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a, b.Scheme) == portOf(b, b.Scheme)
}

func portOf(u *url.URL, usual string) string {
	scheme := u.Scheme
	if scheme == "" {
		scheme = usual
	}

	switch {
	case u.Port() != "":
		return u.Port()
	case scheme == "https":
		return "443"
	default:
		return "80"
	}
}
