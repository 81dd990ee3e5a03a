package quota_test

import (
	"net/netip"
	"runtime"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/quota"
)

var (
	here  = netip.MustParseAddr("192.0.2.1")
	there = netip.MustParseAddr("192.0.2.2")
)

// allowed is how many of n requests are.
func allowed(c *quota.Clients, n int, who func(int) string, from netip.Addr) (count int) {
	for i := range n {
		if c.Take(who(i), from).Allowed {
			count++
		}
	}

	return count
}

func is(who string) func(int) string { return func(int) string { return who } }

func madeUp(n int) string { return "made up " + strconv.Itoa(n) }

func TestEachClientHasItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := quota.New(10, 20)

		for name, test := range map[string]struct {
			who  string
			from netip.Addr
		}{
			"an address":          {"", here},
			"another":             {"", there},
			"a token":             {"alice", here},
			"another from there":  {"bob", here},
			"one without address": {"", netip.Addr{}},
		} {
			if got := allowed(c, 100, is(test.who), test.from); got != 20 {
				t.Errorf("%s: %d at once, want 20", name, got)
			}
		}

		if got := allowed(c, 100, is("alice"), there); got != 0 {
			t.Errorf("from another address a token has %d more", got)
		}

		time.Sleep(time.Second)

		if got := allowed(c, 100, is("alice"), here); got != 10 {
			t.Errorf("a second later %d, want 10", got)
		}
	})
}

func TestState(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := quota.New(2, 4)

		if burst, window := c.Policy(); burst != 4 || window != 2*time.Second {
			t.Errorf("the policy is %d in %v", burst, window)
		}

		want := []quota.State{
			{Allowed: true, Left: 3, Full: 500 * time.Millisecond},
			{Allowed: true, Left: 2, Full: time.Second},
			{Allowed: true, Left: 1, Full: 1500 * time.Millisecond},
			{Allowed: true, Left: 0, Full: 2 * time.Second},
			{Allowed: false, Left: 0, Full: 2 * time.Second, Wait: 500 * time.Millisecond},
		}
		for i, want := range want {
			if got := c.Take("alice", here); got != want {
				t.Errorf("request %d: got %+v, want %+v", i, got, want)
			}
		}
	})
}

// TestMadeUpTokens: who makes up a token for each request gets no more than so
// many clients, costs those elsewhere nothing, and is remembered in bounded
// memory.
func TestMadeUpTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const (
			tokens = 1_000_000
			most   = 64 // MiB
		)

		c := quota.New(10, 20)
		allowed(c, 20, is("abuser"), there)

		before := memory()

		if got := allowed(c, tokens, madeUp, here); got != 20*quota.Crowd {
			t.Errorf("%d requests with tokens that are made up, want %d", got, 20*quota.Crowd)
		}

		if grown := memory() - before; grown > most {
			t.Errorf("it took %.0f MiB", grown)
		}

		if got := allowed(c, 1, is("somebody"), there); got != 1 {
			t.Error("somebody elsewhere is refused")
		}

		if got := allowed(c, 1, is("abuser"), there); got != 0 {
			t.Error("the tokens have pushed out what is remembered of others")
		}

		runtime.KeepAlive(c)
	})
}

// TestAbuserBehindASharedAddress spends its own quota alone.
func TestAbuserBehindASharedAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := quota.New(10, 20)
		allowed(c, 100_000, is("abuser"), here)

		for n := range quota.Crowd - 1 {
			if got := allowed(c, 20, is(madeUp(n)), here); got != 20 {
				t.Errorf("the neighbour %d has %d", n, got)
			}
		}
	})
}

// TestManyAddresses: one site of IPv6 is one client, and all sites of the world
// take bounded memory.
func TestManyAddresses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := quota.New(1, 1)
		site := netip.MustParseAddr("2001:db8::").As16()
		count := 0

		for n := range 1000 {
			site[15], site[14] = byte(n), byte(n>>8)
			if c.Take("", netip.AddrFrom16(site)).Allowed {
				count++
			}
		}

		if count != 1 {
			t.Errorf("a thousand addresses of one site have %d requests", count)
		}

		if !c.Take("", netip.MustParseAddr("::ffff:192.0.2.1")).Allowed || c.Take("", here).Allowed {
			t.Error("an IPv4 address in IPv6 is another one")
		}

		before := memory()

		for n := range 1_000_000 {
			c.Take("", netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}))
		}

		if grown := memory() - before; grown > 64 {
			t.Errorf("it took %.0f MiB", grown)
		}

		runtime.KeepAlive(c)
	})
}

func memory() float64 {
	runtime.GC()

	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)

	return float64(stats.HeapAlloc) / (1 << 20)
}

func TestAddress(t *testing.T) {
	t.Parallel()

	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}

	for name, test := range map[string]struct {
		remote    string
		forwarded []string
		want      string // "" is none
	}{
		"no proxy":                        {"192.0.2.1:4711", nil, "192.0.2.1"},
		"an untrusted peer":               {"192.0.2.1:4711", []string{"198.51.100.1"}, "192.0.2.1"},
		"a trusted peer":                  {"10.1.1.1:4711", []string{"198.51.100.1"}, "198.51.100.1"},
		"what the client made up":         {"10.1.1.1:4711", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1"},
		"two proxies":                     {"10.1.1.1:4711", []string{"203.0.113.9, 198.51.100.1 ,10.2.2.2"}, "198.51.100.1"},
		"in two lines":                    {"10.1.1.1:4711", []string{"203.0.113.9, 198.51.100.1", "10.2.2.2"}, "198.51.100.1"},
		"all of them trusted":             {"10.1.1.1:4711", []string{"10.3.3.3,10.2.2.2"}, "10.3.3.3"},
		"no address":                      {"10.1.1.1:4711", []string{"unknown"}, "10.1.1.1"},
		"nothing":                         {"10.1.1.1:4711", []string{""}, "10.1.1.1"},
		"an empty place":                  {"10.1.1.1:4711", []string{"198.51.100.1,"}, "10.1.1.1"},
		"IPv6":                            {"[fd00::1]:4711", []string{"2001:db8::1"}, "2001:db8::1"},
		"IPv4 in IPv6":                    {"[::ffff:10.1.1.1]:4711", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		"with a port":                     {"10.1.1.1:4711", []string{"203.0.113.9, 198.51.100.1:5678, 10.2.2.2:443"}, "198.51.100.1"},
		"IPv6 with a port":                {"[fd00::1]:4711", []string{"203.0.113.9, [2001:db8::1]:443"}, "2001:db8::1"},
		"IPv6 in brackets":                {"[fd00::1]:4711", []string{"203.0.113.9, [2001:db8::1]"}, "2001:db8::1"},
		"IPv4 in brackets":                {"10.1.1.1:4711", []string{"[198.51.100.1]"}, "10.1.1.1"},
		"a port that is none":             {"10.1.1.1:4711", []string{"198.51.100.1:x"}, "10.1.1.1"},
		"a peer that is none":             {"pipe", []string{"198.51.100.1"}, ""},
		"more proxies than anybody has":   {"10.1.1.1:4711", many(17), "10.0.0.1"},
		"as many proxies as there may be": {"10.1.1.1:4711", many(15), "198.51.100.1"},
	} {
		want, _ := netip.ParseAddr(test.want)
		if got := quota.Address(test.remote, test.forwarded, trusted); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

// many are so many trusted proxies behind a client.
func many(n int) []string {
	hops := []string{"198.51.100.1"}
	for range n {
		hops = append(hops, "10.0.0.1")
	}

	return hops
}

func FuzzAddress(f *testing.F) {
	f.Add("10.1.1.1:1", "203.0.113.9, 198.51.100.1")
	f.Add("[fd00::1%eth0]:1", ",,,fe80::1%eth0,10.0.0.1")

	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}

	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		got := quota.Address(remote, []string{forwarded}, trusted)

		if untold := quota.Address(remote, []string{forwarded}, nil); untold.IsValid() && untold != quota.Address(remote, nil, nil) {
			t.Errorf("nobody is trusted, and %v is believed", untold)
		}

		if peer := quota.Address(remote, nil, nil); !peer.IsValid() && got.IsValid() {
			t.Errorf("there is no peer, and %v is believed", got)
		}
	})
}
