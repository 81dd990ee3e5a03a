package node_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"regexp"
	"testing"

	"storefront/bench/peer/node"
)

func TestCopyIsWhole(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	if err := node.Copy(dir); err != nil {
		t.Fatal(err)
	}

	copied := os.DirFS(dir)

	scripts, err := fs.Glob(copied, "*.mjs")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}

	beside := regexp.MustCompile(`from '\./([a-z]+\.mjs)'`)

	for _, script := range scripts {
		text, err := fs.ReadFile(copied, script)
		if err != nil {
			t.Fatal(err)
		}

		for _, match := range beside.FindAllSubmatch(text, -1) {
			if _, err = fs.Stat(copied, string(match[1])); err != nil {
				t.Errorf("%s: %v", script, err)
			}
		}
	}
}

// Whoever repeats a measurement gets the same peers.
func TestVersionsAreExact(t *testing.T) {
	t.Parallel()

	text, err := os.ReadFile("package.json")
	if err != nil {
		t.Fatal(err)
	}

	var manifest struct {
		Dependencies map[string]string `json:"dependencies"`
	}

	if err = json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}

	exact := regexp.MustCompile(`^\d+\.\d+\.\d+$`)

	for name, version := range manifest.Dependencies {
		if !exact.MatchString(version) {
			t.Errorf("%s may be any of %s", name, version)
		}
	}
}
