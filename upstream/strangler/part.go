package strangler

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A process that is killed while it writes the routes file leaves a part of it
// beside it.

// partOf begins the names of parts of a file: digits follow.
func partOf(target string) string { return "." + filepath.Base(target) + "-" }

// removeParts removes those that nobody can be writing any more. Where they cannot
// be seen or removed they stay: they harm nobody.
func removeParts(file string) {
	target := resolve(file)

	old := oldParts(target)
	if len(old) == 0 {
		return
	}

	unlock, err := lock(target) // Who writes has it.
	if err != nil {
		return
	}

	defer unlock()

	for _, part := range old {
		_ = os.Remove(part) // Another process may have been faster.
	}
}

// oldParts are the parts that have not changed for a minute, which is far longer
// than it takes to write one.
func oldParts(target string) (parts []string) {
	dir := filepath.Dir(target)

	all, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}

	for _, one := range all {
		number, is := strings.CutPrefix(one.Name(), partOf(target))
		if !is || number == "" || strings.Trim(number, "0123456789") != "" {
			continue
		}

		if info, err := one.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > time.Minute {
			parts = append(parts, filepath.Join(dir, one.Name()))
		}
	}

	return parts
}
