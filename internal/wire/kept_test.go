package wire_test

import (
	"strconv"
	"testing"

	"storefront/internal/wire"
)

// BenchmarkKept reads the four fields of a mobile page of the first products
// of 50, as a page does. Compare with BenchmarkTile/encoding/json, which has to
// decode all of them.
func BenchmarkKept(b *testing.B) {
	for _, limit := range []int{5, 20} {
		b.Run(strconv.Itoa(limit), func(b *testing.B) {
			body := catalogue(50)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				var products []product
				err := wire.Decode(body, func(r *wire.Reader) { products = readProducts(r, limit, readTile) })
				if err != nil || len(products) != limit {
					b.Fatal(err, len(products))
				}
			}
		})
	}
}
