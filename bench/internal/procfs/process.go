package procfs

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
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

// CPU reads the processor time that processes have used, their own and the
// kernel's on their behalf (utime and stime of /proc/PID/stat), in steps of 10 ms.
func (p FS) CPU(pids ...int) (time.Duration, error) {
	const utime, stime = 14, 15

	var sum time.Duration

	for _, pid := range pids {
		fields, err := p.stat(strconv.Itoa(pid))
		if err != nil {
			return 0, err
		}

		used, ok := ticks(fields.at(utime), fields.at(stime))
		if !ok {
			return 0, malformed("stat")
		}

		sum += used
	}

	return sum, nil
}

// Family returns processes and all that they have started, directly or through
// others.
func (p FS) Family(pids ...int) ([]int, error) {
	entries, err := fs.ReadDir(p.files, ".")
	if err != nil {
		return nil, fmt.Errorf("/proc (Linux alone has it): %w", err)
	}

	children := map[int][]int{}

	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue // Something else.
		}

		const ppid = 4

		fields, err := p.stat(entry.Name())
		if err != nil {
			continue // It has ended meanwhile.
		}

		if parent, err := strconv.Atoi(fields.at(ppid)); err == nil {
			children[parent] = append(children[parent], pid)
		}
	}

	family := slices.Clone(pids)
	for i := 0; i < len(family); i++ {
		family = append(family, children[family[i]]...)
	}

	return family, nil
}

// statFields are the fields of /proc/PID/stat from the third on: the second is
// the program's name in brackets, which may hold blanks and brackets itself.
type statFields []string

func (p FS) stat(pid string) (statFields, error) {
	text, err := p.read(pid + "/stat")

	return strings.Fields(text[strings.LastIndexByte(text, ')')+1:]), err
}

// at is a field by the number that proc(5) gives it, "" where there is none.
func (f statFields) at(number int) string {
	const first = 3

	if number-first >= len(f) {
		return ""
	}

	return f[number-first]
}
