package load

import (
	"syscall"
	"time"
)

// sleep blocks the thread, which the kernel wakes within some 50 µs of the time.
// When a signal ends it early, the caller sees that there is time left.
func sleep(d time.Duration) {
	wanted := syscall.NsecToTimespec(d.Nanoseconds())
	_ = syscall.Nanosleep(&wanted, nil)
}
