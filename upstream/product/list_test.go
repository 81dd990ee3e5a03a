package product_test

import (
	"strconv"
	"strings"
	"testing"

	"storefront/internal/fault"
	"storefront/upstream/product"
)

// list is the JSON of the products p0, p1 and so on.
func list(n int) string {
	elements := make([]string, n)
	for i := range elements {
		elements[i] = strings.Replace(whole, `"p"`, `"p`+strconv.Itoa(i)+`"`, 1)
	}

	return `[` + strings.Join(elements, ",") + `]`
}

func TestListIsCut(t *testing.T) {
	t.Parallel()

	for sent, want := range map[int]int{0: 0, 1: 1, 5: 5, 6: 5, 500: 5} {
		got, err := client(list(sent), product.All).Recommended(t.Context(), "u", 5)
		wantKind(t, err, fault.None, "")

		if got.Of == nil || len(got.Of) != want {
			t.Errorf("of %d: got %v", sent, got.Of)
		}

		for i, p := range got.Of {
			if p.ID != id("p"+strconv.Itoa(i)) {
				t.Errorf("at %d: got %s", i, p.ID)
			}
		}
	}
}

// TestWhatIsCutIsNotRead, but must be JSON.
func TestWhatIsCutIsNotRead(t *testing.T) {
	t.Parallel()

	got, err := client(`[`+whole+`,{"price":"free"},7]`, product.All).Recommended(t.Context(), "u", 1)
	wantKind(t, err, fault.None, "")

	if len(got.Of) != 1 {
		t.Errorf("got %v", got.Of)
	}

	_, err = client(`[`+whole+`,{"price":}]`, product.All).Recommended(t.Context(), "u", 1)
	wantKind(t, err, fault.InvalidResponse, "invalid JSON")
}

func TestListIsOne(t *testing.T) {
	t.Parallel()

	for body, why := range map[string]string{
		`null`:                            "expected an array, found null",
		whole:                             "expected an array",
		`[null]`:                          `"/0"`,
		`[[]]`:                            `"/0"`,
		`[` + whole + `,{"id":"q"}]`:      `"/1"`,
		`[` + whole + `,` + whole + `],[`: "more after the end",
	} {
		_, err := client(body, product.All).ByID(t.Context(), []string{"a", "b"})
		wantKind(t, err, fault.InvalidResponse, why)
	}
}

// TestByIDIsCut where a service sends more than it was asked for.
func TestByIDIsCut(t *testing.T) {
	t.Parallel()

	got, err := client(list(5), product.All).ByID(t.Context(), []string{"p0", "p1"})
	wantKind(t, err, fault.None, "")

	if len(got.Of) != 2 {
		t.Errorf("got %v", got.Of)
	}
}
