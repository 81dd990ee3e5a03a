package customer_test

import (
	"runtime"
	"strings"
	"testing"

	"storefront/internal/fault"
	"storefront/upstream/customer"
)

// TestSizeGrowsWithContent: each field that is held is counted.
func TestSizeGrowsWithContent(t *testing.T) {
	t.Parallel()

	const longer = 1000

	least := customer.Customer{}.Size()

	for _, key := range []string{"f_name", "l_name", "addr_line_1", "addr_line_2", "city", "state", "zip", "ph_num", "email_addr"} {
		got, err := client(`{"cust_num":"u","`+key+`":"`+strings.Repeat("x", longer)+`"}`).Get(t.Context(), "u")
		wantKind(t, err, fault.None, "")

		if size := got.Of.Size(); size < least+longer {
			t.Errorf("%d bytes more of %s: the size goes from %d to %d", longer, key, least, size)
		}
	}
}

// TestSizeIsHonest holds the sizes against what the heap grows by.
func TestSizeIsHonest(t *testing.T) { //nolint:paralleltest // It measures the heap of the process.
	const copies = 2000

	for name, body := range map[string]string{
		"small": `{"cust_num":"12345"}`, "whole": guide, "large": strings.ReplaceAll(guide, "John", strings.Repeat("John ", 150)),
	} {
		client := client(body)
		held := make([]any, copies)
		claimed, before := 0, heap()

		for i := range held {
			got, err := client.Get(t.Context(), "12345")
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
