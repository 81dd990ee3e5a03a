package product_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"storefront/upstream/product"
)

func seeds(f *testing.F) {
	f.Helper()

	for _, seed := range []string{
		whole, "", "null", "{}", `{"id":7,"name":"","price":-0.10e+5,"reviews":0}`, object(201, ""),
		"{\"id\":\"p\",\"name\":\"\xff\\ud800\",\"price\":1,\"specs\":{\"a\":\"1\",\"\\u0061\":\"2\",\"\xfe\":\"\"}}",
		`{"id":"p","name":"n","price":1,"price":2,"rating":1e999,"x":[[{}]]}`,
	} {
		f.Add([]byte(seed), uint8(product.All))
		f.Add([]byte(`[`+seed+`,`+seed+`]`), uint8(product.All))
	}
}

// fit fails the test unless p, out of body, is fit for a client's JSON.
func fit(t *testing.T, p product.Product, body []byte) {
	t.Helper()

	encoded, err := json.Marshal(p)
	if err != nil || !json.Valid(encoded) {
		t.Errorf("cannot be sent: %v", err)
	}

	if p.ID.IsZero() || !bytes.Contains(body, []byte(p.Price)) || p.Rating != nil && !bytes.Contains(body, []byte(*p.Rating)) {
		t.Errorf("made up: %+v", p)
	}

	names := map[string]bool{}
	for _, spec := range p.Specs {
		names[spec.Name] = true
	}

	if len(names) != len(p.Specs) || len(p.Specs) > 200 {
		t.Errorf("%d specs of %d names", len(p.Specs), len(names))
	}
}

// FuzzList wants no answer to end the process, and what is accepted to be in
// bounds and fit for a client's JSON.
func FuzzList(f *testing.F) {
	seeds(f)

	f.Fuzz(func(t *testing.T, body []byte, read uint8) {
		const limit = 3

		got, err := client(string(body), product.Fields(read)).Recommended(t.Context(), "u", limit)
		if err != nil {
			return
		}

		if len(got.Of) > limit || got.Of == nil {
			t.Errorf("%d products of %d", len(got.Of), limit)
		}

		for _, p := range got.Of {
			fit(t, p, body)
		}

		if size := got.Of.Size(); size > 200*(len(body)+10) {
			t.Errorf("a body of %d bytes has a size of %d", len(body), size)
		}
	})
}

// FuzzOne is the same for a single product, which also has to be the right one.
func FuzzOne(f *testing.F) {
	seeds(f)

	f.Fuzz(func(t *testing.T, body []byte, read uint8) {
		got, err := client(string(body), product.Fields(read)).Get(t.Context(), "p")
		if err != nil {
			return
		}

		fit(t, got.Of, body)

		if got.Of.ID.Text != "p" {
			t.Errorf("got %q", got.Of.ID.Text)
		}
	})
}
