package serve_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"storefront/internal/problem"
	"storefront/internal/session"
	"storefront/internal/telemetry"
)

var ownID = regexp.MustCompile(`^[A-Z2-7]{26}$`)

func TestRequestID(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		id   string
		kept bool
	}{
		"a plain one":     {"f3c1a0b2-e7d9", true},
		"of signs":        {`!"#$%&'()*+,-./:;<=>?@[\]^_{|}~` + "`", true},
		"one character":   {"~", true},
		"the longest":     {strings.Repeat("a", 128), true},
		"too long":        {strings.Repeat("a", 129), false},
		"none":            {"", false},
		"a space":         {"a b", false},
		"a tab":           {"a\tb", false},
		"a line break":    {"a\r\nb: c", false},
		"a zero":          {"a\x00", false},
		"a delete":        {"a\x7f", false},
		"not ASCII":       {"é", false},
		"not even UTF-8":  {"\xff", false},
		"a space at last": {"a ", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			seen := ""
			p := newPipe(func(w http.ResponseWriter, r *http.Request) {
				seen = telemetry.RecordFrom(r.Context()).RequestID
				problem.Write(w, r, problem.New(http.StatusNotFound, "None."))
			})
			answer := p.ask(t, http.MethodGet, "/", "X-Request-Id", test.id)
			told := answer.header.Get("X-Request-Id")

			if test.kept != (told == test.id) || !test.kept && !ownID.MatchString(told) {
				t.Errorf("it becomes %q", told)
			}

			if logged := p.event(t)["request_id"]; seen != told || logged != told {
				t.Errorf("the answer has %q, the handler %q, the log %q", told, seen, logged)
			}

			if text := answer.text; !strings.Contains(text, `"request_id":"`) {
				t.Errorf("the problem does not say it: %s", text)
			}
		})
	}
}

func TestRequestIDsDiffer(t *testing.T) {
	t.Parallel()

	p := newPipe(func(http.ResponseWriter, *http.Request) {})
	seen := map[string]bool{}

	for range 100 {
		seen[p.ask(t, http.MethodGet, "/").header.Get("X-Request-Id")] = true
	}

	if len(seen) != 100 {
		t.Errorf("%d ids for 100 requests", len(seen))
	}
}

// FuzzRequestID wants what is sent back to be fit for a header and a log.
func FuzzRequestID(f *testing.F) {
	p := newPipe(func(http.ResponseWriter, *http.Request) {})

	for _, seed := range []string{"", "a", "a b", "é", "\xff", "\x7f", strings.Repeat("a", 129)} {
		f.Add(seed)
	}

	visible := regexp.MustCompile(`^[!-~]{1,128}$`)

	f.Fuzz(func(t *testing.T, id string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.Header.Set("X-Request-Id", id)

		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)

		got := w.Header().Get("X-Request-Id")
		if !visible.MatchString(got) || (got == id) != visible.MatchString(id) {
			t.Errorf("%q becomes %q", id, got)
		}
	})
}

func TestWhoIsAsking(t *testing.T) {
	t.Parallel()

	var got []session.Principal

	p := newPipe(func(_ http.ResponseWriter, r *http.Request) { got = append(got, session.From(r.Context())) })
	p.ask(t, http.MethodGet, "/")
	p.ask(t, http.MethodGet, "/", "Authorization", "Bearer alice")
	p.ask(t, http.MethodGet, "/", "Authorization", "Bearer bob")

	if got[0] != "" || got[1] == "" || got[2] == "" || got[1] == got[2] {
		t.Errorf("got %q", got)
	}
}
