package order_test

import (
	"strconv"
	"strings"
	"testing"

	"storefront/internal/fault"
	"storefront/upstream/order"
)

// list is the JSON of the orders o0, o1 and so on.
func list(n int) string {
	elements := make([]string, n)
	for i := range elements {
		elements[i] = strings.Replace(whole, `"o"`, `"o`+strconv.Itoa(i)+`"`, 1)
	}

	return `[` + strings.Join(elements, ",") + `]`
}

func TestListIsCut(t *testing.T) {
	t.Parallel()

	for sent, want := range map[int]int{0: 0, 1: 1, 5: 5, 6: 5, 500: 5} {
		got, err := client(list(sent), order.All).Recent(t.Context(), "u", 5)
		wantKind(t, err, fault.None, "")

		if got.Of == nil || len(got.Of) != want {
			t.Errorf("of %d: got %v", sent, got.Of)
		}

		for i, o := range got.Of {
			if o.ID != id("o"+strconv.Itoa(i)) {
				t.Errorf("at %d: got %s", i, o.ID)
			}
		}
	}
}

// TestWhatIsCutIsNotRead, but must be JSON.
func TestWhatIsCutIsNotRead(t *testing.T) {
	t.Parallel()

	got, err := client(`[`+whole+`,{"total":"free"},7]`, order.All).Recent(t.Context(), "u", 1)
	wantKind(t, err, fault.None, "")

	if len(got.Of) != 1 {
		t.Errorf("got %v", got.Of)
	}

	_, err = client(`[`+whole+`,{"total":}]`, order.All).Recent(t.Context(), "u", 1)
	wantKind(t, err, fault.InvalidResponse, "invalid JSON")
}

func TestListIsOne(t *testing.T) {
	t.Parallel()

	for body, why := range map[string]string{
		`null`:                       "expected an array, found null",
		whole:                        "expected an array",
		`[null]`:                     `"/0"`,
		`[` + whole + `,{"id":"x"}]`: `"/1"`,
		`[` + whole + `]]`:           "more after the end",
	} {
		_, err := client(body, order.All).Recent(t.Context(), "u", 2)
		wantKind(t, err, fault.InvalidResponse, why)
	}
}
