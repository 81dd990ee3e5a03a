package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// preface stands at the top of a new file of results.
const preface = `# Results

Each section is the output of the command at its top, run from the root of the
repository; running it again replaces the section. Figures of different sections
are of different runs and are not to be compared.
`

// Update writes the section into the file at path in place of the one of the
// same title, or behind all others where there is none.
func Update(path string, s *Section) error {
	const readableByAll = 0o644

	content, err := os.ReadFile(path) //nolint:gosec // The user says where the results go.
	if errors.Is(err, fs.ErrNotExist) {
		content, err = []byte(preface), nil
	}

	if err == nil {
		err = os.WriteFile(path, []byte(replace(string(content), s)), readableByAll) //nolint:gosec // Results are for all to read.
	}

	if err != nil {
		return fmt.Errorf("results: %w", err)
	}

	return nil
}

func replace(content string, s *Section) string {
	before, after, found := strings.Cut(content, heading(s.Title))
	if !found {
		return strings.TrimRight(content, "\n") + "\n\n" + s.Markdown()
	}

	rest := ""
	if next := strings.Index(after, "\n"+level); next >= 0 {
		rest = after[next:]
	}

	return before + s.Markdown() + rest
}
