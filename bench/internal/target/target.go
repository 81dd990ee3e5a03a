// Package target builds and starts the programs that are measured, as anybody
// would: with go build, and nothing but settings from the environment.
//
// It knows the outside of the programs and imports none of them.
package target

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"fmt"
	"os/exec"
	"path/filepath"

	"storefront/bench/internal/child"
)

// Program is one that can be measured.
type Program struct {
	// Name is its name in reports, and in the table that it prints when it is
	// ready.
	Name string
	// Package is the import path of its main package.
	Package string
	// addr is the setting of where it listens.
	addr string
	// needs are the services that it calls, by the setting of their URL.
	needs map[string]string
}

// Web is the web BFF alone.
func Web() Program {
	return Program{
		Name: "web", Package: "storefront/bff/web/cmd/bff-web", addr: "WEB_ADDR",
		needs: map[string]string{"user": userURL, "product": productURL, "order": orderURL},
	}
}

// Mobile is the mobile BFF alone.
func Mobile() Program {
	return Program{
		Name: "mobile", Package: "storefront/bff/mobile/cmd/bff-mobile", addr: "MOBILE_ADDR",
		needs: map[string]string{"user": userURL, "product": productURL, "order": orderURL},
	}
}

// TV is the TV BFF alone.
func TV() Program {
	return Program{
		Name: "tv", Package: "storefront/bff/tv/cmd/bff-tv", addr: "TV_ADDR",
		needs: map[string]string{"product": productURL},
	}
}

const (
	userURL    = "USER_SERVICE_URL"
	productURL = "PRODUCT_SERVICE_URL"
	orderURL   = "ORDER_SERVICE_URL"
)

// Binary is a program as built.
type Binary struct {
	Program

	path string
}

// Build builds a program into a folder. The error holds what the compiler said.
func Build(ctx context.Context, p Program, dir string) (Binary, error) {
	path := filepath.Join(dir, filepath.Base(p.Package))

	var said bytes.Buffer

	// With the commit in it, whatever GOFLAGS says.
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=auto", "-o", path, p.Package) //nolint:gosec // Of the constants above.
	build.Stdout, build.Stderr = &said, &said

	if err := build.Run(); err != nil {
		return Binary{}, fmt.Errorf("go build %s: %w\n%s", p.Package, err, &said)
	}

	return Binary{Program: p, path: path}, nil
}

// Start starts the program on free ports of loopback, over services at those
// URLs by name. env are more settings, NAME=value; nothing else is set.
func (b Binary) Start(ctx context.Context, services map[string]string, env ...string) (*child.Process, error) {
	for name, variable := range b.needs {
		env = append(env, variable+"="+services[name])
	}

	env = append(env, b.addr+"=127.0.0.1:0", "OPS_ADDR=127.0.0.1:0", "DRAIN_GRACE=0")

	process, err := child.Start(ctx, child.Command{
		Name: filepath.Base(b.path), Path: b.path, Env: env, Listens: []string{b.Name, "ops"},
	})
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
