package child

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
)

const (
	// maxLine is the longest line of output that is looked at, in bytes.
	maxLine = 4 << 10
	// maxTail is how much of a log is kept, in bytes.
	maxTail = 2 << 10
)

// urls is a standard output that is searched for base URLs.
type urls struct {
	complete chan struct{} // closed once all are known

	mu      sync.Mutex
	missing map[string]bool
	found   map[string]string
	line    []byte // the line that is not at its end yet
}

func newURLs(names []string) *urls {
	u := &urls{complete: make(chan struct{}), missing: map[string]bool{}, found: map[string]string{}}
	for _, name := range names {
		u.missing[name] = true
	}

	if len(u.missing) == 0 {
		close(u.complete)
	}

	return u
}

// Write takes a piece of the output; it never fails.
func (u *urls) Write(p []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()

	for part := range bytes.Lines(p) {
		if len(u.missing) == 0 {
			break // Nothing more is looked for.
		}

		u.line = append(u.line, part[:min(len(part), maxLine-len(u.line))]...)

		if part[len(part)-1] == '\n' {
			u.look(string(u.line))
			u.line = u.line[:0]
		}
	}

	return len(p), nil
}

// look takes the name at the beginning of a line, and the first URL behind it:
// "name  URL", or "name listens on URL".
func (u *urls) look(line string) {
	fields := strings.Fields(line)
	if len(fields) == 0 || !u.missing[fields[0]] {
		return
	}

	at := slices.IndexFunc(fields, func(field string) bool { return strings.HasPrefix(field, "http://") })
	if at < 0 {
		return
	}

	delete(u.missing, fields[0])
	u.found[fields[0]] = fields[at]

	if len(u.missing) == 0 {
		close(u.complete)
	}
}

func (u *urls) get(name string) string {
	u.mu.Lock()
	defer u.mu.Unlock()

	return u.found[name]
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

// Write takes a piece of a log; it never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()

	t.kept = append(t.kept, p[max(0, len(p)-maxTail):]...)
	t.kept = append(t.kept[:0], t.kept[max(0, len(t.kept)-maxTail):]...)

	return len(p), nil
}

// String is the end of what was written.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()

	return string(t.kept)
}

// logFile is the path of a file that a log is written to.
type logFile string

// String is the end of what was written, or why that cannot be told.
func (f logFile) String() string {
	file, err := os.Open(string(f))
	if err != nil {
		return err.Error()
	}
	defer func() { _ = file.Close() }() // It was only read.

	// A log that is shorter is read from its beginning.
	_, _ = file.Seek(-maxTail, io.SeekEnd)

	text, err := io.ReadAll(io.LimitReader(file, maxTail))
	if err != nil {
		return err.Error()
	}

	return string(text)
}
