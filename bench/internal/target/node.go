package target

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"storefront/bench/internal/child"
	"storefront/bench/peer/node"
)

// ErrNoNode is said where node or npm is missing, or npm could not install.
var ErrNoNode = errors.New("needs node and npm")

// Script is a program that node runs.
type Script struct {
	Program

	file string
}

// Scripts are the peers of the npm registry.
func Scripts() []Script {
	return []Script{
		script("Fastify REST", "fastify.mjs", "mobile", "tv", "web"),
		script("Mercurius", "mercurius.mjs", "web", "posts"),
		script("graphql-jit", "jit.mjs", "web", "posts"),
		script("Yoga", "yoga.mjs", "web", "posts"),
		script("Apollo Server", "apollo.mjs", "web", "posts"),
	}
}

func script(name, file string, listens ...string) Script {
	return Script{file: file, Program: Program{Name: name, Listens: listens, needs: everything(), Env: []string{"NODE_ENV=production"}}}
}

// Node is an installed folder of scripts.
type Node struct{ path, dir string }

// Install copies the scripts into a folder and has npm install what they need
// beside them, where it is not there yet.
func Install(ctx context.Context, dir string) (Node, error) {
	const private = 0o700

	path, err := exec.LookPath("node")
	if err != nil {
		return Node{}, fmt.Errorf("%w: %w", ErrNoNode, err)
	}

	npm, err := exec.LookPath("npm")
	if err != nil {
		return Node{}, fmt.Errorf("%w: %w", ErrNoNode, err)
	}

	if err = os.MkdirAll(dir, private); err != nil {
		return Node{}, fmt.Errorf("installing scripts: %w", err)
	}

	if err = node.Copy(dir); err != nil {
		return Node{}, fmt.Errorf("installing scripts: %w", err)
	}

	install := exec.CommandContext(ctx, npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--prefer-offline") //nolint:gosec // Found on PATH.
	install.Dir = dir

	if said, err := install.CombinedOutput(); err != nil {
		return Node{}, fmt.Errorf("%w: npm install: %w\n%s", ErrNoNode, err, said)
	}

	return Node{path: path, dir: dir}, nil
}

// Start starts a script as [Binary.Start] does a program.
func (n Node) Start(ctx context.Context, s Script, services map[string]string, log string) (*child.Process, error) {
	return start(ctx, s.Program, services, child.Command{Path: n.path, Args: []string{filepath.Join(n.dir, s.file)}, Dir: n.dir, Log: log})
}
