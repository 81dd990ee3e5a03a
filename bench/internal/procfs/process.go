package procfs

import (
	"strings"
	"time"
)

// Memory is what a process has in memory, in bytes.
type Memory struct {
	// Resident is what is in memory now (VmRSS).
	Resident int64
	// Peak is the most that ever was (VmHWM).
	Peak int64
	// File is the part of Resident that is pages of files, such as the program's
	// own code, which the kernel can drop and read again (RssFile).
	File int64
}

// Memory reads /proc/PID/status.
func (p FS) Memory(pid int) (Memory, error) {
	const kib = 1 << 10

	status, err := p.readOf(pid, "status")
	if err != nil {
		return Memory{}, err
	}

	var memory Memory

	for key, bytes := range map[string]*int64{"VmRSS": &memory.Resident, "VmHWM": &memory.Peak, "RssFile": &memory.File} {
		count, ok := value(status, key)
		if !ok {
			return Memory{}, malformed("status")
		}

		*bytes = count * kib
	}

	return memory, nil
}

// CPU reads the processor time that a process has used, its own and the
// kernel's on its behalf (utime and stime of /proc/PID/stat), in steps of 10 ms.
func (p FS) CPU(pid int) (time.Duration, error) {
	stat, err := p.readOf(pid, "stat")
	if err != nil {
		return 0, err
	}

	// The second field is the program's name in brackets, which may hold blanks
	// and brackets itself; what follows the last one are plain fields, from the
	// third on.
	const utime, stime = 14 - 3, 15 - 3

	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) <= stime {
		return 0, malformed("stat")
	}

	used, ok := ticks(fields[utime], fields[stime])
	if !ok {
		return 0, malformed("stat")
	}

	return used, nil
}
