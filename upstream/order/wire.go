package order

import "storefront/internal/wire"

// required are the fields that the service must send.
const required = Date | Total | Status

// maxItems is the most lines that one order may have.
const maxItems = 1000

// usual is as many orders as a page shows at most. More are read as well, but not
// as fast.
const usual = 8

// decode reads
//
//	{"id","date","total","status","items":[{"product_id","quantity"}],"shipping_address","tracking_number"}
func decode(r *wire.Reader, read Fields) (o Order) {
	missing := required & read

	for key := range r.Object() {
		switch {
		case key == "id":
			o.ID = r.ID()
		case key == "date" && read.Has(Date):
			missing &^= Date
			o.Date = r.Text()
		case key == "total" && read.Has(Total):
			missing &^= Total
			o.Total = r.Number()
		case key == "status" && read.Has(Status):
			missing &^= Status
			o.Status = r.Text()
		case key == "items" && read.Has(Items):
			o.Items = decodeItems(r)
		case key == "shipping_address" && read.Has(ShippingAddress):
			o.ShippingAddress = r.OptionalText()
		case key == "tracking_number" && read.Has(TrackingNumber):
			o.TrackingNumber = r.OptionalText()
		}
	}

	r.Require("id", !o.ID.IsZero())
	r.Require("date", !missing.Has(Date))
	r.Require("total", !missing.Has(Total))
	r.Require("status", !missing.Has(Status))

	return o
}

func decodeItems(r *wire.Reader) []Item {
	if r.Null() {
		return nil
	}

	items := []Item{}

	for i := range r.Array(maxItems + 1) {
		if i == maxItems {
			r.Fail("too many items")
		}

		items = append(items, decodeItem(r))
	}

	return items
}

func decodeItem(r *wire.Reader) (item Item) {
	counted := false

	for key := range r.Object() {
		switch key {
		case "product_id":
			item.ProductID = r.ID()
		case "quantity":
			item.Quantity, counted = r.Count(), true
		}
	}

	r.Require("product_id", !item.ProductID.IsZero())
	r.Require("quantity", counted)

	return item
}

// decodeOne reads the one order that was asked for.
func decodeOne(r *wire.Reader, asked string, read Fields) Order {
	o := decode(r, read)
	if o.ID.Text != asked {
		r.Fail("the answer is about another order")
	}

	return o
}

// decodeList reads the first limit orders of a list.
func decodeList(r *wire.Reader, limit int, read Fields) List {
	var few [usual]Order // It stays on the stack.

	all := few[:0]
	for range r.Array(limit) {
		all = append(all, decode(r, read))
	}

	list := make(List, len(all)) // It may be kept: what it holds is what it counts.
	copy(list, all)

	return list
}
