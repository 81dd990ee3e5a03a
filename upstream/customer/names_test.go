package customer_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// theirs are names that the legacy system alone would give.
var theirs = regexp.MustCompile(`\b(cust_|f_name|l_name|addr_line_|ph_num|email_addr)|_pts\b`)

// TestLegacyNamesStopAtTheWire: nothing of the product but the translation and the
// system itself knows how the system names things.
func TestLegacyNamesStopAtTheWire(t *testing.T) {
	t.Parallel()

	root := os.DirFS("../..")
	knows := map[string]bool{"upstream/customer/wire.go": true}
	read, found := 0, false

	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (path == "services/legacy" || strings.HasPrefix(entry.Name(), ".") && path != "."):
			return fs.SkipDir
		case entry.IsDir(), strings.HasSuffix(path, "_test.go"), !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".graphqls"):
			return nil
		}

		text, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}

		read++

		if name := theirs.Find(text); name != nil {
			found = found || knows[path]

			if !knows[path] {
				t.Errorf("%s says %s: legacy names stop at wire.go", path, name)
			}
		}

		return nil
	})

	const some = 200
	if err != nil || read < some || !found {
		t.Errorf("%d files were read, %v", read, err)
	}
}
