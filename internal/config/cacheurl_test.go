package config_test

import (
	"net/url"
	"strings"
	"testing"

	"storefront/internal/config"
)

func parseCacheURL(value string) (*url.URL, error) {
	var u *url.URL
	env := config.New("p", "A program.", func(string) (string, bool) { return value, true })
	env.OptionalCacheURL(&u, "CACHE_URL", "none", "where things are kept")
	return u, env.Parse(nil)
}

func TestCacheURL(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"redis://h", "redis://h:6380", "redis://h/", "redis://h/15", "rediss://u:p%40ss@h:1/0", "redis://:p@h", "valkey://[::1]:6379", "valkeys://h",
	} {
		if got, err := parseCacheURL(good); err != nil || got.String() != good {
			t.Errorf("%s: got %v, %v", good, got, err)
		}
	}
	if got, err := parseCacheURL(""); got != nil || err != nil {
		t.Errorf("not set: got %v, %v", got, err)
	}
}

// What is shown of a wrong value holds no secret, wherever in it that stands.
func TestCacheURLErrors(t *testing.T) {
	t.Parallel()
	for bad, shown := range map[string]string{ //nolint:gosec // None of these opens anything.
		"h:6379":                      "xxxxx",
		"secret@h":                    "xxxxx",
		"http://h":                    "http://xxxxx",
		"redis://":                    "redis://xxxxx",
		"redis://h/a":                 "redis://xxxxx",
		"redis://h/1/2":               "redis://xxxxx",
		"redis://h/-1":                "redis://xxxxx",
		"redis://:secret":             "redis://xxxxx",
		"redis://h?password=secret":   "redis://xxxxx",
		"redis://u:sec/ret@h:6379/a":  "redis://xxxxx@h:6379/…",
		"redis://u:se%cret@h":         "redis://xxxxx@h",
		"redis://u:secret@h:99999":    "redis://xxxxx@h:99999",
		"redis://u:secret@h?a=secret": "redis://xxxxx@h/…",
		"redis:u:secret@h":            "xxxxx",
		"u:secret://x@h":              "xxxxx",
	} {
		_, err := parseCacheURL(bad)
		if want := `CACHE_URL="` + shown + `": must be redis://`; err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v", bad, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
