package main

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// browser is what it takes to open a page in a browser.
type browser struct{ node, chromium string }

// needBrowser skips the test where there is no browser, and says why.
func needBrowser(t *testing.T) browser {
	t.Helper()

	if os.Getenv("PLAYWRIGHT_CORE") == "" {
		t.Skip("no browser test: PLAYWRIGHT_CORE does not name the folder of playwright-core; `make browser` installs it")
	}

	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no browser test: node is not on PATH")
	}

	wanted := cmp.Or(os.Getenv("CHROMIUM"), "/usr/bin/chromium")

	chromium, err := exec.LookPath(wanted)
	if err != nil {
		t.Skipf("no browser test: there is no browser at %s; CHROMIUM names another one", wanted)
	}

	return browser{node, chromium}
}

// run runs a script of .ci/browser, which opens a page in a browser whose network
// ends at this machine.
func (b browser) run(t *testing.T, script string, args ...string) {
	t.Helper()

	const patience = 2 * time.Minute

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()

	command := exec.CommandContext(ctx, b.node, append([]string{filepath.Join(".ci", "browser", script)}, args...)...) //nolint:gosec // Our own script.
	command.Env = append(os.Environ(), "CHROMIUM="+b.chromium)

	said, err := command.CombinedOutput()
	t.Logf("%s", said)

	if err != nil {
		t.Errorf("%s: %v", script, err)
	}
}

// The playground opens with the network closed, shows its examples, and runs the
// first of them. Not parallel: a browser takes all the machine has, and other
// tests would be late.
func TestBrowserRunsAQueryInThePlayground(t *testing.T) { //nolint:paralleltest // See above.
	b := needBrowser(t)
	b.run(t, "playground.mjs", shared.get(t).urls["web"]+"/", filepath.Join(t.ArtifactDir(), "playground.png"))
}

// The documentation of each BFF's REST API opens with the network closed, and
// shows every operation. Not parallel, likewise.
func TestBrowserShowsTheDocs(t *testing.T) { //nolint:paralleltest // See above.
	b := needBrowser(t)

	for _, bff := range []string{"web", "mobile", "tv"} {
		b.run(t, "docs.mjs", shared.get(t).urls[bff]+"/docs", filepath.Join(t.ArtifactDir(), bff+"_docs.png"))
	}
}
