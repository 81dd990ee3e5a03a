package session_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"storefront/internal/session"
)

func principal(t *testing.T, credentials ...string) session.Principal {
	t.Helper()

	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	for _, c := range credentials {
		r.Header.Add("Authorization", c)
	}

	return session.FromRequest(r)
}

// TestPrincipalsAreApart is what keeps one client's answers from another: any
// two of these must not share.
func TestPrincipalsAreApart(t *testing.T) {
	t.Parallel()

	seen := map[session.Principal][]string{}

	for _, credentials := range [][]string{
		nil,
		{""},
		{"", ""},
		{"Bearer alice"},
		{"bearer alice"},
		{"Bearer alice "},
		{"Bearer bob"},
		{"Bearer alice", "Bearer bob"},
		{"Bearer aliceBearer bob"},
		{"Bearer alice", ""},
	} {
		p := principal(t, credentials...)
		if other, found := seen[p]; found {
			t.Errorf("%q and %q are one principal", other, credentials)
		}

		seen[p] = credentials

		if p != principal(t, credentials...) {
			t.Errorf("%q: another principal each time", credentials)
		}

		if strings.Contains(string(p), "alice") {
			t.Errorf("%q holds a credential", p)
		}
	}

	if p := principal(t); p != "" {
		t.Errorf("without credentials the principal is %q", p)
	}
}

// TestAbout: a request is about the first who is named, whoever asks.
func TestAbout(t *testing.T) {
	t.Parallel()

	if user := session.Whom(t.Context()); user != "" {
		t.Errorf("nobody is named, and it is about %q", user)
	}

	ctx := session.With(session.About(session.About(t.Context(), ""), "ann"), "bob")
	if user := session.Whom(session.About(session.About(ctx, "carol"), "")); user != "ann" {
		t.Errorf("it is about %q", user)
	}
}

func TestContext(t *testing.T) {
	t.Parallel()

	if p := session.From(t.Context()); p != "" {
		t.Errorf("nobody said who asks, and it is %q", p)
	}

	ctx := session.With(t.Context(), "alice")
	if p := session.From(ctx); p != "alice" {
		t.Errorf("got %q", p)
	}

	if p := session.From(session.With(ctx, "")); p != "" {
		t.Errorf("made anonymous again, and it is %q", p)
	}
}
