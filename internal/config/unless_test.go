package config_test

import (
	"net/url"
	"strings"
	"testing"

	"storefront/internal/config"
)

func TestURLsUnless(t *testing.T) {
	t.Parallel()
	const (
		kind = "an absolute http or https URL without user info, query or fragment, or up to 64 of them, separated by commas"
		need = "CARTS_URL is not set: must be " + kind
	)
	one, two := []string{"OLD_URL"}, []string{"OLD_URL", "ROUTES"}
	tests := map[string]struct {
		unless []string
		values map[string]string
		want   int // URLs
		wrong  string
	}{
		"set":                  {two, map[string]string{"CARTS_URL": "http://a.test,http://b.test"}, 2, ""},
		"set beside others":    {two, map[string]string{"CARTS_URL": "http://a.test", "OLD_URL": "x", "ROUTES": "y"}, 1, ""},
		"none is set":          {two, nil, 0, need + ", unless OLD_URL and ROUTES are set"},
		"one of two":           {two, map[string]string{"OLD_URL": "x"}, 0, need + ", unless OLD_URL and ROUTES are set"},
		"the other one":        {two, map[string]string{"OLD_URL": "", "ROUTES": "y"}, 0, need + ", unless OLD_URL and ROUTES are set"},
		"both":                 {two, map[string]string{"OLD_URL": "x", "ROUTES": "y"}, 0, ""},
		"one alone":            {one, map[string]string{"OLD_URL": "x"}, 0, ""},
		"one alone is not set": {one, nil, 0, need + ", unless OLD_URL is set"},
		"no exception":         {nil, map[string]string{"OLD_URL": "x"}, 0, need},
		"wrong":                {two, map[string]string{"CARTS_URL": "a.test", "OLD_URL": "x", "ROUTES": "y"}, 0, `CARTS_URL="a.test": must be ` + kind},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var urls []*url.URL
			env := config.New("p", "A program.", func(name string) (string, bool) { value, found := test.values[name]; return value, found })
			env.URLsUnless(&urls, "CARTS_URL", "where carts are", test.unless...)
			switch err := env.Parse(nil); {
			case test.wrong != "":
				if err == nil || err.Error() != test.wrong {
					t.Errorf("got %v, want %s", err, test.wrong)
				}
			case err != nil || len(urls) != test.want:
				t.Errorf("got %v, %v", urls, err)
			}
		})
	}
}

func TestURLsUnlessInTables(t *testing.T) {
	t.Parallel()
	var (
		urls           []*url.URL
		help, markdown strings.Builder
	)
	env := config.New("p", "A program.", func(string) (string, bool) { return "", false })
	env.URLsUnless(&urls, "CARTS_URL", "where carts are", "OLD_URL", "ROUTES")
	if err := env.PrintHelp(&help); err != nil || !strings.Contains(help.String(), "\nCARTS_URL  required, unless OLD_URL and ROUTES are set  where carts are (an absolute") {
		t.Errorf("%v, %s", err, &help)
	}
	if err := env.Markdown(&markdown); err != nil || !strings.Contains(markdown.String(), "| `CARTS_URL` | required, unless OLD_URL and ROUTES are set | where carts are (an absolute") {
		t.Errorf("%v, %s", err, &markdown)
	}
}

func TestRequiredPath(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ value, want, wrong string }{
		"set":     {"routes/./a.yaml", "routes/a.yaml", ""},
		"not set": {"", "", "ROUTES is not set: must be a path of at most 4096 bytes without control characters"},
		"wrong":   {"a\nb", "", `ROUTES="a\nb": must be a path of at most 4096 bytes without control characters`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var path string
			env := config.New("p", "A program.", func(string) (string, bool) { return test.value, true })
			env.RequiredPath(&path, "ROUTES", "where routes are")
			switch err := env.Parse(nil); {
			case test.wrong != "":
				if err == nil || err.Error() != test.wrong {
					t.Errorf("got %v, want %s", err, test.wrong)
				}
			case err != nil || path != test.want:
				t.Errorf("got %q, %v", path, err)
			}
		})
	}
}
