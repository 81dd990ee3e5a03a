package order_test

import (
	"runtime"
	"strings"
	"testing"

	"storefront/internal/fault"
	"storefront/upstream/order"
)

// TestSizeGrowsWithContent: each field that is held is counted.
func TestSizeGrowsWithContent(t *testing.T) {
	t.Parallel()

	least := order.List{}.Size()
	text := `"` + strings.Repeat("x", 1000) + `"`

	for member, growth := range map[string]int{
		`"date":` + text:                     1000,
		`"status":` + text:                   1000,
		`"shipping_address":` + text:         1000,
		`"tracking_number":` + text:          1000,
		`"total":` + strings.Repeat("7", 60): 59,
		`"items":` + items(10):               10 * 32,
		`"items":[{"product_id":"` + strings.Repeat("x", 100) + `","quantity":1}]`: 32 + 100,
	} {
		bare, err := client(`[{"id":"o","date":"","total":1,"status":""}]`, order.All).Recent(t.Context(), "u", 1)
		wantKind(t, err, fault.None, "")

		got, err := client(`[{"id":"o","date":"","total":1,"status":"",`+member+`}]`, order.All).Recent(t.Context(), "u", 1)
		wantKind(t, err, fault.None, "")

		if bare.Of.Size() <= least || got.Of.Size() < bare.Of.Size()+growth {
			t.Errorf("%.12s: the size goes from %d to %d, want %d more", member, bare.Of.Size(), got.Of.Size(), growth)
		}
	}
}

// TestSizeIsHonest holds the sizes against what the heap grows by.
func TestSizeIsHonest(t *testing.T) { //nolint:paralleltest // It measures the heap of the process.
	for name, test := range map[string]struct {
		read   order.Fields
		body   string
		copies int
	}{
		"none":       {order.All, `[]`, 2000},
		"one":        {order.All, list(1), 1000},
		"mobile":     {order.Total | order.Status, list(3), 500},
		"web":        {order.All, list(5), 200},
		"many items": {order.All, `[{"id":"o","date":"d","total":1,"status":"s","items":` + items(100) + `}]`, 100},
	} {
		client := client(test.body, test.read)
		held := make([]any, test.copies)
		claimed, before := 0, heap()

		for i := range held {
			got, err := client.Recent(t.Context(), "u", 20)
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
