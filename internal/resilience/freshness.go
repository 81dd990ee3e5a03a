package resilience

import (
	"errors"
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

	if !control.has("no-cache") {
		f.live(control, age(h))
	}

	return f
}

// live says for how long an answer of that age may be used without asking.
func (f *freshness) live(control directives, age time.Duration) {
	lifetime, ok := control.seconds("max-age")
	if shared, found := control.seconds("s-maxage"); found && f.public {
		lifetime, ok = shared, true
	}

	if !ok {
		return
	}

	f.lifetime = max(0, min(lifetime, maxLifetime)-age)

	if seconds, found := control.seconds("stale-while-revalidate"); found && !control.has("must-revalidate") && !control.has("proxy-revalidate") {
		f.revalidate = min(seconds, maxLifetime)
	}
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
		for rest := value; rest != ""; {
			name, argument, after := cutDirective(rest)
			rest = after

			if strings.Contains(name, `"`) || strings.Contains(argument, `"`) {
				found["no-store"] = "" // A quotation without an end, say, may hide whatever the service forbids.
			}

			if _, known := found[name]; name != "" && !known {
				found[name] = argument
			}
		}
	}

	return found
}

// cutDirective takes the first directive off a list. What is quoted in it is its
// argument, commas and all; quotes are left where they cannot be understood.
func cutDirective(list string) (name, argument, rest string) {
	end := strings.IndexAny(list, ",=")
	if end < 0 {
		return strings.ToLower(strings.TrimSpace(list)), "", ""
	}

	name, rest = strings.ToLower(strings.TrimSpace(list[:end])), list[end+1:]
	if list[end] == ',' {
		return name, "", rest
	}

	argument, rest, _ = strings.Cut(rest, ",")
	argument = strings.TrimSpace(argument)

	if !strings.HasPrefix(argument, `"`) {
		return name, argument, rest
	}

	quoted := strings.TrimLeft(list[end+1:], " \t")

	length := closing(quoted)
	if length < 0 {
		return name, quoted, ""
	}

	after, rest, _ := strings.Cut(quoted[length+1:], ",")
	if after = strings.TrimSpace(after); after != "" {
		return name, quoted[:length+1] + after, rest
	}

	return name, strings.ReplaceAll(quoted[1:length], `\"`, ""), rest
}

// closing is where the quotation that text begins with ends, -1 for nowhere.
func closing(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}

	return -1
}

func (d directives) has(name string) bool {
	_, found := d[name]

	return found
}

// seconds is the argument of a directive. One that is not a number of seconds
// is 0: what cannot be understood makes nothing fresh.
func (d directives) seconds(name string) (time.Duration, bool) {
	argument, found := d[name]

	return deltaSeconds(argument), found
}

// age is how old an answer was when it came, as the caches on its way say.
func age(h head) time.Duration {
	first, _, _ := strings.Cut(h.get("Age"), ",")

	return deltaSeconds(strings.TrimSpace(first))
}

// deltaSeconds reads a number of seconds; one that is too large is the largest,
// and what is none is 0 (RFC 9111, 1.2.2).
func deltaSeconds(text string) time.Duration {
	const decimal, bits = 10, 31

	seconds, err := strconv.ParseUint(text, decimal, bits)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0
	}

	return time.Duration(seconds) * time.Second
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
