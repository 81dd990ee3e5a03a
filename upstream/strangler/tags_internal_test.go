package strangler

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestConditionsFor(t *testing.T) {
	t.Parallel()

	const date = "Tue, 15 Nov 1994 12:45:26 GMT"

	for name, test := range map[string]struct {
		given    http.Header
		old, new http.Header // nil: it cannot hold
	}{
		"none": {http.Header{"A": {"b"}}, http.Header{"A": {"b"}}, http.Header{"A": {"b"}}},
		"both sides' tags": {
			http.Header{"If-None-Match": {`"1", W/"2~new", "a,b", "c~new"`, `W/"3"`}},
			http.Header{"If-None-Match": {`"1", "a,b", W/"3"`}},
			http.Header{"If-None-Match": {`W/"2", "c"`}},
		},
		"any":            {http.Header{"If-None-Match": {"*"}}, http.Header{"If-None-Match": {"*"}}, http.Header{"If-None-Match": {"*"}}},
		"garbage":        {http.Header{"If-None-Match": {`1, "2, x"y"`}}, http.Header{}, http.Header{}},
		"tags and dates": {http.Header{"If-None-Match": {`"1~new"`}, "If-Modified-Since": {date}}, http.Header{}, http.Header{"If-None-Match": {`"1"`}}},
		"dates": {
			http.Header{"If-Modified-Since": {date}, "If-Unmodified-Since": {date}},
			http.Header{"If-Modified-Since": {date}, "If-Unmodified-Since": {date}},
			http.Header{"If-Unmodified-Since": {date}},
		},
		"match, of the old":  {http.Header{"If-Match": {`"1"`}}, http.Header{"If-Match": {`"1"`}}, nil},
		"match, of the new":  {http.Header{"If-Match": {`"1~new"`}}, nil, http.Header{"If-Match": {`"1"`}}},
		"match, any":         {http.Header{"If-Match": {`*`}}, http.Header{"If-Match": {`*`}}, http.Header{"If-Match": {`*`}}},
		"match, nothing":     {http.Header{"If-Match": {``}}, nil, nil},
		"range, of the old":  {http.Header{"If-Range": {`"1"`}, "Range": {"x"}}, http.Header{"If-Range": {`"1"`}, "Range": {"x"}}, http.Header{}},
		"range, of the new":  {http.Header{"If-Range": {`"1~new"`}, "Range": {"x"}}, http.Header{}, http.Header{"If-Range": {`"1"`}, "Range": {"x"}}},
		"range, by its date": {http.Header{"If-Range": {date}, "Range": {"x"}}, http.Header{"If-Range": {date}, "Range": {"x"}}, http.Header{}},
		"range alone":        {http.Header{"Range": {"x"}}, http.Header{"Range": {"x"}}, http.Header{"Range": {"x"}}},
	} {
		for side, want := range map[Side]http.Header{Old: test.old, New: test.new} {
			got := test.given.Clone()
			if ok := conditionsFor(got, side); ok != (want != nil) {
				t.Errorf("%s, %s: it holds: %v", name, side, ok)
			} else if ok && !cmp.Equal(got, want) {
				t.Errorf("%s, %s: %s", name, side, cmp.Diff(want, got))
			}
		}
	}
}

func TestMarkAnswer(t *testing.T) {
	t.Parallel()

	for tag, want := range map[string]string{
		`"1"`: `"1~new"`, `W/"1"`: `W/"1~new"`, `""`: `"~new"`, `"a,b"`: `"a,b~new"`, `1`: "", `"1`: "", `"1"2"`: "", `w/"1"`: "", ``: "",
	} {
		h := http.Header{"Etag": {tag}, "Last-Modified": {"x"}}
		if markAnswer(h); h.Get("Etag") != want || h["Last-Modified"] != nil {
			t.Errorf("%s: got %v, want %s", tag, h, want)
		}
	}
}

// FuzzTags: what one side said comes back to that side as it was, and to no other.
func FuzzTags(f *testing.F) {
	f.Add("1", true)
	f.Add("a,b", false)
	f.Add("x~new", false)
	f.Fuzz(func(t *testing.T, text string, weak bool) {
		tag := `"` + text + `"`
		if weak {
			tag = "W/" + tag
		}

		h := http.Header{"Etag": {tag}}
		if markAnswer(h); !isTag(tag) {
			if h["Etag"] != nil {
				t.Errorf("%q became %q", tag, h["Etag"])
			}

			return
		}

		if own := tagsOf(h["Etag"], New); own != tag {
			t.Errorf("%q came back as %q", tag, own)
		}

		if others := tagsOf(h["Etag"], Old); others != "" {
			t.Errorf("%q went to the old side as %q", tag, others)
		}
	})
}

// TestTagsOfBothSides that count in the same way are never taken for each other.
func TestTagsOfBothSides(t *testing.T) {
	t.Parallel()

	counts := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Etag", `"1"`)

			if r.Header.Get("If-None-Match") == `"1"` {
				w.WriteHeader(http.StatusNotModified)

				return
			}

			sayJSON(text)(w, r)
		}
	}
	k := newFacade(t, facadeOptions{mode: ModeOld, old: counts(`"old"`), new: counts(`"new"`)})

	tag := ""

	for i, step := range []struct {
		mode   Mode
		status int
		text   string
	}{
		{ModeOld, 200, `"old"`}, {ModeOld, 304, ""}, {ModeNew, 200, `"new"`}, {ModeNew, 304, ""}, {ModeOld, 200, `"old"`},
	} {
		k.route.Mode = step.mode

		got := k.do(t, http.MethodGet, "/api/things/7", http.NoBody, "If-None-Match", tag)
		if got.StatusCode != step.status || got.text != step.text {
			t.Errorf("%d: got %d, %s", i, got.StatusCode, got.text)
		}

		tag = got.Header.Get("Etag")
	}
}

// TestOldPlaces are what the new side calls otherwise, as the old API calls it.
func TestOldPlaces(t *testing.T) {
	t.Parallel()

	shop := Route{Paths: []Path{
		{Old: "/api/users/{id}", New: "/users/{id}", OldQuery: "detail=full"},
		{Old: "/api/{a}/by/{b}", New: "/by/{b}/{a}"},
		{Old: "/api/users/me", New: "/users/me/it"},
		{Old: "/api/all/{id}", New: "/all"},
	}}
	rest := Route{Paths: []Path{{Old: "/api/{rest...}", New: "/{rest...}"}}}

	for name, test := range map[string]struct {
		route Route
		at    map[string]string
	}{
		"by names": {shop, map[string]string{
			"http://side/users/5": "/api/users/5", "/users/5?a=b#c": "/api/users/5?a=b#c", "/users/5#c?d": "/api/users/5#c?d", "/by/x/y": "/api/y/by/x",
			"/users/me/it": "/api/users/me", "/api/users/5": "/api/users/5", "/other": "/other", "http://side/other": "/other", "/all": "/all",
			"/users/5/6": "/users/5/6", "http://else/users/5": "http://else/users/5", "/users/..": "/users/..", "users/5": "users/5", "": "", "/users/%2f": "/users/%2f",
		}},
		"all of it": {rest, map[string]string{
			"http://side/things/8": "/api/things/8", "/things/8": "/api/things/8", "/api/things/8": "/api/things/8", "http://side/api/things": "/api/api/things",
		}},
	} {
		of := wayOf(New, test.route).route

		for place, want := range test.at {
			for _, field := range []string{"Location", "Content-Location"} {
				h := http.Header{field: {place}}
				if hideOrigin(h, &url.URL{Scheme: "http", Host: "side"}, of); h.Get(field) != want {
					t.Errorf("%s: %s of %q: got %q, want %q", name, field, place, h.Get(field), want)
				}
			}
		}
	}
}

// TestLinks do not tell where a side is.
func TestLinks(t *testing.T) {
	t.Parallel()

	side := &url.URL{Scheme: "http", Host: "side"}
	of := wayOf(New, Route{Paths: []Path{{Old: "/api/things", New: "/things"}}}).route

	for line, want := range map[string][2]string{ // Of the old side, and of the new one.
		`<http://side/things?p=2>; rel="next", <http://side/x>;rel=last`: {`</things?p=2>; rel="next", </x>;rel=last`, `</api/things?p=2>; rel="next", </x>;rel=last`},
		`<https://else/a,b>; title="<http://side/x>\"<http://side/y>"`:   {`<https://else/a,b>; title="<http://side/x>\"<http://side/y>"`, `<https://else/a,b>; title="<http://side/x>\"<http://side/y>"`},
		`<>; rel=self`: {`<>; rel=self`, `<>; rel=self`}, `<http://side/x`: {`<http://side/x`, `<http://side/x`}, ``: {``, ``},
	} {
		for i, route := range []*route{nil, of} {
			h := http.Header{"Link": {line, line}}
			if hideOrigin(h, side, route); h["Link"][0] != want[i] || h["Link"][1] != want[i] {
				t.Errorf("%s: got %s, want %s", line, h["Link"], want[i])
			}
		}
	}
}

func TestWithoutOrigin(t *testing.T) {
	t.Parallel()

	for base, places := range map[string]map[string]string{
		"http://side:80": {
			"http://side/a/b?c=d#e": "/a/b?c=d#e", "http://SIDE:80": "/", "//side/a": "/a", "http://side//evil": "/evil", "http://side/a%2fb": "/a%2fb",
			"http://side:81/a": "http://side:81/a", "http://sidewise/a": "http://sidewise/a", "/a": "/a", "a": "a", "?a": "?a", "": "", "https://side/a": "https://side/a",
			"mailto:a@b": "mailto:a@b", ":": ":", "http://side/?": "/?", "http://u:p@side/a": "/a",
		},
		"https://side/v1": {"https://side/v1/a": "/a", "https://side:443/v2/a": "/v2/a", "/v1/a": "/a", "/v10/a": "/v10/a", "//side/v1/a": "/a"},
	} {
		side, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}

		for place, want := range places {
			if got := withoutOrigin(place, side); got != want {
				t.Errorf("%s at %s: got %q, want %q", place, base, got, want)
			}
		}
	}
}

// TestNoMatchCountsAsNothing: no side was asked, so that it says nothing of one.
func TestNoMatchCountsAsNothing(t *testing.T) {
	t.Parallel()

	for _, o := range []facadeOptions{{mode: ModeOld}, {mode: ModeNew}, {mode: ModeNew, fallback: true}} {
		tag := `"1"`
		if o.mode == ModeOld {
			tag = `"1~new"`
		}

		k := newFacade(t, o)
		k.route.health.failures.Store(healthFailures - 1)

		if got := k.do(t, http.MethodGet, "/api/things/7", http.NoBody, "If-Match", tag); got.StatusCode != http.StatusPreconditionFailed {
			t.Errorf("%s: got %d", o.mode, got.StatusCode)
		}

		k.wantAsked(t, 0, 0)
		k.Close()

		if got := k.route.figures.totals(); got != (sample{}) {
			t.Errorf("%s: %+v", o.mode, got)
		}

		if n := k.route.health.failures.Load(); n != healthFailures-1 {
			t.Errorf("%s: %d failures in a row", o.mode, n)
		}

		if log := k.log.String(); !strings.Contains(log, `"upstream_calls":0`) {
			t.Errorf("%s: the event is %s", o.mode, log)
		}
	}
}
