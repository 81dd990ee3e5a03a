//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package strangler

// lock does nothing where there is no flock: one process at a time may change
// the file there.
func lock(string) (unlock func(), err error) { return func() {}, nil }
