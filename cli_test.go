package main

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"storefront/internal/serve"
	"storefront/upstream/upstreamtest"
)

// run runs the program until it ends by itself, as -help and mistakes make it.
func run(s settings, args ...string) (code int, stdout, stderr string) {
	var out, log bytes.Buffer

	code = serve.Run(context.Background(), program(), serve.World{Args: args, Lookup: lookup(s), Stdout: &out, Stderr: &log})

	return code, out.String(), log.String()
}

func TestHelp(t *testing.T) {
	t.Parallel()

	for _, arg := range []string{"-h", "-help", "--help"} {
		code, stdout, stderr := run(settings{"WEB_BUDGET": "nonsense"}, arg)
		if code != serve.ExitOK || stderr != "" {
			t.Errorf("%s: exit code %d, %s", arg, code, stderr)
		}

		// Every setting of the contract, its default and its meaning.
		for name, fallback := range map[string]string{
			"BFF": "web,mobile,tv", "WEB_ADDR": "127.0.0.1:8080", "MOBILE_ADDR": "127.0.0.1:8081", "TV_ADDR": "127.0.0.1:8082", "OPS_ADDR": "127.0.0.1:9090",
			"USER_SERVICE_URL": "embedded", "PRODUCT_SERVICE_URL": "embedded", "ORDER_SERVICE_URL": "embedded",
			"WEB_BUDGET": "2s", "MOBILE_BUDGET": "1s", "TV_BUDGET": "1s", "STALE_IF_ERROR": "10m", "MAX_UPSTREAM_CALLS": "32", "DATA_DIR": "a fresh temporary folder", "SERVER_TIMING": "on",
		} {
			if !regexp.MustCompile(`(?m)^` + name + ` +` + regexp.QuoteMeta(fallback) + ` +\S.{10,}$`).MatchString(stdout) {
				t.Errorf("%s: no %s with default %s and meaning in\n%s", arg, name, fallback, stdout)
			}
		}
	}
}

// A value that is not allowed stops the start with one line that names the
// variable, the value and what is allowed.
func TestMalformedSettings(t *testing.T) {
	t.Parallel()

	tests := []struct{ name, value, allowed string }{
		{"BFF", "web,phone", "web, mobile, tv"},
		{"BFF", ",", "web, mobile, tv"},
		{"BFF", "web,web", "each once"},
		{"WEB_ADDR", "8080", "host:port"},
		{"MOBILE_ADDR", "127.0.0.1:99999", "0 to 65535"},
		{"TV_ADDR", "127.0.0.1:http", "host:port"},
		{"OPS_ADDR", "http://127.0.0.1:9090", "host:port"},
		{"USER_SERVICE_URL", "127.0.0.1:7001", "http"},
		{"PRODUCT_SERVICE_URL", "ftp://127.0.0.1", "http"},
		{"ORDER_SERVICE_URL", "http://a/?b=c", "query"},
		{"WEB_BUDGET", "2", "500ms"},
		{"MOBILE_BUDGET", "0s", "between 1ms and 10m"},
		{"TV_BUDGET", "-1s", "between 1ms and 10m"},
		{"STALE_IF_ERROR", "forever", "168h"},
		{"WEB_MAX_AGE", "1y", "24h"},
		{"SERVER_TIMING", "yes", "on, off"},
		{"LOG_LEVEL", "loud", "debug, info, warn, error"},
		{"LOG_FORMAT", "xml", "auto, json, text"},
		{"DRAIN_GRACE", "1h", "1m"},
		{"STALE_BYTES", "1", "64KiB"},
		{"DATA_DIR", "a\nb", "control"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "http"},
	}
	for _, test := range tests {
		code, stdout, stderr := run(settings{test.name: test.value})
		if code != serve.ExitUsage || stdout != "" {
			t.Errorf("%s=%s: exit code %d, %s", test.name, test.value, code, stdout)
		}

		value := strings.ReplaceAll(test.value, "\n", `\n`)
		if strings.Count(stderr, "\n") != 1 || !strings.HasSuffix(stderr, "\n") ||
			!strings.HasPrefix(stderr, test.name+"=") || !strings.Contains(stderr, value) || !strings.Contains(stderr, test.allowed) {
			t.Errorf("%s=%q: want one line with %q, got %q", test.name, test.value, test.allowed, stderr)
		}
	}
}

func TestArgumentsAreRefused(t *testing.T) {
	t.Parallel()

	code, _, stderr := run(nil, "serve")
	if code != serve.ExitUsage || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, `"serve"`) || !strings.Contains(stderr, "-help") {
		t.Errorf("exit code %d, %q", code, stderr)
	}
}

// A program does not start where one of its pages could ask for more than it may.
func TestPagesWithinTheBoundOfCalls(t *testing.T) {
	t.Parallel()

	for _, test := range []struct{ bff, most, want string }{
		{"mobile", "1", "must be at least 3, since GET /api/dashboard/{user_id}"},
		{"web", "1", "must be at least 4, since document Dashboard"},
		{"web", "3", "must be at least 4, since document Dashboard"},
		{"tv", "1", ""},
	} {
		ctx, cancel := context.WithCancel(t.Context())

		var stdout, stderr bytes.Buffer

		set := anyPort().with(of(upstreamtest.NewTCP(t))).with(settings{"BFF": test.bff, "MAX_UPSTREAM_CALLS": test.most})
		code := serve.Run(ctx, program(), serve.World{
			Lookup: lookup(set), Stdout: &stdout, Stderr: &stderr, Ready: func(map[string]string) { cancel() },
		})

		cancel()

		if refused := code == serve.ExitFailure; refused != (test.want != "") || refused && strings.Count(stderr.String(), "\n") != 1 || !strings.Contains(stderr.String(), test.want) {
			t.Errorf("%+v: exit code %d, %s", test, code, stderr.String())
		}
	}
}

// Who is asked to stop while starting stops, and leaves nothing behind.
func TestStopWhileStarting(t *testing.T) {
	t.Parallel()

	set := anyPort().with(of(upstreamtest.NewTCP(t)))
	delete(set, "USER_SERVICE_URL")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	var stdout, stderr bytes.Buffer

	code := serve.Run(ctx, program(), serve.World{Lookup: lookup(set), Stdout: &stdout, Stderr: &stderr})
	if code != serve.ExitOK {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}

// A port that is taken stops the start with one line; what was opened before is
// closed.
func TestPortTaken(t *testing.T) {
	t.Parallel()

	shop := upstreamtest.NewTCP(t)
	taken := strings.TrimPrefix(shop.URL(upstreamtest.User), "http://")

	for _, name := range []string{"WEB_ADDR", "MOBILE_ADDR", "TV_ADDR", "OPS_ADDR"} {
		code, stdout, stderr := run(anyPort().with(of(shop)).with(settings{name: taken}))
		if code != serve.ExitFailure || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, taken) {
			t.Errorf("%s: exit code %d, %q", name, code, stderr)
		}
	}
}

// README.md shows the very settings that the program reads; -update writes them.
func TestReadmeListsTheSettings(t *testing.T) { //nolint:paralleltest // It may write README.md.
	var table bytes.Buffer
	if err := serve.Settings(program()).Markdown(&table); err != nil {
		t.Fatal(err)
	}

	checkReadme(t, "settings", table.String())
}

// README.md shows the very presets that there are, likewise.
func TestReadmeListsThePresets(t *testing.T) { //nolint:paralleltest // It may write README.md.
	var table strings.Builder

	table.WriteString("| preset | what the service does, and what a page looks like |\n| --- | --- |\n")

	for _, name := range upstreamtest.Presets() {
		table.WriteString("| `" + name + "` | " + upstreamtest.AboutPreset(name) + " |\n")
	}

	checkReadme(t, "presets", table.String())
}

// checkReadme holds what stands between two marks in README.md against what it
// should be, or writes it.
func checkReadme(t *testing.T, what, want string) {
	t.Helper()

	begin, end := "<!-- "+what+" -->\n", "<!-- /"+what+" -->"

	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}

	before, rest, hasBegin := strings.Cut(string(readme), begin)
	written, after, hasEnd := strings.Cut(rest, end)

	if !hasBegin || !hasEnd {
		t.Fatalf("README.md has no lines %q and %q", begin, end)
	}

	if *update {
		written = want
		if err = os.WriteFile("README.md", []byte(before+begin+written+end+after), 0o644); err != nil { //nolint:gosec // It is to be read.
			t.Fatal(err)
		}
	}

	if written != want {
		t.Errorf("the %s in README.md are\n%s\nwant\n%s(`go test . -update` writes them)", what, written, want)
	}
}
