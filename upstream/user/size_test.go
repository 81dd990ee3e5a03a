package user_test

import (
	"runtime"
	"strings"
	"testing"

	"storefront/internal/fault"
	"storefront/upstream/user"
)

// TestSizeGrowsWithContent: each field that is held is counted.
func TestSizeGrowsWithContent(t *testing.T) {
	t.Parallel()

	const longer = 1000

	least := user.User{}.Size()

	for _, key := range []string{"name", "email", "profile_picture", "bio", "location", "joined_date"} {
		body := `{"id":"u","name":"","` + key + `":"` + strings.Repeat("x", longer) + `"}`

		got, err := user.New(service("http://user.test", says(body)), user.All).Get(t.Context(), "u")
		wantKind(t, err, fault.None, "")

		if size := got.Of.Size(); size < least+longer {
			t.Errorf("%d bytes more of %s: the size goes from %d to %d", longer, key, least, size)
		}
	}
}

// TestSizeIsHonest holds the sizes against what the heap grows by.
func TestSizeIsHonest(t *testing.T) { //nolint:paralleltest // It measures the heap of the process.
	const copies = 2000

	for name, test := range map[string]struct {
		read user.Fields
		body string
	}{
		"small": {user.Name, whole},
		"whole": {user.All, whole},
		"large": {user.All, strings.ReplaceAll(whole, "Hi.", strings.Repeat("Hi. ", 1000))},
	} {
		client := user.New(service("http://user.test", says(test.body)), test.read)
		held := make([]any, copies)
		claimed, before := 0, heap()

		for i := range held {
			got, err := client.Get(t.Context(), "u")
			wantKind(t, err, fault.None, "")
			held[i] = got.Of
			claimed += got.Of.Size()
		}

		if taken := heap() - before; taken > 2*claimed || claimed > 2*taken {
			t.Errorf("%s: %d bytes are claimed and %d taken", name, claimed, taken)
		}

		runtime.KeepAlive(held)
	}
}

// heap is how many bytes of the heap are in use.
func heap() int {
	var m runtime.MemStats

	runtime.GC()
	runtime.GC() // once more for what pools still had
	runtime.ReadMemStats(&m)

	return int(m.HeapAlloc) //nolint:gosec // Some megabytes.
}
