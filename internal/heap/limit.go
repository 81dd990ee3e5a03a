package heap

import (
	"io/fs"
	"runtime/debug"
	"strconv"
	"strings"
)

// share is how much of its control group's memory the Go heap may take, in
// percent; the rest is the program's file, its stacks outside of the heap and
// what the kernel counts in its name.
const share = 85

// limitMemory sets the soft limit of memory from that of the control group, if
// there is one.
func limitMemory(root fs.FS) {
	if limit, found := groupLimit(root); found {
		const percent = 100

		debug.SetMemoryLimit(limit / percent * share)
	}
}

// groupLimit reads the limit of memory of this process' control group, version
// 2 or 1, in bytes. Inside of a container its own group is at the root.
func groupLimit(root fs.FS) (limit int64, found bool) {
	// Without a limit version 1 says the largest number of whole pages.
	const none = 1 << 60

	for _, path := range []string{"sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := fs.ReadFile(root, path)
		if err != nil {
			continue
		}

		limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		if err == nil && 0 < limit && limit < none {
			return limit, true
		}
	}

	return 0, false
}
