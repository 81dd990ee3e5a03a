package customer_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// theirs are names that the legacy system alone would give.
var theirs = regexp.MustCompile(`\b(cust_|f_name|l_name|addr_line_|ph_num|email_addr)|_pts\b`)

// knows is who may know how the legacy system names things, files and folders, and
// why. Tests may, too: they are linked into no program.
func knows() map[string]string {
	return map[string]string{
		"upstream/customer/wire.go":                    "the translation",
		"upstream/customer/testdata/golden":            "what the system sends, and what it is taken for",
		"upstream/upstreamtest/testdata/customer.json": "what a system that is made up for tests sends",
		"services/legacy":                              "the system itself",
		"testdata/specs/web/customer_summary.json":     "what it sends, in a test",
		"docs/architecture.md":                         "shows the record of the guide once",
	}
}

// TestLegacyNamesStopAtTheWire: nothing that a program is made of, embedded files
// too, and no document knows how the legacy system names things, but the
// translation and the system itself.
func TestLegacyNamesStopAtTheWire(t *testing.T) {
	t.Parallel()

	root := os.DirFS("../..")
	known := knows()
	read := 0

	err := fs.WalkDir(root, ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && file != ".":
			return fs.SkipDir
		case !entry.Type().IsRegular(), strings.HasSuffix(file, "_test.go"):
			return nil
		}

		text, err := fs.ReadFile(root, file)
		if err != nil || !utf8.Valid(text) && path.Ext(file) != ".in" { // A picture, or a program.
			return err
		}

		read++

		if name := theirs.Find(text); name != nil {
			if by := knower(file); by == "" {
				t.Errorf("%s says %s: legacy names stop at wire.go", file, name)
			} else {
				delete(known, by)
			}
		}

		return nil
	})

	const some = 800
	if err != nil || read < some {
		t.Errorf("%d files were read, %v", read, err)
	}

	for file := range known {
		t.Errorf("%s is excepted, and says no legacy name", file)
	}
}

// knower is the exception that a file is, or is in; "" where there is none.
func knower(file string) string {
	for at := file; at != "."; at = path.Dir(at) {
		if knows()[at] != "" {
			return at
		}
	}

	return ""
}
