// Package quota bounds how many requests one client may send in a time.
//
// A client is who its token says, else where it comes from. Tokens are not
// checked here, and anybody can make up as many as they like; so all tokens that
// come from one address have a quota together as well, and what is remembered
// of clients is bounded. The package knows nothing of HTTP.
package quota

import (
	"math"
	"net/netip"
	"time"

	"golang.org/x/time/rate"
)

const (
	// Crowd is how many times the quota of one client all tokens of one address
	// have together: people behind one address are many, and whoever makes up
	// tokens gets no more than they.
	Crowd = 16
	// MaxClients is how many are remembered of each kind; the one that has not
	// been heard of for longest is forgotten for a new one, and begins anew.
	MaxClients = 1 << 15
	// prefix6 is what one site has of IPv6: each of its machines has as many
	// addresses as it likes.
	prefix6 = 64
)

// Clients are the quotas of all clients. It is safe for concurrent use.
type Clients struct {
	perSecond float64
	burst     int

	tokens    *table[string]
	addresses *table[netip.Addr] // of those without a token
	crowds    *table[netip.Addr] // of all tokens of an address
}

// New returns quotas of perSecond requests a second for each client, after a
// burst of as many as burst.
func New(perSecond, burst int) *Clients {
	limit := rate.Limit(perSecond)

	return &Clients{
		perSecond: float64(perSecond), burst: burst,
		tokens:    newTable[string](limit, burst),
		addresses: newTable[netip.Addr](limit, burst),
		crowds:    newTable[netip.Addr](Crowd*limit, Crowd*burst),
	}
}

// State is how a client stands after a request.
type State struct {
	// Allowed is whether the request is within the quota.
	Allowed bool
	// Left is how many requests more are allowed at once.
	Left int
	// Full is how long it takes until a whole burst is allowed again.
	Full time.Duration
	// Wait is how long it takes until one request is allowed; 0 is not at all.
	Wait time.Duration
}

// Take takes one request from the quota of a client: of the token who, or of the
// address where who is "".
func (c *Clients) Take(who string, from netip.Addr) State {
	now, from := time.Now(), site(from)

	if who == "" {
		return c.state(c.addresses.of(from), now, c.perSecond, c.burst)
	}

	crowd := c.crowds.of(from)
	if crowd.TokensAt(now) < 1 { // Tokens that are not served are not remembered: they would push others out.
		return c.state(crowd, now, Crowd*c.perSecond, Crowd*c.burst)
	}

	own := c.state(c.tokens.of(who), now, c.perSecond, c.burst)
	if !own.Allowed { // It takes nothing from those who come from the same address.
		return own
	}

	all := c.state(crowd, now, Crowd*c.perSecond, Crowd*c.burst)
	if !all.Allowed || all.Left < own.Left {
		return all
	}

	return own
}

func (c *Clients) state(bucket *rate.Limiter, now time.Time, perSecond float64, burst int) State {
	s := State{Allowed: bucket.AllowN(now, 1)}
	left := max(0, bucket.TokensAt(now))

	s.Left = int(left)
	s.Full = seconds((float64(burst) - left) / perSecond)

	if !s.Allowed {
		s.Left, s.Wait = 0, seconds((1-left)/perSecond)
	}

	return s
}

func seconds(n float64) time.Duration {
	return time.Duration(math.Ceil(max(0, n) * float64(time.Second)))
}

// Policy are the requests of a burst, and the time in which they come back.
func (c *Clients) Policy() (burst int, window time.Duration) {
	return c.burst, seconds(float64(c.burst) / c.perSecond)
}

// site is the part of an address that one client does not choose freely.
func site(addr netip.Addr) netip.Addr {
	addr = addr.Unmap().WithZone("")
	if !addr.Is6() {
		return addr
	}

	prefix, err := addr.Prefix(prefix6)
	if err != nil {
		return addr
	}

	return prefix.Addr()
}
