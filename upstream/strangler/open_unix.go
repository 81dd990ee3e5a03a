//go:build unix

package strangler

import "syscall"

// atOnce has a pipe be opened though nobody writes to it.
const atOnce = syscall.O_NONBLOCK
