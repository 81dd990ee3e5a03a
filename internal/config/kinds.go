package config

import (
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxPath is the longest path that Linux takes.
const maxPath = 4096

var allowedPath = "a path of at most " + strconv.Itoa(maxPath) + " bytes without control characters" //nolint:gochecknoglobals // A constant.

// Addr declares an address to listen on: host:port, where the host may be
// empty (every interface), a name, an IPv4 address or an IPv6 address in
// brackets, and port 0 stands for any free one.
func (e *Env) Addr(dst *string, name, fallback, meaning string) {
	declare(e, dst, setting{
		name: name, fallback: fallback, meaning: meaning,
		allowed: "host:port with a port from 0 to 65535",
	}, parseAddr)
}

// Off is the value of a setting that turns something off.
const Off = "off"

// AddrOrOff declares an address to listen on as [Env.Addr] does, or "off", for
// which dst stays empty. chosen is set where the environment says either, and not
// where the default stands in.
func (e *Env) AddrOrOff(dst *string, chosen *bool, name, fallback, meaning string) {
	text, _ := e.lookup(name)
	*chosen = text != ""
	declare(e, dst, setting{
		name: name, fallback: fallback, meaning: meaning,
		allowed: "host:port with a port from 0 to 65535, or " + Off,
	}, func(text string) (string, bool) {
		if text == Off {
			return "", true
		}
		return parseAddr(text)
	})
}

const allowedURL = "an absolute http or https URL without user info, query or fragment"

// URL declares a base URL that has to be set. Slashes at its end are cut, so
// that paths can be joined to it.
func (e *Env) URL(dst **url.URL, name, meaning string) {
	declare(e, dst, setting{
		name: name, required: true, unset: "required", meaning: meaning, allowed: allowedURL,
	}, parseURL)
}

// OptionalURL declares a base URL that stays nil when it is not set; unset
// says in a word or two what happens then.
func (e *Env) OptionalURL(dst **url.URL, name, unset, meaning string) {
	declare(e, dst, setting{
		name: name, unset: unset, meaning: meaning, allowed: allowedURL,
	}, parseURL)
}

// MaxReplicas is the most base URLs that one setting may hold.
const MaxReplicas = 64

var allowedURLs = allowedURL + ", or up to " + strconv.Itoa(MaxReplicas) + " of them, separated by commas" //nolint:gochecknoglobals // A constant.

// URLs declares the base URLs of the replicas of a service, one at least.
func (e *Env) URLs(dst *[]*url.URL, name, meaning string) {
	declare(e, dst, setting{
		name: name, required: true, unset: "required", meaning: meaning, allowed: allowedURLs,
	}, parseURLs)
}

// URLsUnless declares the base URLs of the replicas of a service, one at least; none
// where it is not set and all the variables unless are.
func (e *Env) URLsUnless(dst *[]*url.URL, name, meaning string, unless ...string) {
	s := setting{name: name, required: true, meaning: meaning, allowed: allowedURLs, unless: unless}
	s.unset = "required" + s.exception()
	declare(e, dst, s, parseURLs)
}

// OptionalURLs declares the base URLs of the replicas of a service, none where it
// is not set; unset says in a word or two what happens then.
func (e *Env) OptionalURLs(dst *[]*url.URL, name, unset, meaning string) {
	declare(e, dst, setting{
		name: name, unset: unset, meaning: meaning, allowed: allowedURLs,
	}, parseURLs)
}

// OptionalCacheURL declares where a Redis or Valkey server is; it stays nil when
// it is not set, and unset says in a word or two what happens then. Its user info
// is never shown.
func (e *Env) OptionalCacheURL(dst **url.URL, name, unset, meaning string) {
	declare(e, dst, setting{
		name: name, unset: unset, meaning: meaning, secret: true,
		allowed: "redis://[user:password@]host[:port][/database], or rediss:// for TLS, or valkey:// or valkeys://",
	}, parseCacheURL)
}

// Path declares the path of a file or folder, which need not exist; it stays
// empty when it is not set, and unset says in a few words what happens then.
func (e *Env) Path(dst *string, name, unset, meaning string) {
	declare(e, dst, setting{
		name: name, unset: unset, meaning: meaning, allowed: allowedPath,
	}, parsePath)
}

// RequiredPath declares the path of a file or folder that has to be set; it need
// not exist.
func (e *Env) RequiredPath(dst *string, name, meaning string) {
	declare(e, dst, setting{
		name: name, required: true, unset: "required", meaning: meaning, allowed: allowedPath,
	}, parsePath)
}

func parsePath(text string) (string, bool) {
	isControl := func(r rune) bool { return r < ' ' || r == 0x7f }
	ok := len(text) <= maxPath && !strings.ContainsFunc(text, isControl)
	return filepath.Clean(text), ok
}

// Duration declares a span of time in Go's notation, within bounds. A number
// without a unit is refused, except 0.
func (e *Env) Duration(dst *time.Duration, name string, fallback time.Duration, bounds Range[time.Duration], meaning string) {
	declare(e, dst, setting{
		name: name, fallback: formatDuration(fallback), meaning: meaning,
		allowed: "a duration such as 500ms or 2s, " + bounds.words(formatDuration),
	}, func(text string) (time.Duration, bool) {
		d, err := time.ParseDuration(text)
		return d, err == nil && bounds.contains(d)
	})
}

// Int declares a whole number within bounds.
func (e *Env) Int(dst *int, name string, fallback int, bounds Range[int], meaning string) {
	declare(e, dst, setting{
		name: name, fallback: strconv.Itoa(fallback), meaning: meaning,
		allowed: "a whole number " + bounds.words(strconv.Itoa),
	}, func(text string) (int, bool) {
		n, err := strconv.Atoi(text)
		return n, err == nil && bounds.contains(n)
	})
}

// Bytes declares a size in bytes within bounds, written as a plain number or
// with one of the units B, KB, MB, GB (powers of 1000), KiB, MiB and GiB
// (powers of 1024).
func (e *Env) Bytes(dst *int, name string, fallback int, bounds Range[int], meaning string) {
	declare(e, dst, setting{
		name: name, fallback: formatSize(fallback), meaning: meaning,
		allowed: "a size such as 8388608, 8MiB or 8MB, " + bounds.words(formatSize),
	}, func(text string) (int, bool) {
		n, ok := parseSize(text)
		return n, ok && bounds.contains(n)
	})
}

// OneOf declares a choice of exactly one of options.
func (e *Env) OneOf(dst *string, name, fallback string, options []string, meaning string) {
	declare(e, dst, setting{
		name: name, fallback: fallback, meaning: meaning,
		allowed: "one of " + strings.Join(options, ", "),
	}, func(text string) (string, bool) {
		return text, slices.Contains(options, text)
	})
}

// List declares a choice of one or more of options, each once, separated by
// commas; spaces around a comma do not matter. The order is the operator's.
func (e *Env) List(dst *[]string, name string, fallback, options []string, meaning string) {
	declare(e, dst, setting{
		name: name, fallback: strings.Join(fallback, ","), meaning: meaning,
		allowed: "one or more of " + strings.Join(options, ", ") + ", each once, separated by commas",
	}, func(text string) ([]string, bool) {
		return parseList(text, options)
	})
}

// Prefixes declares ranges of addresses in CIDR notation, separated by commas;
// there are none when it is not set, and unset says in a word or two what that
// means.
func (e *Env) Prefixes(dst *[]netip.Prefix, name, unset, meaning string) {
	declare(e, dst, setting{
		name: name, unset: unset, meaning: meaning,
		allowed: "ranges of addresses such as 10.0.0.0/8 or fd00::/8, at most " + strconv.Itoa(maxPrefixes) + ", separated by commas",
	}, parsePrefixes)
}

func parseList(text string, options []string) ([]string, bool) {
	var chosen []string
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		if !slices.Contains(options, item) || slices.Contains(chosen, item) {
			return nil, false
		}
		chosen = append(chosen, item)
	}
	return chosen, true
}
