// Package node holds peers that run on node: the scripts that anybody would
// write with the frameworks of the npm registry, and what they need from there.
package node

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
)

//go:embed *.mjs package.json
var files embed.FS

// Copy writes the scripts into a folder.
func Copy(dir string) error {
	const readableByAll = 0o644

	entries, err := files.ReadDir(".")
	if err != nil {
		return fmt.Errorf("scripts: %w", err)
	}

	for _, entry := range entries {
		content, err := files.ReadFile(entry.Name())
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, entry.Name()), content, readableByAll)
		}

		if err != nil {
			return fmt.Errorf("scripts: %w", err)
		}
	}

	return nil
}
