package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"storefront/bench/internal/child"
)

var (
	errNoHAProxy = errors.New("needs haproxy (Debian: apt-get install --no-install-recommends haproxy)")
	errExample   = errors.New("the configuration has no")
	errStats     = errors.New("HAProxy does not say how often it tried again")
)

// haproxy is HAProxy as a process of its own.
type haproxy struct {
	process *child.Process
	version string
	stats   string // a socket on which it answers questions
}

// startHAProxy starts HAProxy with an example configuration whose addresses are
// replaced by those of a subnet. Its process must be killed.
func (r *rig) startHAProxy(ctx context.Context, example string, s subnet) (*haproxy, error) {
	path, err := findHAProxy()
	if err != nil {
		return nil, err
	}

	h := &haproxy{stats: filepath.Join(r.dir, "stats")}

	configuration, err := h.configure(example, s)
	if err != nil {
		return nil, err
	}

	const private = 0o600

	file := filepath.Join(r.dir, "haproxy.cfg")
	if err = os.WriteFile(file, []byte(configuration), private); err != nil {
		return nil, fmt.Errorf("haproxy: %w", err)
	}

	said, err := exec.CommandContext(ctx, path, "-v").Output() //nolint:gosec // Found on PATH.
	if err != nil {
		return nil, fmt.Errorf("haproxy: %w", err)
	}

	h.version, _, _ = strings.Cut(string(said), "\n")

	if h.process, err = child.Start(ctx, child.Command{Name: "haproxy", Path: path, Args: []string{"-db", "-f", file}}); err != nil {
		return nil, fmt.Errorf("starting HAProxy: %w", err)
	}

	if err = h.await(ctx, s.front()); err != nil {
		return nil, errors.Join(err, h.process.Stop()) // With the end of its log.
	}

	return h, nil
}

// findHAProxy looks on PATH and where Debian puts it, which is not on
// everybody's.
func findHAProxy() (string, error) {
	for _, name := range []string{"haproxy", "/usr/sbin/haproxy"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}

	return "", errNoHAProxy
}

// configure is the example for a subnet, with a socket for questions.
func (h *haproxy) configure(example string, s subnet) (string, error) {
	content, err := os.ReadFile(example) //nolint:gosec // The user says which.
	if err != nil {
		return "", fmt.Errorf("haproxy: %w", err)
	}

	text := string(content)

	for _, change := range [][2]string{
		{"global\n", "global\n    stats socket " + h.stats + "\n"}, {"bind :8080", "bind " + s.front()}, {"10.0.0.", string(s)},
	} {
		if !strings.Contains(text, change[0]) {
			return "", fmt.Errorf("haproxy: %w %q", errExample, change[0])
		}

		text = strings.ReplaceAll(text, change[0], change[1])
	}

	return text, nil
}

// await returns once it takes connections.
func (h *haproxy) await(ctx context.Context, addr string) error {
	const patience, pause = 10 * time.Second, 20 * time.Millisecond

	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()

	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
		if err == nil {
			return conn.Close() //nolint:wrapcheck // It says enough.
		}

		if !sleep(ctx, pause) {
			return fmt.Errorf("haproxy: %w", err)
		}
	}
}

// again is how often it has tried a request again so far.
func (h *haproxy) again(ctx context.Context) (int64, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", h.stats)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errStats, err)
	}

	defer func() { _ = conn.Close() }() // It has been read.

	if _, err = io.WriteString(conn, "show stat\n"); err != nil {
		return 0, fmt.Errorf("%w: %w", errStats, err)
	}

	return readAgain(conn)
}

// readAgain reads from a table of statistics how often a backend tried again: at
// the same server, or at another one.
func readAgain(table io.Reader) (sum int64, err error) {
	const longest = 1 << 20

	lines := csv.NewReader(io.LimitReader(table, longest))
	lines.FieldsPerRecord = -1

	rows, err := lines.ReadAll()
	if err != nil || len(rows) == 0 {
		return 0, fmt.Errorf("%w: %w", errStats, err)
	}

	backend := slices.IndexFunc(rows, func(row []string) bool { return len(row) > 1 && row[1] == "BACKEND" })

	for _, name := range []string{"wretr", "wredis"} {
		column := slices.Index(rows[0], name)
		if backend < 0 || column < 0 || column >= len(rows[backend]) {
			return 0, errStats
		}

		count, err := strconv.ParseInt(rows[backend][column], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%w: %w", errStats, err)
		}

		sum += count
	}

	return sum, nil
}
