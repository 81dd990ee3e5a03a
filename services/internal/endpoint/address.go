package endpoint

import (
	"net"
	"net/http"
	"strings"
)

// BaseURL returns the address under which the client reached this service, such
// as "http://127.0.0.1:7002", for links in answers. A Host header that is no
// host name and port is a 400, so that nothing else gets into a link.
func BaseURL(r *http.Request) (string, error) {
	host := r.Host
	if host == "" { // HTTP/1.0
		if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
			host = local.String()
		}
	}
	if host == "" || len(host) > 261 || strings.ContainsFunc(host, notOfHost) { // a name of 255 and a port
		return "", BadRequest("Host must be a host name, with a port if need be")
	}
	if r.TLS != nil {
		return "https://" + host, nil
	}
	return "http://" + host, nil
}

func notOfHost(c rune) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return false
	default:
		return !strings.ContainsRune(".-_:[]", c)
	}
}
