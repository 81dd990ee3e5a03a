package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const help = `storefront: Three BFFs in one process.

Settings come from the environment; an empty value counts as not set.

VARIABLE             DEFAULT                   MEANING
BFF                  web,mobile,tv             which BFFs are served (one or more of web, mobile, tv, each once, separated by commas)
WEB_ADDR             127.0.0.1:8080            where the web BFF listens (host:port with a port from 0 to 65535)
USER_SERVICE_URL     required                  base URL of the user service (an absolute http or https URL without user info, query or fragment)
PRODUCT_SERVICE_URL  embedded                  base URL of the product service (an absolute http or https URL without user info, query or fragment)
ORDER_SERVICE_URL    embedded                  base URLs of the order service (an absolute http or https URL without user info, query or fragment, or up to 64 of them, separated by commas)
WEB_BUDGET           2s                        the most time a request may take (a duration such as 500ms or 2s, between 10ms and 1m)
STALE_IF_ERROR       10m                       how long an old answer may stand in (a duration such as 500ms or 2s, between 0s and 24h)
SERVER_TIMING        on                        the Server-Timing header (one of on, off)
ATTEMPTS             3                         tries of one call | in all (a whole number between 1 and 10)
CACHE_BYTES          8MiB                      size of the cache (a size such as 8388608, 8MiB or 8MB, between 0 and 1GiB)
DATA_DIR             a fresh temporary folder  where data is kept (a path of at most 4096 bytes without control characters)
`

func TestPrintHelp(t *testing.T) {
	t.Parallel()
	env, _ := declare(environment(nil))
	var got strings.Builder
	if err := env.PrintHelp(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(help, got.String()); diff != "" {
		t.Error(diff)
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	env, _ := declare(environment(nil))
	var got strings.Builder
	if err := env.Markdown(&got); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(got.String(), "\n")
	want := map[int]string{
		0:  "| variable | default | meaning |",
		1:  "| --- | --- | --- |",
		2:  "| `BFF` | `web,mobile,tv` | which BFFs are served (one or more of web, mobile, tv, each once, separated by commas) |",
		5:  "| `PRODUCT_SERVICE_URL` | embedded | base URL of the product service (an absolute http or https URL without user info, query or fragment) |",
		6:  "| `ORDER_SERVICE_URL` | embedded | base URLs of the order service (an absolute http or https URL without user info, query or fragment, or up to 64 of them, separated by commas) |",
		10: "| `ATTEMPTS` | `3` | tries of one call \\| in all (a whole number between 1 and 10) |",
		13: "",
	}
	for i, line := range want {
		if i >= len(lines) || lines[i] != line {
			t.Errorf("line %d is not %q in\n%s", i, line, got.String())
		}
	}
}

type brokenWriter struct{}

var errBroken = errors.New("broken pipe")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestTablesReportWriteErrors(t *testing.T) {
	t.Parallel()
	env, _ := declare(environment(nil))
	if err := env.PrintHelp(brokenWriter{}); !errors.Is(err, errBroken) {
		t.Errorf("PrintHelp: got %v", err)
	}
	if err := env.Markdown(brokenWriter{}); !errors.Is(err, errBroken) {
		t.Errorf("Markdown: got %v", err)
	}
}
