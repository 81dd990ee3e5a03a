package quota

import (
	"net/netip"
	"slices"
	"strings"
)

// maxHops is how many proxies there may be between a client and us.
const maxHops = 16

// Address is where a request comes from: remote, the other end of the
// connection, as host:port, or what a proxy says in X-Forwarded-For, as far as
// the addresses that say so are trusted. The zero Addr stands for what is none.
func Address(remote string, forwarded []string, trusted []netip.Prefix) netip.Addr {
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}

	from := peer.Addr().Unmap()
	hops := 0

	for _, line := range slices.Backward(forwarded) {
		for rest := line; rest != ""; hops++ {
			if hops >= maxHops || !isTrusted(from, trusted) {
				return from
			}

			var hop string
			rest, hop = cutLast(rest)

			addr, ok := parseHop(hop)
			if !ok {
				return from // Who said it is the last that is known.
			}

			from = addr.Unmap()
		}
	}

	return from
}

// Trusted reports whether the other end of a connection, as host:port, is one of
// those whose word on a client counts.
func Trusted(remote string, trusted []netip.Prefix) bool {
	peer, err := netip.ParseAddrPort(remote)

	return err == nil && isTrusted(peer.Addr().Unmap(), trusted)
}

// parseHop takes an address, as some proxies have it with a port or in brackets.
func parseHop(hop string) (netip.Addr, bool) {
	if addr, err := netip.ParseAddr(hop); err == nil {
		return addr, true
	}

	if peer, err := netip.ParseAddrPort(hop); err == nil {
		return peer.Addr(), true
	}

	if len(hop) > 1 && hop[0] == '[' && hop[len(hop)-1] == ']' {
		addr, err := netip.ParseAddr(hop[1 : len(hop)-1])

		return addr, err == nil && addr.Is6()
	}

	return netip.Addr{}, false
}

// cutLast cuts the last element off a list that commas part.
func cutLast(text string) (before, last string) {
	before, last = "", text
	if comma := strings.LastIndexByte(text, ','); comma >= 0 {
		before, last = text[:comma], text[comma+1:]
	}

	return before, strings.Trim(last, " \t")
}

func isTrusted(addr netip.Addr, trusted []netip.Prefix) bool {
	for _, prefix := range trusted {
		if prefix.Contains(addr.WithZone("")) {
			return true
		}
	}

	return false
}
