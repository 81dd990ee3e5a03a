package rest_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/fresh"
)

// tagOf gives the validator of the page that screen makes.
func tagOf(t *testing.T, screen compose) string {
	t.Helper()

	return get(t, newAPI(screen), "/api/shelf/user_1").Header.Get("ETag")
}

func TestETagIsOfTheContent(t *testing.T) {
	t.Parallel()

	tag := tagOf(t, whole)
	if !regexp.MustCompile(`^"[A-Za-z0-9_-]{22}"$`).MatchString(tag) {
		t.Errorf("not a strong one: %s", tag)
	}

	if again := tagOf(t, whole); again != tag {
		t.Errorf("the same content is %s and %s", tag, again)
	}

	other := tagOf(t, func(context.Context, shelfInput) (shelfView, fanout.Report, error) {
		view := wholeShelf()
		view.Books[0].Price = "999.9" // the same number, other digits

		return view, nil, nil
	})
	if other == tag {
		t.Errorf("other content is %s too", tag)
	}
}

func TestIfNoneMatch(t *testing.T) {
	t.Parallel()

	tag := tagOf(t, whole)
	tests := map[string]struct {
		header string
		match  bool
	}{
		"the same":              {tag, true},
		"weak":                  {"W/" + tag, true}, // RFC 9110, 13.1.2: the comparison is the weak one
		"any":                   {" * ", true},
		"one of several":        {`"other", ` + tag, true},
		"one of several, tight": {`"other",W/` + tag + `,"more"`, true},
		"another":               {`"other"`, false},
		"none":                  {"", false},
		"without quotes":        {strings.Trim(tag, `"`), false},
		"a part of it":          {tag[:10] + `"`, false},
		"more than it":          {strings.TrimSuffix(tag, `"`) + `x"`, false},
		"any among others":      {`*, "other"`, false},
		"weak in small":         {"w/" + tag, false},
		"commas alone":          {",,,", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			r := newRequest(t, http.MethodGet, "/api/shelf/user_1")
			r.Header.Set("If-None-Match", test.header)

			answer := ask(t, newAPI(whole), r)
			text := body(t, answer)

			if !test.match {
				if answer.StatusCode != http.StatusOK || text != wholeBody {
					t.Errorf("got %d, %s", answer.StatusCode, text)
				}

				return
			}

			if answer.StatusCode != http.StatusNotModified || text != "" {
				t.Errorf("got %d, %s", answer.StatusCode, text)
			}

			wantHeaders(t, answer, map[string]string{
				"ETag": tag, "Cache-Control": "private, max-age=30", "Vary": "Authorization", "Content-Type": "",
			})
		})
	}
}

// TestDegradedPageIsNotKept, though the client has the same.
func TestDegradedPageIsNotKept(t *testing.T) {
	t.Parallel()

	degraded := func(context.Context, shelfInput) (shelfView, fanout.Report, error) {
		return wholeShelf(), fanout.Report{{Section: "books", Status: fresh.Status{State: fresh.Omitted, Reason: fault.Timeout}}}, nil
	}
	r := newRequest(t, http.MethodGet, "/api/shelf/user_1")
	r.Header.Set("If-None-Match", tagOf(t, degraded))

	answer := ask(t, newAPI(degraded), r)
	wantHeaders(t, answer, map[string]string{"Cache-Control": "no-store"})

	if answer.StatusCode != http.StatusNotModified {
		t.Errorf("got %d", answer.StatusCode)
	}
}

// FuzzIfNoneMatch wants no header to end the process, and none that does not
// hold the validator to stand for it.
func FuzzIfNoneMatch(f *testing.F) {
	handler := newAPI(whole)

	for _, seed := range []string{"", "*", `"a"`, `W/"a", "b"`, `",`, "\x00", `W/*`} {
		f.Add(seed)
	}

	f.Fuzz(func(t *testing.T, header string) {
		tag := get(t, handler, "/api/shelf/user_1").Header.Get("ETag")

		for _, header := range []string{header, header + "," + tag, header + tag} {
			r := newRequest(t, http.MethodGet, "/api/shelf/user_1")
			r.Header.Set("If-None-Match", header)

			status := ask(t, handler, r).StatusCode
			held := strings.Contains(header, tag) || strings.TrimSpace(header) == "*"

			if status != http.StatusOK && (status != http.StatusNotModified || !held) {
				t.Errorf("%q: %d", header, status)
			}
		}
	})
}
