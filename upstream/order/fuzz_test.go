package order_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"storefront/upstream/order"
)

func seeds(f *testing.F) {
	f.Helper()

	for _, seed := range []string{
		whole, "", "null", "{}", `{"id":7,"date":"","total":-0.10e+5,"status":"","items":[]}`,
		"{\"id\":\"o\",\"date\":\"\xff\\ud800\",\"total\":1,\"status\":\"s\",\"items\":[{\"product_id\":\"\xfe\",\"quantity\":1}]}",
		`{"id":"o","date":"d","total":1,"total":2,"status":"s","items":null,"items":[{"product_id":1,"quantity":-1}],"x":[[{}]]}`,
	} {
		f.Add([]byte(seed), uint8(order.All))
		f.Add([]byte(`[`+seed+`,`+seed+`]`), uint8(order.All))
	}
}

// fit fails the test unless o, out of body, is fit for a client's JSON.
func fit(t *testing.T, o order.Order, body []byte) {
	t.Helper()

	encoded, err := json.Marshal(o)
	if err != nil || !json.Valid(encoded) {
		t.Errorf("cannot be sent: %v", err)
	}

	if o.ID.IsZero() || !bytes.Contains(body, []byte(o.Total)) {
		t.Errorf("made up: %+v", o)
	}

	for _, item := range o.Items {
		if item.ProductID.IsZero() || item.Quantity < 0 {
			t.Errorf("an item of nothing: %+v", o)
		}
	}
}

// FuzzList wants no answer to end the process, and what is accepted to be in
// bounds and fit for a client's JSON.
func FuzzList(f *testing.F) {
	seeds(f)

	f.Fuzz(func(t *testing.T, body []byte, read uint8) {
		const limit = 3

		got, err := client(string(body), order.Fields(read)).Recent(t.Context(), "u", limit)
		if err != nil {
			return
		}

		if len(got.Of) > limit || got.Of == nil {
			t.Errorf("%d orders of %d", len(got.Of), limit)
		}

		for _, o := range got.Of {
			fit(t, o, body)
		}

		if size := got.Of.Size(); size > 200*(len(body)+10) {
			t.Errorf("a body of %d bytes has a size of %d", len(body), size)
		}
	})
}

// FuzzOne is the same for a single order, which also has to be the right one.
func FuzzOne(f *testing.F) {
	seeds(f)

	f.Fuzz(func(t *testing.T, body []byte, read uint8) {
		got, err := client(string(body), order.Fields(read)).Get(t.Context(), "o")
		if err != nil {
			return
		}

		fit(t, got.Of, body)

		if got.Of.ID.Text != "o" {
			t.Errorf("got %q", got.Of.ID.Text)
		}
	})
}
