package resilience

import (
	"strconv"
	"strings"
	"time"
)

// freshness is what an answer's headers say about using it again (RFC 9111,
// RFC 5861). The zero freshness allows nothing.
type freshness struct {
	store      bool // it may be kept, if only to be revalidated
	public     bool // it may be shown to anybody
	lifetime   time.Duration
	revalidate time.Duration // beyond lifetime: usable while a new one is fetched
	ifError    time.Duration // beyond lifetime: may stand in for a failed call
	hasIfError bool
	etag       string
}

// maxLifetime is the longest that an answer is taken to be fresh, whatever its
// service says.
const maxLifetime = 24 * time.Hour

// freshnessOf reads the headers of a 200 or a 304. There is no guessing: an
// answer without an explicit lifetime has none.
func freshnessOf(h head) freshness {
	control := parseCacheControl(h.values("Cache-Control"))

	f := freshness{etag: usableTag(h.get("Etag"))}
	if seconds, ok := control.seconds("stale-if-error"); ok {
		f.ifError, f.hasIfError = seconds, true
	}

	varies, personal := varying(h.values("Vary"))
	if control.has("no-store") || varies {
		return f
	}

	f.store = true
	f.public = control.has("public") && !control.has("private") && !personal

	if control.has("no-cache") {
		return f
	}

	lifetime, ok := control.seconds("max-age")
	if shared, found := control.seconds("s-maxage"); found && f.public {
		lifetime, ok = shared, true
	}

	if !ok {
		return f
	}

	f.lifetime = max(0, min(lifetime, maxLifetime)-age(h))

	if seconds, found := control.seconds("stale-while-revalidate"); found && !control.has("must-revalidate") && !control.has("proxy-revalidate") {
		f.revalidate = min(seconds, maxLifetime)
	}

	return f
}

// directives are those of Cache-Control, in lower case, with their arguments.
// Of two with one name the first counts, but nothing overrides no-store.
type directives map[string]string

func parseCacheControl(values []string) directives {
	if len(values) == 0 {
		return nil
	}

	found := directives{}

	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			name, argument, _ := strings.Cut(strings.TrimSpace(part), "=")

			name = strings.ToLower(strings.TrimSpace(name))
			if _, known := found[name]; name != "" && !known {
				found[name] = strings.Trim(strings.TrimSpace(argument), `"`)
			}
		}
	}

	return found
}

func (d directives) has(name string) bool {
	_, found := d[name]

	return found
}

// seconds is the argument of a directive. One that is not a number of seconds
// is 0: what cannot be understood makes nothing fresh.
func (d directives) seconds(name string) (time.Duration, bool) {
	argument, found := d[name]
	if !found {
		return 0, false
	}

	seconds, err := strconv.ParseUint(argument, 10, 31)
	if err != nil {
		return 0, true
	}

	return time.Duration(seconds) * time.Second, true //nolint:gosec // 31 bits.
}

// age is how old an answer was when it came, as the caches on its way say.
func age(h head) time.Duration {
	seconds, err := strconv.ParseUint(h.get("Age"), 10, 31)
	if err != nil {
		return 0
	}

	return time.Duration(seconds) * time.Second //nolint:gosec // 31 bits.
}

// varying reports whether an answer depends on what differs between any two of
// our requests, so that it fits no other one; and whether it depends on who
// asks. All other headers are the same in each of our requests.
func varying(vary []string) (always, personal bool) {
	for _, value := range vary {
		for name := range strings.SplitSeq(value, ",") {
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "*", "x-request-id", "traceparent", "tracestate", "x-request-timeout-ms":
				always = true
			case "authorization", "cookie":
				personal = true
			}
		}
	}

	return always, personal
}

// usableTag is an entity tag that can be sent back: quoted, of sane length and
// characters. A weak one serves as well, since whole answers are compared.
func usableTag(tag string) string {
	const longest = 256

	opaque := strings.TrimPrefix(tag, "W/")
	if len(tag) > longest || len(opaque) < len(`""`) || opaque[0] != '"' || opaque[len(opaque)-1] != '"' {
		return ""
	}

	for _, c := range []byte(opaque[1 : len(opaque)-1]) {
		if c <= ' ' || c == '"' || c >= 0x7f {
			return ""
		}
	}

	return tag
}
