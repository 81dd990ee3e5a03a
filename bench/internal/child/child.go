// Package child starts a program as a process of its own, learns from its
// standard output where it listens, and stops it. It knows nothing of what the
// program does, and ends no process but those it started.
package child

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const (
	// startTime is how long a program may take until it listens.
	startTime = 30 * time.Second
	// stopTime is how long a program may take to stop when asked to.
	stopTime = 15 * time.Second
)

var (
	errStart = errors.New("did not say in time where it listens")
	errEnded = errors.New("ended by itself")
)

// Command is a program to start.
type Command struct {
	// Name is for errors.
	Name string
	// Path is the program's file.
	Path string
	Args []string
	// Dir is the working folder; "" is this process's own.
	Dir string
	// Log is a file that standard error goes to; "" reads it and throws it away
	// but for its end, as a collector of logs would, which costs this process
	// time.
	Log string
	// Env is the whole environment, NAME=value: nothing of this process's own
	// is handed down, so that a setting of somebody's shell changes no figure.
	Env []string
	// Listens are names that the program says the base URLs of, each in a line
	// that begins with the name and has the URL: "  mobile  http://127.0.0.1:8081"
	// or "monolith listens on http://127.0.0.1:7005".
	Listens []string
}

// Process is a running program.
type Process struct {
	name   string
	cmd    *exec.Cmd
	urls   *urls
	log    fmt.Stringer  // the end of its log
	file   *os.File      // the log where it is a file
	exited chan struct{} // closed once the process is gone
	exit   error         // how it ended, set before exited is closed
	killed bool
}

// Start starts a program and returns once it listens. The program is asked to
// stop when ctx ends; [Process.Stop] must be called in any case.
func Start(ctx context.Context, c Command) (*Process, error) {
	p := &Process{name: c.Name, urls: newURLs(c.Listens), exited: make(chan struct{})}

	p.cmd = exec.CommandContext(ctx, c.Path, c.Args...) //nolint:gosec // Programs of this repository.
	p.cmd.Env, p.cmd.Dir = c.Env, c.Dir
	p.cmd.SysProcAttr = attributes()
	p.cmd.Stdout = p.urls
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = stopTime

	if err := p.openLog(c.Log); err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}

	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", c.Name, err), p.closeLog())
	}

	go func() {
		p.exit = errors.Join(p.cmd.Wait(), p.closeLog())
		close(p.exited)
	}()

	if err := p.awaitURLs(ctx); err != nil {
		return nil, errors.Join(err, p.Stop())
	}

	return p, nil
}

func (p *Process) openLog(path string) error {
	const private = 0o600

	if path == "" {
		memory := new(tail)
		p.log, p.cmd.Stderr = memory, memory

		return nil
	}

	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, private) //nolint:gosec // The caller says where.
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}

	p.file, p.log, p.cmd.Stderr = file, logFile(path), file

	return nil
}

func (p *Process) closeLog() error {
	if p.file == nil {
		return nil
	}

	return p.file.Close() //nolint:wrapcheck // It names the file.
}

// TruncateLog empties the log where it is a file, so that a long measurement
// does not fill a disk.
func (p *Process) TruncateLog() error {
	if p.file == nil {
		return nil
	}

	return p.file.Truncate(0) //nolint:wrapcheck // It names the file.
}

func (p *Process) awaitURLs(ctx context.Context) error {
	timer := time.NewTimer(startTime)
	defer timer.Stop()

	select {
	case <-p.urls.complete:
		return nil
	case <-p.exited:
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", p.name, context.Cause(ctx))
		}

		return fmt.Errorf("%s: %w", p.name, errEnded)
	case <-timer.C:
		return fmt.Errorf("%s: %w", p.name, errStart)
	}
}

// URL returns the base URL behind one of the names that the command listed.
func (p *Process) URL(name string) string { return p.urls.get(name) }

// PID is the process's id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Kill ends the process without a word, as kill -9 does, and returns once it is
// gone. That is not told by [Process.Stop] as a bad end.
func (p *Process) Kill() {
	p.killed = true
	_ = p.cmd.Process.Kill() // It fails for a process that is gone, which is what is wanted.

	<-p.exited
}

// Stop asks the process to stop, ends it when it does not, and returns once it
// is gone. The error says how it ended when that was not well, with the end of
// its log. Stop may be called again.
func (p *Process) Stop() error {
	// It fails for a process that is gone, which is what is wanted.
	_ = p.cmd.Process.Signal(syscall.SIGTERM)

	timer := time.NewTimer(stopTime)
	defer timer.Stop()

	select {
	case <-p.exited:
	case <-timer.C:
		_ = p.cmd.Process.Kill()
		<-p.exited
	}

	if p.killed {
		return nil
	}

	// Wait returns the context's error for a process that ended well when its
	// context had.
	if p.exit != nil && !errors.Is(p.exit, context.Canceled) && !errors.Is(p.exit, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w; the end of its log:\n%s", p.name, p.exit, p.log)
	}

	return nil
}
