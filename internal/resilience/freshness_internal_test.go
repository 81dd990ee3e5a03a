package resilience

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// headers are the head of an answer with those alone.
type headers http.Header

func (h headers) status() int { return http.StatusOK }

func (h headers) get(name string) string { return http.Header(h).Get(name) }

func (h headers) values(name string) []string { return http.Header(h).Values(name) }

// lines are headers, each as "Name: value".
func lines(all ...string) headers {
	h := http.Header{}

	for _, line := range all {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}

	return headers(h)
}

// control are the headers of an answer with that Cache-Control.
func control(values ...string) headers { return headers{"Cache-Control": values} }

const (
	second = time.Second
	minute = time.Minute
)

// storable is what may be kept for one principal, for as long as that.
func storable(lifetime time.Duration) freshness { return freshness{store: true, lifetime: lifetime} }

// shareable is what may be kept for anybody, for as long as that.
func shareable(lifetime time.Duration) freshness {
	return freshness{store: true, public: true, lifetime: lifetime}
}

func TestLifetimes(t *testing.T) {
	t.Parallel()

	const most = maxLifetime

	tests := map[string]struct {
		head headers
		want freshness
	}{
		"nothing said":                  {lines(), storable(0)},
		"max-age":                       {control("max-age=60"), storable(minute)},
		"its case does not matter":      {control("MAX-Age=60, PUBLIC"), shareable(minute)},
		"blanks do not matter":          {control(" max-age = 60 ,\t public "), shareable(minute)},
		"empty elements do not matter":  {control(",, max-age=60,"), storable(minute)},
		"quoted":                        {control(`max-age="60"`), storable(minute)},
		"over lines":                    {control("max-age=60", "public"), shareable(minute)},
		"unknown directives":            {control("immutable, max-age=60, x=y"), storable(minute)},
		"nothing":                       {control("max-age=0"), storable(0)},
		"without an argument":           {control("max-age"), storable(0)},
		"an empty argument":             {control("max-age="), storable(0)},
		"negative":                      {control("max-age=-60"), storable(0)},
		"signed":                        {control("max-age=+60"), storable(0)},
		"a fraction":                    {control("max-age=60.5"), storable(0)},
		"no number":                     {control("max-age=1h"), storable(0)},
		"hexadecimal":                   {control("max-age=0x60"), storable(0)},
		"longer than anything":          {control("max-age=31536000"), storable(most)},
		"more than 31 bits":             {control("max-age=4294967297"), storable(most)},
		"more than 64 bits":             {control("max-age=99999999999999999999999"), storable(most)},
		"the first of two":              {control("max-age=60, max-age=600"), storable(minute)},
		"the first of two, over lines":  {control("max-age=60", "max-age=600"), storable(minute)},
		"the first, even if it is none": {control("max-age=x, max-age=600"), storable(0)},

		"no-store":                       {control("no-store, max-age=60, public"), freshness{}},
		"no-store after all":             {control("max-age=60", "No-Store"), freshness{}},
		"no-cache":                       {control("no-cache, max-age=60"), storable(0)},
		"no-cache of a field":            {control(`no-cache="Set-Cookie", max-age=60`), storable(0)},
		"must-revalidate":                {control("max-age=60, must-revalidate"), storable(minute)},
		"private":                        {control("private, max-age=60"), storable(minute)},
		"private and public":             {control("public, private, max-age=60"), storable(minute)},
		"private in part":                {control(`public, private="X-A, X-B", max-age=60`), storable(minute)},
		"s-maxage of a public one":       {control("max-age=60, s-maxage=1, public"), shareable(second)},
		"s-maxage alone":                 {control("s-maxage=60, public"), shareable(minute)},
		"s-maxage of a private one":      {control("max-age=60, s-maxage=1, private"), storable(minute)},
		"s-maxage of one not called so":  {control("s-maxage=60"), storable(0)},
		"s-maxage that is no number":     {control("public, max-age=60, s-maxage=x"), shareable(0)},
		"directives within an argument":  {control(`x="a, public, max-age=60", private`), storable(0)},
		"after such":                     {control(`x="a, no-store", max-age=60`), storable(minute)},
		"an escaped quote":               {control(`x="a\", max-age=60, y=\"", public`), shareable(0)},
		"a quotation that does not end":  {control(`public, max-age=60, x="no-store`), freshness{}},
		"a quotation with an end beyond": {control(`max-age=60, x="a"b`), freshness{}},
		"a quote within a token":         {control(`max-age=6"0, no-store"`), freshness{}},
		"a quote in a name":              {control(`"max-age=60"`), freshness{}},

		"Age":                      {lines("Cache-Control: max-age=60", "Age: 59"), storable(second)},
		"Age that is all":          {lines("Cache-Control: max-age=60", "Age: 60"), storable(0)},
		"Age beyond":               {lines("Cache-Control: max-age=60", "Age: 6000"), storable(0)},
		"Age of a bounded one":     {lines("Cache-Control: max-age=31536000", "Age: 86399"), storable(second)},
		"Age of more than 31 bits": {lines("Cache-Control: max-age=60", "Age: 4294967296"), storable(0)},
		"Age of more than 64 bits": {lines("Cache-Control: max-age=60", "Age: 99999999999999999999"), storable(0)},
		"Age, several":             {lines("Cache-Control: max-age=60", "Age: 59, 3"), storable(second)},
		"Age, negative":            {lines("Cache-Control: max-age=60", "Age: -5"), storable(minute)},
		"Age that is none":         {lines("Cache-Control: max-age=60", "Age: old"), storable(minute)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := freshnessOf(test.head); got != test.want {
				t.Errorf("%v: got %+v, want %+v", test.head, got, test.want)
			}
		})
	}
}

func TestBeyondTheLifetime(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		control             string
		revalidate, ifError time.Duration
		hasIfError          bool
	}{
		"nothing said":                      {"max-age=1", 0, 0, false},
		"both":                              {"max-age=1, stale-while-revalidate=60, stale-if-error=120", minute, 2 * minute, true},
		"quoted, in capitals":               {`Max-Age=1, STALE-WHILE-REVALIDATE="60"`, minute, 0, false},
		"no lifetime":                       {"stale-while-revalidate=60", 0, 0, false},
		"a lifetime of none":                {"max-age=0, stale-while-revalidate=60", minute, 0, false},
		"no-cache":                          {"no-cache, max-age=1, stale-while-revalidate=60", 0, 0, false},
		"no-store":                          {"no-store, max-age=1, stale-while-revalidate=60", 0, 0, false},
		"must-revalidate":                   {"max-age=1, stale-while-revalidate=60, must-revalidate", 0, 0, false},
		"proxy-revalidate":                  {"max-age=1, stale-while-revalidate=60, proxy-revalidate", 0, 0, false},
		"no number":                         {"max-age=1, stale-while-revalidate=x, stale-if-error=y", 0, 0, true},
		"longer than anything":              {"max-age=1, stale-while-revalidate=99999999999", maxLifetime, 0, false},
		"on error, though it is not stored": {"no-store, stale-if-error=60", 0, minute, true},
		"never on error":                    {"max-age=1, stale-if-error=0", 0, 0, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := freshnessOf(control(test.control))
			if got.revalidate != test.revalidate || got.ifError != test.ifError || got.hasIfError != test.hasIfError {
				t.Errorf("%s: got %+v", test.control, got)
			}
		})
	}
}

func TestVary(t *testing.T) {
	t.Parallel()

	for vary, want := range map[string]freshness{
		"Accept":                       shareable(minute),
		"Accept-Encoding, User-Agent":  shareable(minute),
		"Authorization":                storable(minute),
		"accept, AUTHORIZATION":        storable(minute),
		"Cookie":                       storable(minute),
		"*":                            {},
		"Accept, *":                    {},
		"X-Request-Id":                 {},
		"Accept,x-request-id":          {},
		"Traceparent":                  {},
		"tracestate":                   {},
		"X-Request-Timeout-Ms, Accept": {},
		"":                             shareable(minute),
	} {
		if got := freshnessOf(lines("Cache-Control: public, max-age=60", "Vary: "+vary)); got != want {
			t.Errorf("Vary: %s: got %+v, want %+v", vary, got, want)
		}
	}

	if got := freshnessOf(lines("Cache-Control: public, max-age=60", "Vary: Accept", "Vary: *")); got != (freshness{}) {
		t.Errorf("over lines: got %+v", got)
	}
}

func TestUsableTags(t *testing.T) {
	t.Parallel()

	long := `"` + strings.Repeat("a", 255) + `"`

	for tag, usable := range map[string]bool{
		`"a"`: true, `W/"a"`: true, `""`: true, `"a'b"`: true, long[1:]: false,
		``: false, `"`: false, `a`: false, `"a`: false, `a"`: false, `w/"a"`: false, `W/a`: false, `W/`: false, `W/"`: false,
		`"a" b"`: false, `"a", "b"`: false, "\"a\tb\"": false, "\"a\r\nX: y\"": false, "\"\x7f\"": false, "\"\u00e9\"": false, `*`: false, long: false,
	} {
		want := ""
		if usable {
			want = tag
		}

		if got := freshnessOf(headers{"Etag": {tag}}).etag; got != want {
			t.Errorf("%q: got %q, want %q", tag, got, want)
		}
	}
}

// FuzzFreshness wants whatever services say to allow no more than it can: what
// forbids comes through in front and behind of any nonsense.
func FuzzFreshness(f *testing.F) {
	for _, seed := range [][4]string{
		{"public, max-age=60", "Accept", `"a"`, "1"},
		{`max-age="60", x="a, b`, "*", `W/"a"`, "99999999999999999999"},
		{`private="a\", max-age=1", s-maxage=1`, "authorization,", `"`, "-1"},
		{"max-age=1=2,=,=\",stale-while-revalidate=9", ",", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}

	f.Fuzz(func(t *testing.T, control, vary, tag, age string) {
		with := func(controls ...string) freshness {
			return freshnessOf(headers{"Cache-Control": controls, "Vary": {vary}, "Etag": {tag}, "Age": {age}})
		}

		got := with(control)

		if got.lifetime < 0 || got.lifetime > maxLifetime || got.revalidate < 0 || got.revalidate > maxLifetime || got.ifError < 0 {
			t.Errorf("out of bounds: %+v", got)
		}

		if !got.store && (got.public || got.lifetime > 0 || got.revalidate > 0) {
			t.Errorf("not to be stored, and yet %+v", got)
		}

		if strings.ContainsAny(got.etag, "\r\n ") || (got.etag != "" && got.etag != tag) {
			t.Errorf("the tag is %q", got.etag)
		}

		for _, all := range [][]string{{control + ",no-store"}, {control, "no-store"}, {"no-store," + control}} {
			if got := with(all...); got.store {
				t.Errorf("%q is stored: %+v", all, got)
			}
		}

		for _, all := range [][]string{{control + ", private"}, {control, "Private"}, {"private," + control}} {
			if got := with(all...); got.public {
				t.Errorf("%q is public: %+v", all, got)
			}
		}

		if got := with(control, "no-cache"); got.lifetime > 0 || got.revalidate > 0 {
			t.Errorf("%q and no-cache: %+v", control, got)
		}
	})
}
