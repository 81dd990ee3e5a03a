package child

import "syscall"

// attributes has the kernel stop a child whose parent was killed, so that no
// server is left behind on somebody's machine.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
