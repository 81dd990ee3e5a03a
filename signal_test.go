package main

import (
	"bufio"
	"bytes"
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

	return startFile(t, self, anyPort().with(s).with(settings{asProgram: "1", "GOCOVERDIR": t.TempDir()}), tableLines(s))
}

// startFile starts the program in a file and waits until it has said where so
// many servers listen.
func startFile(t *testing.T, file string, s settings, servers int) *own {
	t.Helper()

	p := &own{command: exec.CommandContext(t.Context(), file), urls: map[string]string{}}
	p.command.Stderr = &p.log

	for name, value := range s {
		p.command.Env = append(p.command.Env, name+"="+value)
	}

	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}

	if err = p.command.Start(); err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { // It has ended, unless the test failed or needs it no more.
		_ = p.command.Process.Kill()
		_ = p.command.Wait()
	})

	for lines := bufio.NewScanner(stdout); len(p.urls) < servers && lines.Scan(); {
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
	const own, services, legacy = 4, 3, 2 // legacy: the monolith and its facade

	missing := services

	for name := range s {
		if strings.HasSuffix(name, "_SERVICE_URL") {
			missing--
		}
	}

	lines := own + missing
	if s["LEGACY_CUSTOMER_URL"] == "" {
		lines++
	}

	if missing == services {
		lines += legacy
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
