package product_test

import (
	"runtime"
	"strings"
	"testing"

	"storefront/internal/fault"
	"storefront/upstream/product"
)

// TestSizeGrowsWithContent: each field that is held is counted.
func TestSizeGrowsWithContent(t *testing.T) {
	t.Parallel()

	least := product.List{}.Size()
	text := `"` + strings.Repeat("x", 1000) + `"`

	for member, growth := range map[string]int{
		`"name":` + text:                      1000,
		`"image":` + text:                     1000,
		`"description":` + text:               1000,
		`"specs":{` + text + `:""}`:           1000,
		`"specs":{"":` + text + `}`:           1000,
		`"reviews":7`:                         8,
		`"price":` + strings.Repeat("7", 60):  59,
		`"rating":` + strings.Repeat("7", 60): 60,
	} {
		bare, err := client(`[{"id":"p","name":"","price":1}]`, product.All).Recommended(t.Context(), "u", 1)
		wantKind(t, err, fault.None, "")

		got, err := client(`[{"id":"p","name":"","price":1,`+member+`}]`, product.All).Recommended(t.Context(), "u", 1)
		wantKind(t, err, fault.None, "")

		if bare.Of.Size() <= least || got.Of.Size() < bare.Of.Size()+growth {
			t.Errorf("%.12s: the size goes from %d to %d, want %d more", member, bare.Of.Size(), got.Of.Size(), growth)
		}
	}
}

// TestSizeIsHonest holds the sizes against what the heap grows by.
func TestSizeIsHonest(t *testing.T) { //nolint:paralleltest // It measures the heap of the process.
	for name, test := range map[string]struct {
		read   product.Fields
		body   string
		copies int
	}{
		"none":       {product.All, `[]`, 2000},
		"one":        {product.All, list(1), 1000},
		"mobile":     {product.Name | product.Price | product.Image, list(5), 500},
		"web":        {product.All, list(10), 200},
		"TV":         {product.Name | product.Price | product.Image | product.Rating, list(20), 200},
		"many specs": {product.All, strings.ReplaceAll(list(5), `{"ram":"none","colour":"red"}`, object(50, "")), 50},
		"long texts": {product.All, strings.ReplaceAll(list(5), "Warm light.", strings.Repeat("Warm. ", 500)), 50},
	} {
		client := client(test.body, test.read)
		held := make([]any, test.copies)
		claimed, before := 0, heap()

		for i := range held {
			got, err := client.Recommended(t.Context(), "u", 20)
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
