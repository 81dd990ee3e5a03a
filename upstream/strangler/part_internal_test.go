package strangler

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPartsAreRemoved at the start: what a process left that was killed while it
// wrote the file, and nothing else.
func TestPartsAreRemoved(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		left   string
		old    bool
		stays  bool
		held   bool // somebody has the lock
		folder bool
	}{
		"a part":              {left: ".strangler.yaml-1234567890", old: true},
		"one in the making":   {left: ".strangler.yaml-1234567890", stays: true},
		"of another file":     {left: ".other.yaml-123", old: true, stays: true},
		"of a longer name":    {left: ".strangler.yaml-123.swp", old: true, stays: true},
		"of a name of words":  {left: ".strangler.yaml-backup", old: true, stays: true},
		"of no number":        {left: ".strangler.yaml-", old: true, stays: true},
		"a folder":            {left: ".strangler.yaml-123", old: true, folder: true, stays: true},
		"while it is locked":  {left: ".strangler.yaml-123", old: true, held: true, stays: true},
		"the file of another": {left: "strangler.yaml-123", old: true, stays: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if test.held && runtime.GOOS == "windows" {
				t.Skip("there is no lock")
			}

			dir := t.TempDir()
			target, left := filepath.Join(dir, "strangler.yaml"), filepath.Join(dir, test.left)
			link := filepath.Join(t.TempDir(), "link.yaml")

			do(t, os.Symlink(target, link))

			if test.folder {
				do(t, os.Mkdir(left, 0o700))
			} else {
				write(t, left, "half of")
			}

			if test.old {
				then := time.Now().Add(-2 * time.Minute)
				do(t, os.Chtimes(left, then, then))
			}

			save(t, target, usersOld)

			if test.held {
				unlock, err := lock(target)
				do(t, err)

				defer unlock()
			}

			open(t, link, "")

			if _, err := os.Stat(left); errors.Is(err, fs.ErrNotExist) == test.stays {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestPartsOfWriting are those that are looked for.
func TestPartsOfWriting(t *testing.T) {
	t.Parallel()

	file := yamlFile(t)

	f, err := os.CreateTemp(filepath.Dir(file), partOf(file)+"*")
	do(t, err)
	do(t, f.Close())

	then := time.Now().Add(-time.Hour)
	do(t, os.Chtimes(f.Name(), then, then))

	if got := oldParts(file); !slices.Equal(got, []string{f.Name()}) || !strings.Contains(got[0], ".strangler.yaml-") {
		t.Errorf("got %v", got)
	}
}
