// Package procfs reads what Linux tells in /proc: how much memory and processor
// time a process has used, and how busy the machine is. It knows nothing of what
// the process does.
package procfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit in which /proc counts processor time: USER_HZ is 100 on
// every architecture that Go runs on.
const tick = 10 * time.Millisecond

// maxCount is more than any count here can be, and little enough to be added up
// and turned into another unit: 43 years in ticks, 128 TiB in KiB.
const maxCount = 1 << 37

// errForm is a file of /proc that is not as proc(5) describes it.
var errForm = errors.New("unexpected form")

// FS is a tree like /proc.
type FS struct{ files fs.FS }

// New returns the tree that files holds; for tests.
func New(files fs.FS) FS { return FS{files: files} }

// Machine returns the tree of this machine. Where there is none, every call
// fails.
func Machine() FS { return New(os.DirFS("/proc")) }

// read returns a file of the tree.
func (p FS) read(name string) (string, error) {
	content, err := fs.ReadFile(p.files, name)
	if err != nil {
		return "", fmt.Errorf("/proc (Linux alone has it): %w", err)
	}

	return string(content), nil
}

func (p FS) readOf(pid int, name string) (string, error) {
	return p.read(strconv.Itoa(pid) + "/" + name)
}

// malformed names the file that could not be understood.
func malformed(name string) error { return fmt.Errorf("/proc: %s: %w", name, errForm) }

// ticks adds up processor times.
func ticks(counts ...string) (time.Duration, bool) {
	var sum time.Duration

	for _, text := range counts {
		count, err := strconv.ParseInt(text, 10, 64)
		if err != nil || count < 0 || count > maxCount {
			return 0, false
		}

		sum += time.Duration(count) * tick
	}

	return sum, true
}

// value returns the number behind "key:" in lines such as "VmRSS:   1024 kB".
func value(status, key string) (int64, bool) {
	for line := range strings.Lines(status) {
		rest, found := strings.CutPrefix(line, key+":")
		if !found {
			continue
		}

		fields := strings.Fields(rest)
		if len(fields) != len([]string{"number", "unit"}) || fields[1] != "kB" {
			return 0, false
		}

		number, err := strconv.ParseInt(fields[0], 10, 64)

		return number, err == nil && number >= 0 && number <= maxCount
	}

	return 0, false
}
