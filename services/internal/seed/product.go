package seed

import (
	"math/rand/v2"
	"strings"

	"storefront/services/internal/decimal"
)

// Product is one thing for sale. Category is a slug such as "lighting"; Rating
// lies between 3.0 and 5.0.
type Product struct {
	ID, Name, Category, Description string
	Price                           decimal.Cents
	Specs                           []Spec
	Reviews                         int
	Rating                          decimal.Tenths
}

// Spec is one property of a product, such as ram: 16GB.
type Spec struct{ Name, Value string }

// Products returns every product, prod_1 first. Names are unique, and the
// categories take turns: the n-th product is of the n-th category.
func Products() []Product {
	shelves := catalogue()
	products := make([]Product, 0, ProductCount)
	products = append(products, laptop())
	for n := 2; n <= ProductCount; n++ {
		products = append(products, newProduct(shelves[(n-1)%categoryCount], n, (n-1)/categoryCount))
	}
	return products
}

// laptop is the product of the guide.
func laptop() Product {
	return Product{
		ID: productID(1), Name: "Laptop", Category: "computers", Description: "High-performance laptop",
		Price: 99999, Specs: []Spec{{"ram", "16GB"}, {"storage", "512GB SSD"}}, Reviews: 150, Rating: 45,
	}
}

// newProduct makes product n, the nth-th of its category. What it costs, what
// it can do and how it is rated come from one level, so that they agree. Its
// pair of words comes up once in the category, since 131 shares no divisor with
// the number of pairs; the shift lets each category start with another one.
func newProduct(shelf category, n, nth int) Product {
	roll := dice(productDice, n)
	sort := shelf.kinds[nth%len(shelf.kinds)]
	level := roll.IntN(101)
	specs := newSpecs(roll, sort.specs, level)
	words := wording(shelf, specs, nth*131+n%categoryCount*29)
	return Product{
		ID: productID(n), Name: words.Replace(sort.name), Category: shelf.name,
		Description: words.Replace(sort.text) + " " + pick(roll, list(shelf.closings, "|")),
		Price:       price(roll, sort, level), Specs: specs,
		Reviews: reviews(roll), Rating: rating(roll, level),
	}
}

// newSpecs reads "key: bad<good; key: any|any" and takes one value of each.
func newSpecs(roll *rand.Rand, cell string, level int) []Spec {
	entries := list(cell, ";")
	specs := make([]Spec, 0, len(entries))
	for _, entry := range entries {
		key, values, _ := strings.Cut(entry, ": ")
		specs = append(specs, Spec{key, specValue(roll, values, level)})
	}
	return specs
}

// specValue takes any of "a|b", or of "a<b" the one that suits the level, give
// or take a little.
func specValue(roll *rand.Rand, values string, level int) string {
	if !strings.Contains(values, "<") {
		return pick(roll, strings.Split(values, "|"))
	}
	ranked := strings.Split(values, "<")
	near := min(max(level+roll.IntN(21)-10, 0), 100)
	return ranked[near*len(ranked)/101]
}

// wording fills a pair of {a} and {b} and the specs into names and texts.
func wording(shelf category, specs []Spec, pair int) *strings.Replacer {
	a, b := list(shelf.a, ","), list(shelf.b, ",")
	pair %= len(a) * len(b)
	words := append(make([]string, 0, 4+2*len(specs)), "{a}", a[pair%len(a)], "{b}", b[pair/len(a)])
	for _, spec := range specs {
		words = append(words, "{"+spec.Name+"}", spec.Value)
	}
	return strings.NewReplacer(words...)
}

// price grows with the square of the level: most things are cheap.
func price(roll *rand.Rand, sort kind, level int) decimal.Cents {
	endings := []int{99, 99, 95, 90, 50, 0}
	units := sort.low + (sort.high-sort.low)*level*level/10_000
	return decimal.Cents(units*100 + endings[roll.IntN(len(endings))])
}

// reviews are few for most products and many for some.
func reviews(roll *rand.Rand) int {
	popularity := roll.IntN(60)
	return 3 + roll.IntN(20) + popularity*popularity*roll.IntN(100)/100
}

// rating lies between 3.0 and 5.0, mostly around 4, and good things do better.
func rating(roll *rand.Rand, level int) decimal.Tenths {
	return decimal.Tenths(30 + roll.IntN(8) + roll.IntN(8) + level*6/100)
}
