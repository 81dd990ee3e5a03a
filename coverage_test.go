package main

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"storefront/upstream/upstreamtest"
)

// The specs meet every way in which a service can be bad.
func TestSpecsMeetEveryFault(t *testing.T) {
	t.Parallel()

	missing := map[string]bool{}
	for _, name := range upstreamtest.Names() {
		missing[name] = true
	}

	// Of two members with one name the last one counts, as everywhere in Go: the
	// contract says nothing else, and internal/wire shows it.
	delete(missing, upstreamtest.DuplicateKeys().Name())

	for _, bff := range bffs() {
		for _, specs := range specsOf(t, bff) {
			for _, s := range specs {
				for _, fault := range s.Faults {
					delete(missing, fault.Name())
				}
			}
		}
	}

	if len(missing) > 0 {
		t.Errorf("no spec has the faults %q", slices.Sorted(maps.Keys(missing)))
	}
}

// Every golden file belongs to a spec.
func TestGoldenFilesAreUsed(t *testing.T) {
	t.Parallel()

	used := map[string]bool{}

	for _, bff := range bffs() {
		for _, specs := range specsOf(t, bff) {
			for _, s := range specs {
				used[filepath.Join("testdata", "golden", s.Out.Golden)] = true
			}
		}
	}

	golden, err := filepath.Glob(filepath.Join("testdata", "golden", "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}

	for _, file := range golden {
		if !used[file] {
			t.Errorf("no spec has the golden file %s", file)
		}
	}
}
