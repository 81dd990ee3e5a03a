package serve

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"

	"storefront/internal/problem"
)

// open are the paths of the operations port that anybody who reaches it may ask
// for: they change nothing and tell little.
var open = map[string]bool{"/livez": true, "/readyz": true, "/metrics": true} //nolint:gochecknoglobals // A constant.

// operators lets nobody have a route of the operations port by means of a
// browser on this machine: neither pages of other sites, nor a name that was
// made to lead here by whoever owns it.
func operators(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if why := intruder(r); why != "" {
			problem.Write(w, r, problem.New(http.StatusForbidden, why))

			return
		}

		next(w, r)
	}
}

// intruder says why a request is not an operator's; "" for one that may be.
func intruder(r *http.Request) string {
	switch {
	case isLoopback(r.RemoteAddr) && !isLocalHost(r.Host):
		return "From this machine the Host header must be localhost or a loopback address."
	case isChange(r) && isBrowser(r) && !isAddress(r.Host):
		// Whoever owns a name may have it lead here, and its pages are then of this
		// very server for the browser.
		return "From a browser the Host header of a change must be localhost or an address."
	case !isOwnSite(r):
		return "This is not for pages of other sites."
	default:
		return ""
	}
}

func isChange(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
}

// isBrowser reports whether a request says what browsers alone do.
func isBrowser(r *http.Request) bool {
	return r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != ""
}

// isLoopback takes host:port.
func isLoopback(peer string) bool {
	addr, err := netip.ParseAddrPort(peer)

	return err == nil && addr.Addr().Unmap().IsLoopback()
}

// isLocalHost takes the value of a Host header, with a port or without.
func isLocalHost(host string) bool {
	host = withoutPort(host)
	addr, err := netip.ParseAddr(host)

	return host == "localhost" || err == nil && addr.Unmap().IsLoopback()
}

// isAddress is true for localhost as well.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(withoutPort(host))

	return err == nil || isLocalHost(host)
}

func withoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	} else if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		host = host[1 : len(host)-1]
	}

	return host
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
