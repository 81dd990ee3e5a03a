package config_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/config"
)

// settings has one field for each kind of setting.
type settings struct {
	BFFs      []string
	Addr      string
	Users     *url.URL
	Products  *url.URL
	Orders    []*url.URL
	Budget    time.Duration
	Stale     time.Duration
	Timing    string
	Attempts  int
	CacheSize int
	DataDir   string
}

func declare(lookup func(string) (string, bool)) (*config.Env, *settings) {
	s := new(settings)
	env := config.New("storefront", "Three BFFs in one process.", lookup)
	bffs := []string{"web", "mobile", "tv"}
	env.List(&s.BFFs, "BFF", bffs, bffs, "which BFFs are served")
	env.Addr(&s.Addr, "WEB_ADDR", "127.0.0.1:8080", "where the web BFF listens")
	env.URL(&s.Users, "USER_SERVICE_URL", "base URL of the user service")
	env.OptionalURL(&s.Products, "PRODUCT_SERVICE_URL", "embedded", "base URL of the product service")
	env.OptionalURLs(&s.Orders, "ORDER_SERVICE_URL", "embedded", "base URLs of the order service")
	env.Duration(&s.Budget, "WEB_BUDGET", 2*time.Second,
		config.Between(10*time.Millisecond, time.Minute), "the most time a request may take")
	env.Duration(&s.Stale, "STALE_IF_ERROR", 10*time.Minute,
		config.Between(0, 24*time.Hour), "how long an old answer may stand in")
	env.OneOf(&s.Timing, "SERVER_TIMING", "on", []string{"on", "off"}, "the Server-Timing header")
	env.Int(&s.Attempts, "ATTEMPTS", 3, config.Between(1, 10), "tries of one call | in all")
	env.Bytes(&s.CacheSize, "CACHE_BYTES", 8<<20, config.Between(0, 1<<30), "size of the cache")
	env.Path(&s.DataDir, "DATA_DIR", "a fresh temporary folder", "where data is kept")
	return env, s
}

// environment answers look-ups from a map, in which the one required setting
// has a value unless it is given another.
func environment(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, found := values[name]
		if name == "USER_SERVICE_URL" && !found {
			return "http://users.test", true
		}
		return value, found
	}
}

func parse(values map[string]string, args ...string) (settings, error) {
	env, s := declare(environment(values))
	err := env.Parse(args)
	return *s, err
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func defaults(t *testing.T) settings {
	t.Helper()
	return settings{
		BFFs:      []string{"web", "mobile", "tv"},
		Addr:      "127.0.0.1:8080",
		Users:     mustURL(t, "http://users.test"),
		Budget:    2 * time.Second,
		Stale:     10 * time.Minute,
		Timing:    "on",
		Attempts:  3,
		CacheSize: 8 << 20,
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	empty := map[string]string{
		"BFF": "", "WEB_ADDR": "", "PRODUCT_SERVICE_URL": "", "WEB_BUDGET": "",
		"SERVER_TIMING": "", "ATTEMPTS": "", "CACHE_BYTES": "", "DATA_DIR": "",
	}
	for name, values := range map[string]map[string]string{"not set": nil, "empty": empty} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parse(values)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(defaults(t), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, value string
		change      func(*settings)
	}{
		{"BFF", "tv", func(s *settings) { s.BFFs = []string{"tv"} }},
		{"BFF", "tv, web", func(s *settings) { s.BFFs = []string{"tv", "web"} }},
		{"WEB_ADDR", ":0", func(s *settings) { s.Addr = ":0" }},
		{"WEB_ADDR", "localhost:65535", func(s *settings) { s.Addr = "localhost:65535" }},
		{"WEB_ADDR", "web_1.internal:80", func(s *settings) { s.Addr = "web_1.internal:80" }},
		{"WEB_ADDR", "[::1]:80", func(s *settings) { s.Addr = "[::1]:80" }},
		{"WEB_ADDR", "[fe80::1%eth0]:80", func(s *settings) { s.Addr = "[fe80::1%eth0]:80" }},
		{"USER_SERVICE_URL", "https://h", func(s *settings) { s.Users = mustURL(t, "https://h") }},
		{"ORDER_SERVICE_URL", "http://h:1/,https://i/v1", func(s *settings) { s.Orders = []*url.URL{mustURL(t, "http://h:1"), mustURL(t, "https://i/v1")} }},
		{"PRODUCT_SERVICE_URL", "http://h:1/", func(s *settings) { s.Products = mustURL(t, "http://h:1") }},
		{"PRODUCT_SERVICE_URL", "http://h/api/v1//", func(s *settings) { s.Products = mustURL(t, "http://h/api/v1") }},
		{"PRODUCT_SERVICE_URL", "HTTP://[::1]:8080/a%2F/", func(s *settings) { s.Products = mustURL(t, "http://[::1]:8080/a%2F") }},
		{"PRODUCT_SERVICE_URL", "http://[::1]", func(s *settings) { s.Products = mustURL(t, "http://[::1]") }},
		{"WEB_BUDGET", "10ms", func(s *settings) { s.Budget = 10 * time.Millisecond }},
		{"WEB_BUDGET", "1m", func(s *settings) { s.Budget = time.Minute }},
		{"STALE_IF_ERROR", "0", func(s *settings) { s.Stale = 0 }},
		{"STALE_IF_ERROR", "0s", func(s *settings) { s.Stale = 0 }},
		{"STALE_IF_ERROR", "1h30m", func(s *settings) { s.Stale = 90 * time.Minute }},
		{"SERVER_TIMING", "off", func(s *settings) { s.Timing = "off" }},
		{"ATTEMPTS", "10", func(s *settings) { s.Attempts = 10 }},
		{"CACHE_BYTES", "8388608", func(s *settings) { s.CacheSize = 8 << 20 }},
		{"CACHE_BYTES", "8MiB", func(s *settings) { s.CacheSize = 8 << 20 }},
		{"CACHE_BYTES", "8MB", func(s *settings) { s.CacheSize = 8e6 }},
		{"CACHE_BYTES", "2KiB", func(s *settings) { s.CacheSize = 2048 }},
		{"CACHE_BYTES", "2KB", func(s *settings) { s.CacheSize = 2000 }},
		{"CACHE_BYTES", "1GiB", func(s *settings) { s.CacheSize = 1 << 30 }},
		{"CACHE_BYTES", "1GB", func(s *settings) { s.CacheSize = 1e9 }},
		{"CACHE_BYTES", "7B", func(s *settings) { s.CacheSize = 7 }},
		{"CACHE_BYTES", "0", func(s *settings) { s.CacheSize = 0 }},
		{"DATA_DIR", "./data/", func(s *settings) { s.DataDir = "data" }},
	}
	for _, test := range tests {
		t.Run(test.name+"="+test.value, func(t *testing.T) {
			t.Parallel()
			want := defaults(t)
			test.change(&want)
			got, err := parse(map[string]string{test.name: test.value})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	for _, arg := range []string{"-h", "-help", "--help"} {
		// Help has to work where the settings are wrong.
		if _, err := parse(map[string]string{"BFF": "phone"}, arg); !errors.Is(err, config.ErrHelp) {
			t.Errorf("%s: got %v, want ErrHelp", arg, err)
		}
	}
	_, err := parse(nil, "serve\nall", "-h")
	want := `storefront takes no argument "serve\nall": settings come from the environment, -help lists them`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestMistakesInDeclarations(t *testing.T) {
	t.Parallel()
	var n int
	tests := map[string]struct {
		declare func(*config.Env)
		want    string
	}{
		"same name twice": {
			func(env *config.Env) {
				env.Int(&n, "N", 1, config.Between(1, 2), "a number")
				env.Int(&n, "N", 1, config.Between(1, 2), "a number")
			},
			"config: N is declared twice",
		},
		"default outside the bounds": {
			func(env *config.Env) { env.Int(&n, "N", 3, config.Between(1, 2), "a number") },
			`config: the default of N is "3" but must be a whole number between 1 and 2`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if got := recover(); got != test.want {
					t.Errorf("got %v, want a panic with %s", got, test.want)
				}
			}()
			test.declare(config.New("p", "A program.", environment(nil)))
		})
	}
}

func FuzzParse(f *testing.F) {
	names := []string{
		"BFF", "WEB_ADDR", "USER_SERVICE_URL", "PRODUCT_SERVICE_URL", "WEB_BUDGET",
		"STALE_IF_ERROR", "SERVER_TIMING", "ATTEMPTS", "CACHE_BYTES", "DATA_DIR",
	}
	for i, value := range []string{
		"web,,tv", "[::1:80", "http://u:p@h\n", "http://h:99999/a?b#c", "-1ms", "9999999h", "ON", "1e1", "99999999999GiB", "a\x00b",
	} {
		f.Add(i, value)
	}
	f.Fuzz(func(t *testing.T, i int, value string) {
		name := names[uint(i)%uint(len(names))]
		_, err := parse(map[string]string{name: value})
		if err == nil {
			return
		}
		line := err.Error()
		if strings.ContainsAny(line, "\n\r") || !strings.HasPrefix(line, name) || len(line) > 2000 {
			t.Errorf("not one short line that starts with %s: %q", name, line)
		}
	})
}
