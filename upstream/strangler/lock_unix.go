//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package strangler

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lock keeps other processes from changing a file until unlock is called. They
// meet at a file beside it, which stays: the file itself is another one after
// each change.
func lock(file string) (unlock func(), err error) {
	const (
		patience = 300 * time.Millisecond // Who goes back in the night waits for it.
		pause    = 5 * time.Millisecond
		readable = 0o644
	)

	f, err := os.OpenFile(file+".lock", os.O_CREATE|os.O_RDWR, readable) //nolint:gosec // The operator's file.
	if err != nil {
		return nil, fmt.Errorf("lock the routes file: %w", err)
	}

	for waited := time.Duration(0); ; waited += pause {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil // That ends the lock.
		}

		if again := errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR); !again || waited >= patience {
			_ = f.Close() // Nothing was written.

			return nil, fmt.Errorf("lock the routes file: %w", err)
		}

		time.Sleep(pause)
	}
}
