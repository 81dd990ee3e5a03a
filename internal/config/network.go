package config

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxHost is the longest name the DNS has.
const maxHost = 253

func parseAddr(text string) (string, bool) {
	host, port, err := net.SplitHostPort(text)
	if err != nil || !isPort(port) {
		return "", false
	}
	if strings.HasPrefix(text, "[") {
		ip, err := netip.ParseAddr(host)
		return text, err == nil && ip.Is6()
	}
	return text, isHostName(host)
}

// isPort takes digits alone: what a service name stands for depends on the
// machine.
func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

// isHostName is generous about names (an underscore is common inside
// clusters): what it keeps out is text that is no name at all.
func isHostName(host string) bool {
	isOther := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._", r)
	}
	return len(host) <= maxHost && !strings.ContainsFunc(host, isOther)
}

func parseURL(text string) (*url.URL, bool) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil {
		return nil, false
	}
	isWeb := u.Scheme == "http" || u.Scheme == "https"
	// A bare "?" or "#" leaves no trace in every field, hence the text.
	isBase := u.User == nil && !strings.ContainsAny(text, "?#")
	return u, isWeb && isBase && isAuthority(u)
}

func parseURLs(text string) ([]*url.URL, bool) {
	var urls []*url.URL
	for part := range strings.SplitSeq(text, ",") {
		u, ok := parseURL(strings.TrimSpace(part))
		same := func(other *url.URL) bool { return u != nil && other.String() == u.String() }
		if !ok || slices.ContainsFunc(urls, same) || len(urls) == MaxReplicas {
			return nil, false
		}
		urls = append(urls, u)
	}
	return urls, true
}

func parseCacheURL(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" {
		return nil, false
	}
	isCache := slices.Contains([]string{"redis", "rediss", "valkey", "valkeys"}, u.Scheme)
	path := strings.TrimPrefix(u.Path, "/")
	_, err = strconv.ParseUint(path, 10, 16)
	return u, isCache && (path == "" || err == nil) && !strings.ContainsAny(text, "?#") && isAuthority(u)
}

// isAuthority holds the host of a URL against the rules for addresses, but
// nothing can be called at port 0.
func isAuthority(u *url.URL) bool {
	addr := u.Host
	if u.Hostname() == "" || u.Port() == "0" {
		return false
	}
	if addr == u.Hostname() || strings.HasSuffix(addr, "]") {
		addr += ":80"
	}
	_, ok := parseAddr(addr)
	return ok
}

// maxPrefixes bounds what is looked through for each request.
const maxPrefixes = 64

// parsePrefixes takes no range with bits beyond its length: what is meant by it
// is anybody's guess.
func parsePrefixes(text string) ([]netip.Prefix, bool) {
	var prefixes []netip.Prefix
	for item := range strings.SplitSeq(text, ",") {
		prefix, err := netip.ParsePrefix(strings.TrimSpace(item))
		if err != nil || prefix != prefix.Masked() || len(prefixes) == maxPrefixes {
			return nil, false
		}
		prefixes = append(prefixes, unmap(prefix))
	}
	return prefixes, true
}

// unmap is the range of IPv4 that a range of IPv4 in IPv6 stands for: addresses
// are held against it as IPv4.
func unmap(prefix netip.Prefix) netip.Prefix {
	const mapped = 96
	if prefix.Addr().Is4In6() && prefix.Bits() >= mapped {
		return netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-mapped)
	}
	return prefix
}
