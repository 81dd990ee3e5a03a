package product_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/fault"
	"storefront/internal/wire"
	"storefront/upstream/product"
)

func id(text string) wire.ID { return wire.ID{Text: text} }

const whole = `{"id":"p","name":"Lamp","price":19.90,"image":"http://img.test/p.jpg","description":"Warm light.",` +
	`"specs":{"ram":"none","colour":"red"},"reviews":12,"rating":4.50}`

// client reads from a service that gives one body.
func client(body string, read product.Fields) *product.Client {
	return product.New(service("http://product.test", says(body)), read)
}

func TestDecode(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		read product.Fields
		body string
		want product.Product
	}{
		"everything": {product.All, whole, product.Product{
			ID: id("p"), Name: "Lamp", Price: "19.90", Image: new("http://img.test/p.jpg"), Description: new("Warm light."),
			Specs: wire.TextMap{{Name: "ram", Value: "none"}, {Name: "colour", Value: "red"}}, Reviews: new(int64(12)), Rating: new(wire.Number("4.50")),
		}},
		"the id alone":     {0, whole, product.Product{ID: id("p")}},
		"name":             {product.Name, whole, product.Product{ID: id("p"), Name: "Lamp"}},
		"price":            {product.Price, whole, product.Product{ID: id("p"), Price: "19.90"}},
		"image":            {product.Image, whole, product.Product{ID: id("p"), Image: new("http://img.test/p.jpg")}},
		"description":      {product.Description, whole, product.Product{ID: id("p"), Description: new("Warm light.")}},
		"reviews":          {product.Reviews, whole, product.Product{ID: id("p"), Reviews: new(int64(12))}},
		"rating":           {product.Rating, whole, product.Product{ID: id("p"), Rating: new(wire.Number("4.50"))}},
		"nothing optional": {product.All, `{"id":"p","name":"Lamp","price":1}`, product.Product{ID: id("p"), Name: "Lamp", Price: "1"}},
		"all of it null": {
			product.All, `{"id":"p","name":"Lamp","price":1,"image":null,"description":null,"specs":null,"reviews":null,"rating":null}`,
			product.Product{ID: id("p"), Name: "Lamp", Price: "1"},
		},
		"empty": {
			product.Name | product.Image | product.Specification, `{"id":"p","name":"","image":"","specs":{}}`,
			product.Product{ID: id("p"), Image: new(""), Specs: wire.TextMap{}},
		},
		"not read and wrong": {product.Name, `{"id":"p","name":"Lamp","price":"free","specs":[1]}`, product.Product{ID: id("p"), Name: "Lamp"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := client(test.body, test.read).Get(t.Context(), "p")
			wantKind(t, err, fault.None, "")

			if diff := cmp.Diff(test.want, got.Of); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()

	// with is a good product but for one member.
	with := func(member string) string { return `{"id":"p","name":"Lamp","price":1,` + member + `}` }
	tests := map[string]struct{ body, why string }{
		"null":                    {`null`, "expected an object, found null"},
		"a list":                  {`[` + whole + `]`, "expected an object"},
		"no id":                   {`{"name":"Lamp","price":1}`, "no member id"},
		"another product":         {`{"id":"q","name":"Lamp","price":1}`, "another product"},
		"no name":                 {`{"id":"p","price":1}`, "no member name"},
		"no price":                {`{"id":"p","name":"Lamp"}`, "no member price"},
		"the price is null":       {`{"id":"p","name":"Lamp","price":null}`, `"/price"`},
		"the price is a text":     {`{"id":"p","name":"Lamp","price":"19.90"}`, `"/price"`},
		"the price has no end":    {`{"id":"p","name":"Lamp","price":` + strings.Repeat("9", 65) + `}`, `"/price"`},
		"the image is a number":   {with(`"image":7`), `"/image"`},
		"the description is true": {with(`"description":true`), `"/description"`},
		"reviews are a fraction":  {with(`"reviews":1.5`), `"/reviews"`},
		"reviews are a text":      {with(`"reviews":"12"`), `"/reviews"`},
		"reviews are too many":    {with(`"reviews":9223372036854775808`), `"/reviews"`},
		"reviews are negative":    {with(`"reviews":-1`), `"/reviews"`},
		"the rating is a text":    {with(`"rating":"4.5"`), `"/rating"`},
		"specs are a list":        {with(`"specs":["ram"]`), `"/specs"`},
		"specs are a text":        {with(`"specs":"ram"`), `"/specs"`},
		"a spec is a number":      {with(`"specs":{"ram":16}`), `"/specs/ram"`},
		"a spec is null":          {with(`"specs":{"ram":null}`), `"/specs/ram"`},
		"it breaks off":           {whole[:len(whole)-1], "unexpected end"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := client(test.body, product.All).Get(t.Context(), "p")
			wantKind(t, err, fault.InvalidResponse, test.why)

			if diff := cmp.Diff(product.Product{}, got.Of); diff != "" {
				t.Error("half an answer is handed on", diff)
			}

			_, err = client(`[`+whole+`,`+test.body+`]`, product.All).Recommended(t.Context(), "u", 5)
			if name != "another product" { // a list is about nobody in particular
				wantKind(t, err, fault.InvalidResponse, "")
			}
		})
	}
}

// TestDigits reach us as the service wrote them.
func TestDigits(t *testing.T) {
	t.Parallel()

	for _, digits := range []wire.Number{
		"999.90", "0.1", "0.30000000000000004", "12345678901234567890.12", "1e2", "1.10E+3", "-0.0", "0", "5", "1e-999",
	} {
		body := `{"id":"p","name":"Lamp","price":` + string(digits) + `,"rating":` + string(digits) + `}`

		got, err := client(body, product.All).Get(t.Context(), "p")
		wantKind(t, err, fault.None, "")

		if got.Of.Price != digits || *got.Of.Rating != digits {
			t.Errorf("%s became %s and %s", digits, got.Of.Price, *got.Of.Rating)
		}
	}
}
