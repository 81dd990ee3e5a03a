package chaos

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
)

// stranger says why a request is not from this machine, or not from whom it
// seems to be; "" for one that may pass. Whoever may pass can take services down.
func stranger(r *http.Request) string {
	switch {
	case !isLoopback(r.RemoteAddr):
		return "Chaos is for this machine alone: the peer must be on a loopback address."
	case isForwarded(r.Header):
		return "Chaos is for this machine alone: a request that was forwarded is from somebody else."
	case !isLocalHost(r.Host): // A name that was made to lead here by whoever owns it.
		return "Chaos is for this machine alone: the Host header must be localhost or a loopback address."
	case !isOwnSite(r):
		return "Chaos is not for pages of other sites."
	default:
		return ""
	}
}

// isForwarded is true where any proxy says a word of itself, an empty one too:
// whoever sends such a header is not asked in person.
func isForwarded(h http.Header) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if len(h[name]) > 0 {
			return true
		}
	}
	return false
}

// isLoopback takes host:port.
func isLoopback(peer string) bool {
	addr, err := netip.ParseAddrPort(peer)
	return err == nil && addr.Addr().Unmap().IsLoopback()
}

// isLocalHost takes the value of a Host header, with a port or without.
func isLocalHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	} else if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		host = host[1 : len(host)-1]
	}
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.Unmap().IsLoopback()
}

// isOwnSite is true for programs, which send neither header, and for pages of
// the very server that is asked.
func isOwnSite(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	site, err := url.Parse(origin)
	return err == nil && site.Host == r.Host
}
