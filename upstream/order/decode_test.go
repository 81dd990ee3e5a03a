package order_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/fault"
	"storefront/internal/wire"
	"storefront/upstream/order"
)

func id(text string) wire.ID { return wire.ID{Text: text} }

const whole = `{"id":"o","date":"2024-01-15","total":999.90,"status":"delivered",` +
	`"items":[{"product_id":"p","quantity":2},{"quantity":1,"product_id":7,"gift":true}],` +
	`"shipping_address":"1 Main Street","tracking_number":"TRK-1"}`

// client reads from a service that gives one body.
func client(body string, read order.Fields) *order.Client {
	return order.New(service("http://order.test", says(body)), read)
}

func TestDecode(t *testing.T) {
	t.Parallel()

	const least = `{"id":"o","date":"d","total":1,"status":"s"`

	bare := order.Order{ID: id("o"), Date: "d", Total: "1", Status: "s"}
	items := []order.Item{{id("p"), 2}, {wire.ID{Text: "7", Integer: true}, 1}}
	tests := map[string]struct {
		read order.Fields
		body string
		want order.Order
	}{
		"everything": {order.All, whole, order.Order{
			ID: id("o"), Date: "2024-01-15", Total: "999.90", Status: "delivered", Items: items,
			ShippingAddress: new("1 Main Street"), TrackingNumber: new("TRK-1"),
		}},
		"the id alone":     {0, whole, order.Order{ID: id("o")}},
		"date":             {order.Date, whole, order.Order{ID: id("o"), Date: "2024-01-15"}},
		"total":            {order.Total, whole, order.Order{ID: id("o"), Total: "999.90"}},
		"status":           {order.Status, whole, order.Order{ID: id("o"), Status: "delivered"}},
		"items":            {order.Items, whole, order.Order{ID: id("o"), Items: items}},
		"address":          {order.ShippingAddress, whole, order.Order{ID: id("o"), ShippingAddress: new("1 Main Street")}},
		"tracking":         {order.TrackingNumber, whole, order.Order{ID: id("o"), TrackingNumber: new("TRK-1")}},
		"nothing optional": {order.All, least + `}`, bare},
		"all of it null":   {order.All, least + `,"items":null,"shipping_address":null,"tracking_number":null}`, bare},
		"empty": {
			order.Date | order.Status | order.Items | order.TrackingNumber,
			`{"id":"o","date":"","status":"","items":[],"tracking_number":""}`,
			order.Order{ID: id("o"), Items: []order.Item{}, TrackingNumber: new("")},
		},
		"not read and wrong": {order.Date, `{"id":"o","date":"d","total":"free","items":[7]}`, order.Order{ID: id("o"), Date: "d"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := client(test.body, test.read).Get(t.Context(), "o")
			wantKind(t, err, fault.None, "")

			if diff := cmp.Diff(test.want, got.Of); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()

	// with is a good order but for one member.
	with := func(member string) string {
		return `{"id":"o","date":"d","total":1,"status":"s",` + member + `}`
	}
	tests := map[string]struct{ body, why string }{
		"null":                      {`null`, "expected an object, found null"},
		"a list":                    {`[` + whole + `]`, "expected an object"},
		"no id":                     {`{"date":"d","total":1,"status":"s"}`, "no member id"},
		"another order":             {`{"id":"x","date":"d","total":1,"status":"s"}`, "another order"},
		"no date":                   {`{"id":"o","total":1,"status":"s"}`, "no member date"},
		"no total":                  {`{"id":"o","date":"d","status":"s"}`, "no member total"},
		"no status":                 {`{"id":"o","date":"d","total":1}`, "no member status"},
		"the date is null":          {`{"id":"o","date":null,"total":1,"status":"s"}`, `"/date"`},
		"the date is a number":      {`{"id":"o","date":2024,"total":1,"status":"s"}`, `"/date"`},
		"the total is a text":       {`{"id":"o","date":"d","total":"1","status":"s"}`, `"/total"`},
		"the total is null":         {`{"id":"o","date":"d","total":null,"status":"s"}`, `"/total"`},
		"the status is a number":    {`{"id":"o","date":"d","total":1,"status":3}`, `"/status"`},
		"items are an object":       {with(`"items":{"product_id":"p"}`), `"/items"`},
		"an item is null":           {with(`"items":[null]`), `"/items/0"`},
		"an item is of nothing":     {with(`"items":[{"product_id":"p","quantity":1},{"quantity":1}]`), `"/items/1"`},
		"an item is of no number":   {with(`"items":[{"product_id":"p"}]`), "no member quantity"},
		"a quantity is negative":    {with(`"items":[{"product_id":"p","quantity":-1}]`), `"/items/0/quantity"`},
		"an item is of null":        {with(`"items":[{"product_id":null}]`), `"/items/0/product_id"`},
		"a quantity is a fraction":  {with(`"items":[{"product_id":"p","quantity":1.5}]`), `"/items/0/quantity"`},
		"a quantity is a text":      {with(`"items":[{"product_id":"p","quantity":"1"}]`), `"/items/0/quantity"`},
		"a quantity is null":        {with(`"items":[{"product_id":"p","quantity":null}]`), `"/items/0/quantity"`},
		"the address is an object":  {with(`"shipping_address":{}`), `"/shipping_address"`},
		"the tracking is a number":  {with(`"tracking_number":7`), `"/tracking_number"`},
		"more items than one needs": {with(`"items":` + items(1001)), "too many items"},
		"it breaks off":             {whole[:len(whole)-1], "unexpected end"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := client(test.body, order.All).Get(t.Context(), "o")
			wantKind(t, err, fault.InvalidResponse, test.why)

			if diff := cmp.Diff(order.Order{}, got.Of); diff != "" {
				t.Error("half an answer is handed on", diff)
			}
		})
	}
}

// items is a list of n items.
func items(n int) string {
	return `[` + strings.TrimSuffix(strings.Repeat(`{"product_id":"p","quantity":1},`, n), ",") + `]`
}

func TestMostItems(t *testing.T) {
	t.Parallel()

	const most = 1000

	got, err := client(`{"id":"o","items":`+items(most)+`}`, order.Items).Get(t.Context(), "o")
	wantKind(t, err, fault.None, "")

	if len(got.Of.Items) != most {
		t.Errorf("got %d of %d", len(got.Of.Items), most)
	}
}

// TestDigits reach us as the service wrote them.
func TestDigits(t *testing.T) {
	t.Parallel()

	for _, digits := range []wire.Number{
		"999.90", "0.1", "0.30000000000000004", "12345678901234567890.12", "1e2", "1.10E+3", "-0.0", "0", "5", "1e-999",
	} {
		got, err := client(`{"id":"o","total":`+string(digits)+`}`, order.Total).Get(t.Context(), "o")
		wantKind(t, err, fault.None, "")

		if got.Of.Total != digits {
			t.Errorf("%s became %s", digits, got.Of.Total)
		}
	}
}
