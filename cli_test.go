package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
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
			"WEB_BUDGET": "2s", "MOBILE_BUDGET": "1s", "TV_BUDGET": "1s", "STALE_IF_ERROR": "10m", "DATA_DIR": "a fresh temporary folder", "SERVER_TIMING": "on",
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

// own is the program as a process of its own.
type own struct {
	command *exec.Cmd
	urls    map[string]string
	log     output
}

var tableLine = regexp.MustCompile(`^  (\S.*?)  +(http://\S+)`)

// startOwn starts the program as a process of its own and waits until it takes
// traffic.
func startOwn(t *testing.T, s settings) *own {
	t.Helper()

	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}

	p := &own{command: exec.CommandContext(t.Context(), self), urls: map[string]string{}} //nolint:gosec // This very binary.
	p.command.Env = []string{asProgram + "=1", "GOCOVERDIR=" + t.TempDir()}
	p.command.Stderr = &p.log

	for name, value := range anyPort().with(s) {
		p.command.Env = append(p.command.Env, name+"="+value)
	}

	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}

	if err = p.command.Start(); err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = p.command.Process.Kill() }) // It has ended, unless the test failed.

	for lines := bufio.NewScanner(stdout); len(p.urls) < tableLines(s) && lines.Scan(); {
		if found := tableLine.FindStringSubmatch(lines.Text()); found != nil {
			p.urls[found[1]] = found[2]
		}
	}

	if p.urls["ops"] == "" {
		t.Fatalf("it did not start: %v %s", p.command.Wait(), p.log.String())
	}

	return p
}

// tableLines is how many servers a process with these settings has.
func tableLines(s settings) int {
	const own, services = 4, 3

	lines := own + services
	for name := range s {
		if strings.HasSuffix(name, "_SERVICE_URL") {
			lines--
		}
	}

	return lines
}

// get asks the process for a path.
func (p *own) get(t *testing.T, server, path string) string {
	t.Helper()

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.urls[server]+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}

	body, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}

	return string(body)
}

// end sends a signal and returns the exit code.
func (p *own) end(t *testing.T, signal os.Signal) int {
	t.Helper()

	if err := p.command.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}

	if err := p.command.Wait(); err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || !exit.Exited() {
			t.Fatalf("%v\n%s", err, p.log.String())
		}
	}

	return p.command.ProcessState.ExitCode()
}

// SIGTERM and SIGINT end a real process with exit code 0, and the temporary data
// folder goes with it.
func TestSignals(t *testing.T) {
	t.Parallel()

	shop := upstreamtest.NewTCP(t)

	for name, signal := range map[string]os.Signal{"SIGTERM": syscall.SIGTERM, "SIGINT": os.Interrupt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			temporary := t.TempDir()
			set := of(shop).with(settings{"TMPDIR": temporary})
			delete(set, "USER_SERVICE_URL")

			p := startOwn(t, set)

			if body := p.get(t, "mobile", "/api/dashboard/user_1"); !strings.Contains(body, "John Doe") {
				t.Errorf("no John Doe in %s", body)
			}

			if entries(t, temporary) == 0 {
				t.Error("the data is not in the temporary folder")
			}

			if code := p.end(t, signal); code != serve.ExitOK {
				t.Errorf("exit code %d: %s", code, p.log.String())
			}

			if entries(t, temporary) != 0 {
				t.Error("the data folder is still there")
			}
		})
	}
}

func entries(t *testing.T, dir string) int {
	t.Helper()

	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}

	return len(list)
}

// A second signal does not wait for anything.
func TestSecondSignal(t *testing.T) {
	t.Parallel()

	p := startOwn(t, of(upstreamtest.NewTCP(t)).with(settings{"DRAIN_GRACE": "1m"}))

	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}

	waitForText(t, &p.log, "draining")

	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}

	if err := p.command.Wait(); err == nil {
		t.Error("it ended well")
	}
}

// With a collector set, each request, each upstream call and each GraphQL
// operation is a span, sent before the process ends at the latest.
func TestTracesAreExported(t *testing.T) {
	t.Parallel()

	var (
		mu       sync.Mutex
		exported bytes.Buffer
	)

	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()

		if _, err := exported.ReadFrom(r.Body); err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
	}))
	t.Cleanup(collector.Close)

	p := startOwn(t, of(upstreamtest.NewTCP(t)).with(settings{
		"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL, "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
	}))
	p.get(t, "web", "/graphql?query=query%20WhoIsIt%7Buser(id:%22u%22)%7Bname%7D%7D")

	if code := p.end(t, syscall.SIGTERM); code != serve.ExitOK {
		t.Errorf("exit code %d: %s", code, p.log.String())
	}

	mu.Lock()
	defer mu.Unlock()

	for _, span := range []string{"GET /graphql", "graphql WhoIsIt", "GET user"} {
		if !bytes.Contains(exported.Bytes(), []byte(span)) {
			t.Errorf("no span %q", span)
		}
	}
}

// README.md shows the very settings that the program reads; -update writes them.
func TestReadmeListsTheSettings(t *testing.T) {
	t.Parallel()

	const begin, end = "<!-- settings -->\n", "<!-- /settings -->"

	var table bytes.Buffer
	if err := serve.Settings(program()).Markdown(&table); err != nil {
		t.Fatal(err)
	}

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
		written = table.String()
		if err = os.WriteFile("README.md", []byte(before+begin+written+end+after), 0o644); err != nil { //nolint:gosec // It is to be read.
			t.Fatal(err)
		}
	}

	if written != table.String() {
		t.Errorf("the settings in README.md are\n%s\nwant\n%s(`go test . -update` writes them)", written, table.String())
	}
}
