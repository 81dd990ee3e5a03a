package wire_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"storefront/internal/wire"
)

// catalogue is what a product service answers: n products, about 380 bytes
// each.
func catalogue(n int) []byte {
	products := make([]string, 0, n)
	for i := range n {
		products = append(products, fmt.Sprintf(`{"id":"prod_%d","name":"Galaxy Ultra %d","price":%d.90,`+
			`"image":"https://cdn.example.com/images/products/%d.jpg",`+
			`"description":"A phone with a very good camera, a big battery and a display that is bright enough for the beach, in four colours – and a case.",`+
			`"specs":{"ram":"12GB","storage":"256GB","display":"6.8 inch","battery":"5000mAh"},`+
			`"reviews":%d,"rating":4.%d}`, i, i, 100+i, i, 1000+i, i%10))
	}
	return []byte("[" + strings.Join(products, ",") + "]")
}

type product struct {
	ID          wire.ID
	Name        string
	Price       wire.Number
	Image       *string
	Description *string
	Specs       []spec
	Reviews     *int64
	Rating      *wire.Number
}

type spec struct{ Name, Value string }

func readProducts(r *wire.Reader, limit int, read func(*wire.Reader) product) []product {
	products := make([]product, 0, limit)
	for range r.Array(limit) {
		products = append(products, read(r))
	}
	return products
}

func readProduct(r *wire.Reader) (p product) {
	for key := range r.Object() {
		switch key {
		case "id":
			p.ID = r.ID()
		case "name":
			p.Name = r.Text()
		case "price":
			p.Price = r.Number()
		case "image":
			p.Image = r.OptionalText()
		case "description":
			p.Description = r.OptionalText()
		case "specs":
			for name := range r.Object() {
				p.Specs = append(p.Specs, spec{name, r.Text()})
			}
		case "reviews":
			p.Reviews = r.OptionalInt()
		case "rating":
			p.Rating = r.OptionalNumber()
		}
	}
	r.Require("id", !p.ID.IsZero())
	r.Require("price", !p.Price.IsZero())
	return p
}

// readTile reads the four fields of a mobile page.
func readTile(r *wire.Reader) (p product) {
	for key := range r.Object() {
		switch key {
		case "id":
			p.ID = r.ID()
		case "name":
			p.Name = r.Text()
		case "price":
			p.Price = r.Number()
		case "image":
			p.Image = r.OptionalText()
		}
	}
	return p
}

// fullProduct and tileProduct are the same two for encoding/json.
type fullProduct struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Price       json.Number       `json:"price"`
	Image       *string           `json:"image"`
	Description *string           `json:"description"`
	Specs       map[string]string `json:"specs"`
	Reviews     *int64            `json:"reviews"`
	Rating      *json.Number      `json:"rating"`
}

type tileProduct struct {
	ID    string      `json:"id"`
	Name  string      `json:"name"`
	Price json.Number `json:"price"`
	Image *string     `json:"image"`
}

func benchmarkWire(b *testing.B, read func(*wire.Reader) product) {
	b.Helper()
	body := catalogue(50)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var products []product
		err := wire.Decode(body, func(r *wire.Reader) { products = readProducts(r, 50, read) })
		if err != nil || len(products) != 50 {
			b.Fatal(err, len(products))
		}
	}
}

func benchmarkStd[T any](b *testing.B) {
	b.Helper()
	body := catalogue(50)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var products []T
		if err := json.Unmarshal(body, &products); err != nil || len(products) != 50 {
			b.Fatal(err, len(products))
		}
	}
}

func BenchmarkFull(b *testing.B) {
	b.Run("wire", func(b *testing.B) { benchmarkWire(b, readProduct) })
	b.Run("encoding/json", benchmarkStd[fullProduct])
}

func BenchmarkTile(b *testing.B) {
	b.Run("wire", func(b *testing.B) { benchmarkWire(b, readTile) })
	b.Run("encoding/json", benchmarkStd[tileProduct])
}

func BenchmarkSkip(b *testing.B) {
	b.Run("wire", func(b *testing.B) {
		body := catalogue(50)
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if err := wire.Decode(body, (*wire.Reader).Skip); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		body := catalogue(50)
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			if !json.Valid(body) {
				b.Fatal("not valid")
			}
		}
	})
}
