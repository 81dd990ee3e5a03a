package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"storefront/internal/serve"
	"storefront/upstream/upstreamtest"
)

// replicas is how many BFFs the examples in docs/deploy have.
const replicas = 3

// Behind a balancer no request is lost when three replicas are restarted in turn;
// when one is killed, none but those that it was just answering.
func TestRestarts(t *testing.T) {
	t.Parallel()

	mobile := buildMobile(t)

	for name, test := range map[string]struct {
		balancer

		grace string // "" is the default
		kills bool
	}{
		"haproxy": {balancer: haproxy(), kills: true},
		"nginx":   {balancer: nginx(), kills: true},
		// The drain alone has to be enough where a balancer tries nothing again, if
		// it has looked away in time, which takes a busy machine longer.
		"haproxy without retries": {balancer: haproxyOnce(), grace: "3s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.find(t)

			fleet := startFleet(t, mobile, settings{"DRAIN_GRACE": test.grace})
			test.start(t, fleet.subnet)

			v := visit(t.Context(), fleet.front())
			defer v.end()

			fleet.waitForTraffic(t)

			for i := range fleet.all {
				fleet.restart(t, i)
			}

			if test.kills {
				v.enter(killing)
				fleet.kill(t, 0)
				v.enter(gone)
			}

			waitForAnswers(t, v)
			judge(t, v)
		})
	}
}

// waitForAnswers waits until there are enough of them, also since the last
// process died, for a share to say something.
func waitForAnswers(t *testing.T, v *visitors) {
	t.Helper()

	const more, least = 300, 1500

	enough := max(v.answered.Load()+more, least)

	repeat(t, func(context.Context) bool { return v.answered.Load() >= enough })
}

// judge stops the load and looks at what failed.
func judge(t *testing.T, v *visitors) {
	t.Helper()

	const perMille = 1000

	failed := v.end()
	answered := v.answered.Load()

	for _, f := range failed {
		if !f.inFlight() {
			t.Errorf("a request was lost that was not in flight on the killed process: %v", f)
		}
	}

	if total := answered + int64(len(failed)); int64(len(failed))*perMille >= total {
		t.Errorf("%d of %d requests failed, want less than one in a thousand: %v", len(failed), total, failed)
	}

	t.Logf("%d answered, %d failed: %v", answered, len(failed), failed)
}

// buildMobile builds the mobile BFF as it is shipped.
func buildMobile(t *testing.T) string {
	t.Helper()

	file := filepath.Join(t.TempDir(), "bff-mobile")

	build := exec.CommandContext(t.Context(), "go", "build", "-o", file, "./bff/mobile/cmd/bff-mobile") //nolint:gosec // Of constants, and a folder of the test.
	build.Env = asShipped()

	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}

	return file
}

// asShipped is the environment of a go command that compiles as programs are
// shipped. With the flags that .ci/run has, hardly anything is left to compile.
func asShipped() []string {
	return append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-trimpath")
}

// fleet is the replicas of a BFF, each on an address of its own.
type fleet struct {
	subnet

	file     string
	settings settings
	all      []*own
}

func startFleet(t *testing.T, file string, s settings) *fleet {
	t.Helper()

	f := &fleet{subnet: newSubnet(), file: file, settings: ampleBudgets().with(of(upstreamtest.NewTCP(t))).with(s)}
	for i := range replicas {
		f.all = append(f.all, f.start(t, i))
	}

	return f
}

// start starts the ith replica.
func (f *fleet) start(t *testing.T, i int) *own {
	t.Helper()

	const servers = 2 // mobile, ops

	host := f.host(1 + i)

	return startFile(t, f.file, f.settings.with(settings{"MOBILE_ADDR": host + ":8081", "OPS_ADDR": host + ":9090"}), servers)
}

// restart stops a replica as an operator does, starts it again, and waits until
// the balancer sends it requests.
func (f *fleet) restart(t *testing.T, i int) {
	t.Helper()

	if code := f.all[i].end(t, syscall.SIGTERM); code != serve.ExitOK {
		t.Errorf("exit code %d: %s", code, f.all[i].log.String())
	}

	f.all[i] = f.start(t, i)
	f.waitForTraffic(t)
}

// kill ends a replica without a word.
func (f *fleet) kill(t *testing.T, i int) {
	t.Helper()

	if err := f.all[i].command.Process.Kill(); err != nil {
		t.Fatal(err)
	}

	_ = f.all[i].command.Wait() // It says that it was killed.
}

// waitForTraffic waits until all replicas have answered requests.
func (f *fleet) waitForTraffic(t *testing.T) {
	t.Helper()

	for _, replica := range f.all {
		repeat(t, func(ctx context.Context) bool { return hasTraffic(ctx, replica) })
	}
}

// hasTraffic reports whether a replica has answered requests.
func hasTraffic(ctx context.Context, replica *own) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, replica.urls["ops"]+"/metrics", http.NoBody)
	if err != nil {
		return false
	}

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}

	defer func() { _ = response.Body.Close() }()

	metrics, err := io.ReadAll(response.Body)

	return err == nil && strings.Contains(string(metrics), `bff_requests_total{bff="mobile"`)
}
