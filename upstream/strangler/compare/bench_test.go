package compare_test

import (
	"fmt"
	"strings"
	"testing"
)

// products is a list as a product service answers it, about 380 bytes each;
// order says how the members are ordered.
func products(n int, written string) []byte {
	all := make([]string, 0, n)

	for i := range n {
		one := fmt.Sprintf(`"id":"prod_%d","name":"Galaxy Ultra %d","image":"https://cdn.example.com/images/products/%d.jpg",`+
			`"description":"A phone with a very good camera, a big battery and a display that is bright enough for the beach, in four colours – and a case.",`+
			`"specs":{"ram":"12GB","storage":"256GB","display":"6.8 inch","battery":"5000mAh"},`+
			`"reviews":%d,"rating":4.%d`, i, i, i, 1000+i, i%10)
		all = append(all, fmt.Sprintf(written, one, i))
	}

	return []byte("[" + strings.Join(all, ",") + "]")
}

func BenchmarkCompare(b *testing.B) {
	old := products(20, `{"price":%[2]d.90,%[1]s}`)

	for name, bench := range map[string]struct {
		new   []byte
		rules rules
		found int
	}{
		"same":     {new: old},
		"superset": {new: products(20, `{%[1]s,"price":%[2]d.9,"more":[1,2,3]}`)},
		"differs":  {new: products(20, `{%[1]s,"price":%[2]d.91,"more":[1,2,3]}`), found: 1},
		"rules": {
			new: products(20, `{%[1]s,"price":%[2]d.91,"more":[1,2,3]}`),
			rules: rules{
				ignore: []string{"$[*].image", "$[*].specs.*"}, unordered: []string{"$"}, tolerance: map[string]float64{"$[*].price": 0.01},
			},
		},
	} {
		b.Run(name, func(b *testing.B) {
			rules := bench.rules.made(b)
			b.ReportAllocs()

			for b.Loop() {
				if found, err := rules.Compare(old, bench.new); err != nil || len(found) != bench.found {
					b.Fatal(found, err)
				}
			}
		})
	}
}
