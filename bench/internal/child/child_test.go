package child_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"storefront/bench/internal/child"
)

// role is the variable that turns this test's binary into the program that a
// test starts.
const role = "BENCH_CHILD_TEST"

func TestMain(m *testing.M) {
	if play, found := os.LookupEnv(role); found {
		os.Exit(program(play))
	}

	os.Exit(m.Run())
}

// program is a server only as far as a parent can tell.
func program(play string) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()

	if play == "fails" {
		fmt.Fprintln(os.Stderr, strings.Repeat("long ago\n", 10_000)+"the reason")

		return 3
	}

	for _, piece := range []string{
		"something else http://127.0.0.1:9\n", "  first  http://127.0.0.1:1  about it\n  second is late\n  sec", "ond listens on http://127.0.0.1:2\n",
	} {
		_, _ = os.Stdout.WriteString(piece) // The parent sees when nothing comes.
	}

	<-ctx.Done()

	if play == "stops badly" {
		fmt.Fprintln(os.Stderr, "could not stop cleanly")

		return 1
	}

	return 0
}

func command(t *testing.T, play string) child.Command {
	t.Helper()

	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}

	return child.Command{Name: "program", Path: self, Env: []string{role + "=" + play}, Listens: []string{"first", "second"}}
}

func start(ctx context.Context, t *testing.T, play string) *child.Process {
	t.Helper()

	process, err := child.Start(ctx, command(t, play))
	if err != nil {
		t.Fatal(err)
	}

	return process
}

func running(p *child.Process) bool { return syscall.Kill(p.PID(), 0) == nil }

func TestStartLearnsTheURLsAndStopEndsTheProcess(t *testing.T) {
	t.Parallel()

	process := start(t.Context(), t, "serves")

	for name, want := range map[string]string{"first": "http://127.0.0.1:1", "second": "http://127.0.0.1:2", "third": ""} {
		if got := process.URL(name); got != want {
			t.Errorf("%s is at %q, want %q", name, got, want)
		}
	}

	if !running(process) {
		t.Error("the process is not running")
	}

	for range 2 {
		if err := process.Stop(); err != nil {
			t.Error(err)
		}
	}

	if running(process) {
		t.Error("the process is still running")
	}
}

func TestStartSaysWhyAProgramEndedAtOnce(t *testing.T) {
	t.Parallel()

	_, err := child.Start(t.Context(), command(t, "fails"))
	if err == nil {
		t.Fatal("no error")
	}

	for _, want := range []string{"program", "ended by itself", "exit status 3", "the reason"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q", want)
		}
	}

	if len(err.Error()) > 3_000 {
		t.Errorf("the error has %d bytes", len(err.Error()))
	}
}

func TestStopSaysThatAProgramStoppedBadly(t *testing.T) {
	t.Parallel()

	err := start(t.Context(), t, "stops badly").Stop()
	if err == nil || !strings.Contains(err.Error(), "could not stop cleanly") {
		t.Errorf("the error is %v", err)
	}
}

func TestEndOfTheContextStopsTheProcess(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancel(t.Context())
	process := start(ctx, t, "serves")

	cancel()

	if err := process.Stop(); err != nil {
		t.Errorf("a process that ended well when asked to is said to have not: %v", err)
	}

	if running(process) {
		t.Error("the process is still running")
	}
}

func TestStartOfWhatIsNoProgram(t *testing.T) {
	t.Parallel()

	if _, err := child.Start(t.Context(), child.Command{Name: "nothing", Path: t.TempDir()}); err == nil {
		t.Error("no error")
	}
}

func TestLogInAFile(t *testing.T) {
	t.Parallel()

	c := command(t, "stops badly")
	c.Log = filepath.Join(t.TempDir(), "log")

	process, err := child.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}

	if err = process.TruncateLog(); err != nil {
		t.Error(err)
	}

	if err = process.Stop(); err == nil || !strings.Contains(err.Error(), "could not stop cleanly") {
		t.Errorf("the error is %v", err)
	}

	if text, err := os.ReadFile(c.Log); err != nil || !strings.Contains(string(text), "could not stop cleanly") {
		t.Errorf("the log is %q, %v", text, err)
	}
}

func TestKilledProcessesAreGoneAndNoFailure(t *testing.T) {
	t.Parallel()

	process := start(t.Context(), t, "")
	process.Kill()

	if running(process) {
		t.Error("it still runs")
	}

	if err := process.Stop(); err != nil {
		t.Error(err)
	}
}
