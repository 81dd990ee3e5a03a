package strangler

import (
	"net/http"
	"strings"
	"testing"
)

// TestPersonalAnswers of a route that is divided by user are for no shared cache,
// whichever side they are of.
func TestPersonalAnswers(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		said, vary     []string
		want, wantVary string
	}{
		"nothing":           {want: "private", wantVary: "Authorization"},
		"public":            {said: []string{"public, max-age=60, s-maxage=600"}, want: "max-age=60, private", wantVary: "Authorization"},
		"in two lines":      {said: []string{"PUBLIC", `S-MaxAge="600" , max-age=60`}, want: "max-age=60, private", wantVary: "Authorization"},
		"no word of it":     {said: []string{"max-age=60"}, want: "max-age=60, private", wantVary: "Authorization"},
		"private":           {said: []string{"private, max-age=60"}, want: "max-age=60, private", wantVary: "Authorization"},
		"some fields":       {said: []string{`private="set-cookie, x", max-age=60`}, want: "max-age=60, private", wantVary: "Authorization"},
		"commas in quotes":  {said: []string{`ext="public, a", no-cache`}, want: `ext="public, a", no-cache, private`, wantVary: "Authorization"},
		"not at all":        {said: []string{"no-store, max-age=0"}, want: "no-store, max-age=0", wantVary: "Authorization"},
		"varies":            {vary: []string{"Accept", "Origin"}, want: "private", wantVary: "Accept|Origin|Authorization"},
		"varies by who":     {vary: []string{"Accept, authorization"}, want: "private", wantVary: "Accept, authorization"},
		"varies altogether": {vary: []string{"*"}, want: "private", wantVary: "*"},
	} {
		for _, mode := range []Mode{ModePercent, ModeOld, ModeNew} {
			answers := func(w http.ResponseWriter, _ *http.Request) {
				h := w.Header()
				h["Cdn-Cache-Control"], h["Surrogate-Control"] = []string{"max-age=600"}, []string{"max-age=600"}

				if test.said != nil {
					h["Cache-Control"] = test.said
				}

				if test.vary != nil {
					h["Vary"] = test.vary
				}
			}
			h := newFacade(t, facadeOptions{mode: mode, old: answers, new: answers}).do(t, http.MethodGet, "/api/things/7", http.NoBody).Header

			want, wantVary, shared := test.want, test.wantVary, ""
			if mode != ModePercent {
				want, wantVary, shared = strings.Join(test.said, "|"), strings.Join(test.vary, "|"), "max-age=600"
			}

			if got, vary := strings.Join(h["Cache-Control"], "|"), strings.Join(h["Vary"], "|"); got != want || vary != wantVary {
				t.Errorf("%s, %s: got %q and %q, want %q and %q", name, mode, got, vary, want, wantVary)
			}

			if h.Get("CDN-Cache-Control") != shared || h.Get("Surrogate-Control") != shared {
				t.Errorf("%s, %s: for shared caches: %v", name, mode, h)
			}
		}
	}
}

// TestPersonalAnswersOfTheOldSide are kept from shared caches as well.
func TestPersonalAnswersOfTheOldSide(t *testing.T) {
	t.Parallel()

	k := newFacade(t, facadeOptions{mode: ModePercent, fallback: true, new: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, old: sayJSON("{}")})
	if got := k.do(t, http.MethodGet, "/api/things/7", http.NoBody).Header.Get("Cache-Control"); got != "private" {
		t.Errorf("got %q", got)
	}
}
