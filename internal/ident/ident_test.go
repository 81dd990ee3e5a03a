package ident_test

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"storefront/internal/ident"
)

func TestValid(t *testing.T) {
	t.Parallel()

	tests := map[string]bool{
		"user_1":                               true,
		"7":                                    true,
		"_":                                    true,
		"a.b~c:d@e+f=g-h":                      true,
		"f81d4fae-7dec-11d0-a765-00a0c91e6bf6": true,
		strings.Repeat("a", ident.MaxLength):   true,
		strings.Repeat("a", ident.MaxLength+1): false,
		"":                                     false,
		".":                                    false,
		"..":                                   false,
		"-1":                                   false,
		"~root":                                false,
		"=a":                                   false,
		"a/b":                                  false,
		`a\b`:                                  false,
		"a%2fb":                                false,
		"a?b":                                  false,
		"a#b":                                  false,
		"a&limit=9":                            false,
		"a,b":                                  false,
		"a b":                                  false,
		"a;b":                                  false,
		"a\n":                                  false,
		"\na":                                  false,
		"a\x00":                                false,
		"é":                                    false,
		"а":                                    false, // Cyrillic
		"<script>":                             false,
		"a'b":                                  false,
		`a"b`:                                  false,
		"${jndi:ldap}":                         false,
		"a" + strings.Repeat("é", 10) + "\xff\xfe": false,
	}
	for id, want := range tests {
		if got := ident.Valid(id); got != want {
			t.Errorf("%q: got %t", id, got)
		}
	}
}

// FuzzValid holds every identifier that is let through against what it becomes:
// one segment of a path, and one value of a query.
func FuzzValid(f *testing.F) {
	for _, seed := range []string{"user_1", "..", "a/b", "a%2e", "a&b=c", "a,b", "a+b", "\xff", "a\n"} {
		f.Add(seed)
	}

	f.Fuzz(func(t *testing.T, id string) {
		if !ident.Valid(id) {
			return
		}

		if len(id) > ident.MaxLength {
			t.Errorf("%d bytes are let through", len(id))
		}

		if asPath := "/users/" + url.PathEscape(id); path.Clean(asPath) != asPath || strings.Count(asPath, "/") != 2 {
			t.Errorf("%q is another path: %s", id, asPath)
		}

		query, err := url.ParseQuery("user_id=" + url.QueryEscape(id) + "&limit=1")
		if err != nil || len(query) != 2 || query.Get("user_id") != id {
			t.Errorf("%q is another query: %v, %v", id, query, err)
		}
	})
}
