package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeScreen builds the screen that the README shows, with its route.
func TestReadmeScreen(t *testing.T) {
	t.Parallel()

	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}

	const routes = "bff/mobile/routes.go"

	before, err := os.ReadFile(routes)
	if err != nil {
		t.Fatal(err)
	}

	_, section, _ := strings.Cut(string(readme), "\n## Add a screen\n")

	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(section, -1)
	if len(blocks) != 2 {
		t.Fatalf("%d pieces of Go", len(blocks))
	}

	const end = "\n\treturn api\n"
	if strings.Count(string(before), end) != 1 {
		t.Fatalf("%s ends otherwise", routes)
	}

	dir := t.TempDir()
	overlay := map[string]string{}

	for name, text := range map[string]string{
		"bff/mobile/recommendations.go": blocks[0][1],
		routes:                          strings.Replace(string(before), end, "\n"+blocks[1][1]+end, 1),
	} {
		overlay[name] = filepath.Join(dir, filepath.Base(name))
		if err = os.WriteFile(overlay[name], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	replaced, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}

	file := filepath.Join(dir, "overlay.json")
	if err = os.WriteFile(file, replaced, 0o600); err != nil {
		t.Fatal(err)
	}

	vet := exec.CommandContext(t.Context(), "go", "vet", "-overlay", file, "./bff/mobile") //nolint:gosec // Our own file.
	vet.Env = asShipped()

	if out, err := vet.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
