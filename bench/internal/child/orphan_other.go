//go:build !linux

package child

import "syscall"

// attributes are none: only Linux stops a child whose parent was killed.
func attributes() *syscall.SysProcAttr { return nil }
