package product

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"storefront/internal/wire"
)

// answer is what the service sends for 50 products: 18.5 KB.
func answer() []byte {
	products := make([]string, 0, 50)
	for i := range cap(products) {
		products = append(products, fmt.Sprintf(`{"id":"prod_%d","name":"Galaxy Ultra %d","price":%d.90,`+
			`"image":"https://cdn.example.com/images/products/%d.jpg",`+
			`"description":"A phone with a very good camera, a big battery and a display that is bright enough for the beach, in four colours – and a case.",`+
			`"specs":{"ram":"12GB","storage":"256GB","display":"6.8 inch","battery":"5000mAh"},`+
			`"reviews":%d,"rating":4.%d}`, i, i, 100+i, i, 1000+i, i%10))
	}

	return []byte("[" + strings.Join(products, ",") + "]")
}

// BenchmarkDecode reads of 50 products what a page shows: the first 5 for the
// mobile one, 20 for the TV, 10 with all fields for the web. encoding/json
// cannot stop, so it decodes 50 of the same four fields.
func BenchmarkDecode(b *testing.B) {
	const tile = Name | Price | Image

	body := answer()

	for name, shown := range map[string]struct {
		limit int
		read  Fields
	}{
		"mobile": {5, tile}, "TV": {20, tile | Rating}, "web": {10, All},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()

			for b.Loop() {
				var list List

				err := wire.Decode(body, func(r *wire.Reader) { list = decodeList(r, shown.limit, shown.read) })
				if err != nil || len(list) != shown.limit {
					b.Fatal(err, len(list))
				}
			}
		})
	}

	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()

		for b.Loop() {
			var list []struct {
				ID    string      `json:"id"`
				Name  string      `json:"name"`
				Price json.Number `json:"price"`
				Image *string     `json:"image"`
			}

			if err := json.Unmarshal(body, &list); err != nil || len(list) == 0 {
				b.Fatal(err, len(list))
			}
		}
	})
}
