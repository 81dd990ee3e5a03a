//go:build !linux

package load

import "time"

// sleep is as exact as the runtime's timers are.
func sleep(d time.Duration) { time.Sleep(d) }
