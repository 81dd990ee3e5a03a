package strangler

import (
	"net/http"
	"net/url"
	"strings"
)

// hideOrigin has an answer not tell where its side is: what it says of itself is
// about the facade for the client. A place elsewhere is passed on as it is.
func hideOrigin(h http.Header, side *url.URL) {
	delete(h, "Alt-Svc") // It is about the way to the side.

	for _, name := range []string{"Location", "Content-Location"} {
		if values := h[name]; len(values) == 1 {
			values[0] = withoutOrigin(values[0], side)
		}
	}
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
