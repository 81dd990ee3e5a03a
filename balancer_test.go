package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// balancer is a load balancer as Debian has it, with the configuration that
// docs/deploy holds as an example.
type balancer struct {
	// name is that of the program and of its package.
	name string
	// example is the file below docs/deploy, and listen what it says of the port
	// that clients come to, behind which an address can stand.
	example, listen string
	// instead are words of the example that others stand for.
	instead map[string]string
	// arguments start it in the foreground, with a configuration that is written
	// into dir.
	arguments func(t *testing.T, dir, configuration string) []string
}

func haproxy() balancer {
	return balancer{name: "haproxy", example: "haproxy.cfg", listen: "bind :8080", arguments: haproxyArguments}
}

// haproxyOnce tries every request once: what a replica loses is lost.
func haproxyOnce() balancer {
	b := haproxy()
	b.instead = map[string]string{"retries 3": "retries 0"}

	return b
}

func nginx() balancer {
	return balancer{name: "nginx", example: "nginx.conf", listen: "listen 8080", arguments: nginxArguments}
}

func haproxyArguments(t *testing.T, dir, configuration string) []string {
	t.Helper()

	return []string{"-db", "-f", write(t, dir, "haproxy.cfg", configuration)}
}

func nginxArguments(t *testing.T, dir, configuration string) []string {
	t.Helper()

	var temporary strings.Builder
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temporary.WriteString(kind + "_temp_path " + filepath.Join(dir, kind) + ";\n")
	}

	file := write(t, dir, "nginx.conf", "daemon off;\nmaster_process off;\npid "+filepath.Join(dir, "pid")+";\nerror_log stderr;\n"+
		"events { worker_connections 1024; }\nhttp {\naccess_log off;\n"+temporary.String()+
		"include "+write(t, dir, "bff.conf", configuration)+";\n}\n")

	return []string{"-p", dir, "-e", "stderr", "-c", file}
}

func write(t *testing.T, dir, name, content string) string {
	t.Helper()

	const private = 0o600

	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(content), private); err != nil {
		t.Fatal(err)
	}

	return file
}

// find returns the program's file, or skips the test.
func (b balancer) find(t *testing.T) string {
	t.Helper()

	if runtime.GOOS != "linux" {
		t.Skip("all of 127.0.0.0/8 is needed, which Linux alone has on loopback")
	}

	for _, file := range []string{b.name, "/usr/sbin/" + b.name} {
		if path, err := exec.LookPath(file); err == nil {
			return path
		}
	}

	t.Skipf("%s is not installed: apt-get install --no-install-recommends %s", b.name, b.name)

	return ""
}

// subnet is a part of loopback that no other test has: the example's 10.0.0.*.
type subnet string

func newSubnet() subnet {
	const high = 250

	part := func() string { return strconv.Itoa(1 + rand.IntN(high)) } //nolint:gosec // Nothing secret.

	return subnet("127." + part() + "." + part() + ".")
}

// host is the nth address of the subnet.
func (n subnet) host(i int) string { return string(n) + strconv.Itoa(i) }

// front is where the balancer listens.
func (n subnet) front() string {
	const last = 254

	return n.host(last) + ":8080"
}

// start starts a balancer on a subnet until the test ends, and waits until it
// takes connections.
func (b balancer) start(t *testing.T, n subnet) {
	t.Helper()

	var log output

	command := exec.Command(b.find(t), b.arguments(t, t.TempDir(), b.configuration(t, n))...) //nolint:gosec,noctx // Ends when the test does, below.
	command.Stdout, command.Stderr = &log, &log

	if err := command.Start(); err != nil {
		t.Fatal(err)
	}

	exited := make(chan struct{})

	go func() {
		defer close(exited)

		_ = command.Wait() // Its log says why.
	}()

	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM) // It is gone if it failed.

		<-exited

		if t.Failed() {
			t.Logf("log of %s:\n%s", b.name, log.String())
		}
	})

	waitUntilTaken(t, n.front(), exited)
}

// configuration is the example for a subnet.
func (b balancer) configuration(t *testing.T, n subnet) string {
	t.Helper()

	example, err := os.ReadFile(filepath.Join("docs", "deploy", b.example))
	if err != nil {
		t.Fatal(err)
	}

	text := string(example)
	replace := func(old, here string) {
		if !strings.Contains(text, old) {
			t.Fatalf("there is no %q in %s", old, b.example)
		}

		text = strings.ReplaceAll(text, old, here)
	}

	word, _, _ := strings.Cut(b.listen, " ")
	replace(b.listen, word+" "+n.front())
	replace("10.0.0.", string(n))

	for words, others := range b.instead {
		replace(words, others)
	}

	return text
}

// waitUntilTaken waits until somebody takes connections, or has exited.
func waitUntilTaken(t *testing.T, addr string, exited <-chan struct{}) {
	t.Helper()

	repeat(t, func(ctx context.Context) bool {
		select {
		case <-exited:
			t.Fatal("it has ended")
		default:
		}

		conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
		if err == nil {
			err = conn.Close()
		}

		return err == nil
	})
}

var errPatience = errors.New("it does not come to pass")

// repeat asks another process again and again until it is as it should be.
func repeat(t *testing.T, is func(ctx context.Context) bool) {
	t.Helper()

	const pause = 20 * time.Millisecond

	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errPatience)
	defer cancel()

	ticker := time.NewTicker(pause)
	defer ticker.Stop()

	for !is(ctx) {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatal(context.Cause(ctx))
		}
	}
}
