package heap

import (
	"testing"
	"testing/fstest"
)

func TestGroupLimit(t *testing.T) {
	t.Parallel()

	const v2, v1 = "sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"

	tests := map[string]struct {
		files map[string]string
		limit int64
	}{
		"version 2":              {map[string]string{v2: "134217728\n"}, 128 << 20},
		"version 1":              {map[string]string{v1: "134217728\n"}, 128 << 20},
		"version 2 without":      {map[string]string{v2: "max\n"}, 0},
		"version 1 without":      {map[string]string{v1: "9223372036854771712\n"}, 0},
		"both":                   {map[string]string{v2: "1048576", v1: "2097152"}, 1 << 20},
		"no control groups":      {nil, 0},
		"nothing that is a size": {map[string]string{v2: "lots"}, 0},
		"nothing at all":         {map[string]string{v2: "0"}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			root := fstest.MapFS{}
			for path, text := range test.files {
				root[path] = &fstest.MapFile{Data: []byte(text)}
			}

			if limit, found := groupLimit(root); limit != test.limit || found != (test.limit > 0) {
				t.Errorf("got %d, %v; want %d", limit, found, test.limit)
			}
		})
	}
}
