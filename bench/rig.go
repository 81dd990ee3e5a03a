package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"storefront/bench/internal/child"
	"storefront/bench/internal/load"
	"storefront/bench/internal/procfs"
	"storefront/bench/internal/stub"
	"storefront/bench/internal/target"
	"storefront/bench/internal/workload"
)

// services are the names that the stub says the URLs of.
func services() []string { return []string{"user", "product", "order", "posts", "monolith", "calls"} }

// rig is what a measurement stands on: a temporary folder, the stub as a process
// of its own, so that its processor time is nobody else's, and the targets.
type rig struct {
	conditions

	machine procfs.FS
	dir     string
	stub    *child.Process   // nil on bad days
	shops   []*child.Process // on bad days: services that can fail
	targets []*child.Process
}

// newRig starts the stub. The rig must be closed.
func newRig(ctx context.Context, o stub.Options) (r *rig, err error) {
	if r, err = newBareRig(); err != nil {
		return nil, err
	}

	if r.stub, err = startStub(ctx, o); err != nil {
		return nil, errors.Join(err, r.close())
	}

	return r, nil
}

// newBareRig is a rig without services. It must be closed.
func newBareRig() (r *rig, err error) {
	r = &rig{machine: procfs.Machine()}

	if r.before, err = r.machine.Load(); err != nil {
		return nil, err
	}

	if r.dir, err = os.MkdirTemp("", "storefront-bench-"); err != nil {
		return nil, fmt.Errorf("temporary folder: %w", err)
	}

	return r, nil
}

func startStub(ctx context.Context, o stub.Options) (*child.Process, error) {
	return startSelf(ctx, services(),
		"stub", fmt.Sprintf("-users=%d", o.Users), fmt.Sprintf("-delay=%s", o.Delay),
		"-cache-control="+o.CacheControl, fmt.Sprintf("-tags=%t", o.Tags), fmt.Sprintf("-places=%d", o.Places))
}

// startSelf runs this very program once more, as the command that is the first
// of args.
func startSelf(ctx context.Context, listens []string, args ...string) (*child.Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("starting the %s: %w", args[0], err)
	}

	process, err := child.Start(ctx, child.Command{Name: args[0], Path: self, Listens: listens, Args: args})
	if err != nil {
		return nil, fmt.Errorf("starting the %s: %w", args[0], err)
	}

	return process, nil
}

// build builds a target.
func (r *rig) build(ctx context.Context, program target.Program) (binary target.Binary, err error) {
	if binary, err = target.Build(ctx, program, r.dir); err == nil {
		r.source, err = binary.Source()
	}

	return binary, err
}

// start starts a target over the stub.
func (r *rig) start(ctx context.Context, binary target.Binary, env ...string) (*child.Process, error) {
	return r.launch(func() (*child.Process, error) { return binary.Start(ctx, r.urls(), "", env...) })
}

// urls are the URLs of the stub's services by name.
func (r *rig) urls() map[string]string {
	urls := map[string]string{}
	for _, name := range services() {
		urls[name] = r.stub.URL(name)
	}

	return urls
}

// launch starts a target that stop will stop.
func (r *rig) launch(start func() (*child.Process, error)) (*child.Process, error) {
	process, err := start()
	if err == nil {
		r.targets = append(r.targets, process)
	}

	return process, err
}

// stop stops all targets.
func (r *rig) stop() (err error) {
	for _, process := range r.targets {
		err = errors.Join(err, process.Stop())
	}

	r.targets = nil

	return err
}

// close stops every process that was started and removes what was written.
func (r *rig) close() error {
	err := r.stop()
	if r.stub != nil {
		err = errors.Join(err, r.stub.Stop())
	}

	for _, process := range r.shops {
		err = errors.Join(err, process.Stop())
	}

	return errors.Join(err, os.RemoveAll(r.dir))
}

// verify compares whole answers for a few users with the right ones.
func verify(ctx context.Context, w *workload.Workload, base string, users int) error {
	for _, n := range []int{0, users / 2, users - 1} {
		err := load.Once(ctx, address(base), w.Call(n), func(a load.Answer) error { return w.Verify(n, a) })
		if err != nil {
			return fmt.Errorf("before measuring: %w", err)
		}
	}

	return nil
}

// address is the host:port of a base URL.
func address(base string) string { return strings.TrimPrefix(base, "http://") }
