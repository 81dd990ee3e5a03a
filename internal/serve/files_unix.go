//go:build unix

package serve

import (
	"math"
	"syscall"
)

// openFiles is how many files this process may have open; Go has raised it as
// far as it may.
func openFiles() int {
	var most syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &most); err != nil {
		return math.MaxInt
	}

	return int(min(uint64(most.Cur), math.MaxInt32)) //nolint:unconvert // It is bounded; its type is not the same everywhere.
}
