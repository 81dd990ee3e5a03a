package config_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"storefront/internal/config"
)

func parsePrefixes(value string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	env := config.New("p", "A program.", func(string) (string, bool) { return value, true })
	env.Prefixes(&prefixes, "TRUSTED_PROXIES", "none", "who is believed")
	return prefixes, env.Parse(nil)
}

func TestPrefixes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]netip.Prefix{
		"":                                   nil,
		"10.0.0.0/8":                         {netip.MustParsePrefix("10.0.0.0/8")},
		"192.0.2.1/32, fd00::/8":             {netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("fd00::/8")},
		"::ffff:10.0.0.0/104":                {netip.MustParsePrefix("10.0.0.0/8")},
		"0.0.0.0/0,::/0":                     {netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")},
		strings.Repeat("::/0,", 63) + "::/0": slices.Repeat([]netip.Prefix{netip.MustParsePrefix("::/0")}, 64),
	} {
		if got, err := parsePrefixes(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"10.0.0.0", "10.0.0.1/8", "10.0.0.0/33", "proxy", ",", "10.0.0.0/8,", "10.0.0.0/8 fd00::/8", strings.Repeat("::/0,", 64) + "::/0"} {
		if _, err := parsePrefixes(bad); err == nil || !strings.Contains(err.Error(), "TRUSTED_PROXIES") || !strings.Contains(err.Error(), "10.0.0.0/8 or fd00::/8") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
