// Package target builds and starts the programs that are measured, as anybody
// would: with go build, and nothing but settings from the environment.
//
// Beside our own there are peers, and floors below which none of them can be.
// It knows the outside of the programs and imports none of them.
package target

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"storefront/bench/internal/child"
)

// Program is one that can be measured.
type Program struct {
	// Name is its name in reports.
	Name string
	// Package is the import path of its main package.
	Package string
	// Module is the folder of a module of its own, from the top of this one; ""
	// is a program of this module.
	Module string
	// Listens are the names that it says the base URLs of when it is ready.
	Listens []string
	// Env are settings beside the URLs of the services.
	Env []string
	// needs are the services that it calls, by the setting of their URL.
	needs map[string]string
}

// bff is one of our programs, as it runs alone.
func bff(name, addr string, needs map[string]string) Program {
	return Program{
		Name: name, Package: "storefront/bff/" + name + "/cmd/bff-" + name, Listens: []string{name, "ops"}, needs: needs,
		Env: []string{addr + "=127.0.0.1:0", "OPS_ADDR=127.0.0.1:0", "DRAIN_GRACE=0"},
	}
}

// Web is the web BFF alone.
func Web() Program { return bff("web", "WEB_ADDR", shop()) }

// Mobile is the mobile BFF alone.
func Mobile() Program { return bff("mobile", "MOBILE_ADDR", shop()) }

// TV is the TV BFF alone.
func TV() Program { return bff("tv", "TV_ADDR", map[string]string{"product": productURL}) }

// Storefront is `go run .`: all BFFs and the facade in one process, over an old
// system and the new services.
func Storefront() Program {
	p := Program{
		Name: "storefront", Package: "storefront", Listens: []string{"web", "mobile", "tv", "facade", "ops"},
		Env: []string{
			"WEB_ADDR=127.0.0.1:0", "MOBILE_ADDR=127.0.0.1:0", "TV_ADDR=127.0.0.1:0", "FACADE_ADDR=127.0.0.1:0", "OPS_ADDR=127.0.0.1:0",
			"DRAIN_GRACE=0",
		},
		needs: shop(),
	}
	p.needs["monolith"] = monolithURL

	return p
}

// Service is one of the new services, alone.
func Service(name string) Program {
	return Program{
		Name: name + "-service", Package: "storefront/services/" + name + "/cmd/" + name + "-service", Listens: []string{name},
		Env: []string{"ADDR=127.0.0.1:0"},
	}
}

// Monolith is the old system that the services take over from, at an address
// that is host:port. The pictures that it links to are at the new services.
func Monolith(addr string) Program {
	return Program{
		Name: "monolith", Package: "storefront/services/legacy/cmd/monolith", Listens: []string{"monolith"},
		Env:   []string{"ADDR=" + addr},
		needs: map[string]string{"user": "USER_PICTURES_URL", "product": "PRODUCT_PICTURES_URL"},
	}
}

const (
	monolithURL = "MONOLITH_URL"

	userURL    = "USER_SERVICE_URL"
	productURL = "PRODUCT_SERVICE_URL"
	orderURL   = "ORDER_SERVICE_URL"
	postsURL   = "POSTS_SERVICE_URL"
)

// shop are the services of the shop.
func shop() map[string]string {
	return map[string]string{"user": userURL, "product": productURL, "order": orderURL}
}

// Binary is a program as built.
type Binary struct {
	Program

	path string
}

// Build builds a program into a folder. The error holds what the compiler said.
func Build(ctx context.Context, p Program, dir string) (Binary, error) {
	path := filepath.Join(dir, strings.NewReplacer(" ", "-", "/", "-").Replace(p.Name))
	args := []string{"build", "-buildvcs=auto", "-o", path, p.Package} // With the commit in it, whatever GOFLAGS says.

	if p.Module != "" {
		root, err := run(ctx, "list", "-m", "-f", "{{.Dir}}")
		if err != nil {
			return Binary{}, err
		}

		args = slices.Insert(args, 1, "-C="+filepath.Join(strings.TrimSpace(root), filepath.FromSlash(p.Module)))
	}

	if _, err := run(ctx, args...); err != nil {
		return Binary{}, err
	}

	return Binary{Program: p, path: path}, nil
}

// run runs the go command and returns what it said.
func run(ctx context.Context, args ...string) (string, error) {
	var said bytes.Buffer

	command := exec.CommandContext(ctx, "go", args...) //nolint:gosec // Of constants.
	command.Stdout, command.Stderr = &said, &said

	if err := command.Run(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, &said)
	}

	return said.String(), nil
}

// Exists reports whether there is such a package in this module.
func (p Program) Exists(ctx context.Context) bool {
	_, err := run(ctx, "list", p.Package)

	return err == nil
}

// Start starts the program on free ports of loopback, over services at those
// URLs by name. env are more settings, NAME=value; nothing else is set. log is
// where its log goes, see [child.Command].
func (b Binary) Start(ctx context.Context, services map[string]string, log string, env ...string) (*child.Process, error) {
	return start(ctx, b.Program, services, child.Command{Path: b.path, Log: log, Env: env})
}

func start(ctx context.Context, p Program, services map[string]string, c child.Command) (*child.Process, error) {
	for name, variable := range p.needs {
		c.Env = append(c.Env, variable+"="+services[name])
	}

	c.Name, c.Listens, c.Env = p.Name, p.Listens, append(c.Env, p.Env...)

	process, err := child.Start(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("starting a target: %w", err)
	}

	return process, nil
}

// Source is what a binary was built from.
type Source struct {
	// Go is the compiler's version, such as go1.26.8.
	Go string
	// Commit is the commit's short hash, "unknown" outside of a repository.
	Commit string
	// Modified is true where there were changes that no commit holds.
	Modified bool
}

// Source reads what the program was built from out of its file.
func (b Binary) Source() (Source, error) {
	const short = 12

	info, err := buildinfo.ReadFile(b.path)
	if err != nil {
		return Source{}, fmt.Errorf("build info: %w", err)
	}

	source := Source{Go: info.GoVersion, Commit: "unknown"}

	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			source.Commit = setting.Value[:min(short, len(setting.Value))]
		case "vcs.modified":
			source.Modified = setting.Value == "true"
		}
	}

	return source, nil
}
