package decimal_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"storefront/services/internal/decimal"
)

func TestDigits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		value interface{ String() string }
		want  string
	}{
		{decimal.Cents(0), "0.00"},
		{decimal.Cents(5), "0.05"},
		{decimal.Cents(99), "0.99"},
		{decimal.Cents(4990), "49.90"},
		{decimal.Cents(99999), "999.99"},
		{decimal.Cents(-5), "-0.05"},
		{decimal.Cents(math.MaxInt64), "92233720368547758.07"},
		{decimal.Cents(math.MinInt64), "-92233720368547758.08"},
		{decimal.Tenths(45), "4.5"},
		{decimal.Tenths(50), "5.0"},
		{decimal.Tenths(3), "0.3"},
		{decimal.Tenths(-3), "-0.3"},
	} {
		t.Run(test.want, func(t *testing.T) {
			t.Parallel()
			if got := test.value.String(); got != test.want {
				t.Errorf("String() = %s", got)
			}
			if got, err := json.Marshal(test.value); err != nil || string(got) != test.want {
				t.Errorf("json.Marshal = %s, %v", got, err)
			}
		})
	}
}

// FuzzCents compares every amount with exact rational arithmetic.
func FuzzCents(f *testing.F) {
	for _, seed := range []int64{0, 1, -1, 100, 99999, math.MaxInt64, math.MinInt64} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, n int64) {
		if got, want := decimal.Cents(n).String(), big.NewRat(n, 100).FloatString(2); got != want {
			t.Errorf("Cents(%d) = %s, want %s", n, got, want)
		}
	})
}
