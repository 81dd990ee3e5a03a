package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// imports are what each package of the module imports, tests aside. Packages of
// the module are named by their folder, "." for the topmost, all others by their
// path. (Asking `go list` instead would be served stale from the test cache.)
type imports map[string][]string

// readImports reads all Go files of a module, whatever their build tags.
func readImports(tree fs.FS, module string) (imports, error) {
	all := imports{}

	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (isForeign(entry.Name()) || isModule(tree, name)):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}

		return all.read(tree, name, module)
	})
	if err != nil {
		return nil, fmt.Errorf("imports: %w", err)
	}

	return all, nil
}

// isForeign tells folders that hold no packages of the module.
func isForeign(folder string) bool {
	hidden := len(folder) > 1 && (folder[0] == '.' || folder[0] == '_')

	return hidden || slices.Contains([]string{"testdata", "node_modules", "vendor"}, folder)
}

// isModule tells folders that hold another module.
func isModule(tree fs.FS, folder string) bool {
	_, err := fs.Stat(tree, path.Join(folder, "go.mod"))

	return err == nil && folder != "."
}

func (all imports) read(tree fs.FS, name, module string) error {
	text, err := fs.ReadFile(tree, name)
	if err != nil {
		return err
	}

	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
	if err != nil {
		return err
	}

	folder := path.Dir(name)
	all[folder] = slices.Grow(all[folder], len(file.Imports)) // There, even if it imports nothing.

	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}

		all[folder] = append(all[folder], strings.TrimPrefix(imported, module+"/"))
	}

	return nil
}

// has reports whether there is a package of that name, or one below it.
func (all imports) has(name string) bool {
	for folder, imported := range all {
		if within(folder, name) || slices.ContainsFunc(imported, func(i string) bool { return within(i, name) }) {
			return true
		}
	}

	return false
}

// within reports whether a package is of that name or below it.
func within(pkg string, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return pkg == name || strings.HasPrefix(pkg, name+"/") })
}

// chain is the shortest way from a package to one that is forbidden, both
// included; nil when there is none.
func (all imports) chain(from string, forbidden func(pkg string) bool) []string {
	cameFrom := map[string]string{from: ""}

	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		here := queue[0]

		for _, next := range slices.Sorted(slices.Values(all[here])) {
			if _, seen := cameFrom[next]; seen {
				continue
			}

			cameFrom[next] = here

			if forbidden(next) {
				return way(cameFrom, next)
			}

			queue = append(queue, next)
		}
	}

	return nil
}

func way(cameFrom map[string]string, to string) []string {
	var steps []string
	for ; to != ""; to = cameFrom[to] {
		steps = append(steps, to)
	}

	slices.Reverse(steps)

	return steps
}

// violations are the chains that break a rule, each with the reason, sorted.
func violations(all imports, nevers []never, onlys []only) []string {
	var found []string

	for _, rule := range nevers {
		for _, from := range slices.Sorted(maps.Keys(all)) {
			if !within(from, rule.from) || within(from, rule.except...) {
				continue
			}

			forbidden := func(pkg string) bool { return within(pkg, rule.to...) && !within(pkg, rule.but...) }
			if chain := all.chain(from, forbidden); chain != nil {
				found = append(found, strings.Join(chain, " → ")+": "+rule.why)
			}
		}
	}

	for _, rule := range onlys {
		for from, imported := range all {
			if within(from, rule.to) || within(from, rule.by...) {
				continue
			}

			for _, pkg := range imported {
				if within(pkg, rule.to) {
					found = append(found, from+" → "+pkg+": "+rule.why)
				}
			}
		}
	}

	slices.Sort(found)

	return slices.Compact(found)
}
