package order

import (
	"unsafe"

	"storefront/internal/wire"
)

// Fields is a set of fields of an [Order]. A client reads no other ones, so
// that nothing is decoded or kept that its BFF does not show.
type Fields uint8

// The fields of an order beside the id, which is always read.
const (
	Date Fields = 1 << iota
	Total
	Status
	Items
	ShippingAddress
	TrackingNumber

	// All are all fields.
	All = Date | Total | Status | Items | ShippingAddress | TrackingNumber
)

// Has reports whether field is in the set.
func (f Fields) Has(field Fields) bool { return f&field != 0 }

// Order is what a user bought at one time. Optional fields are nil where the
// service has none or the client does not read them.
type Order struct {
	ID              wire.ID
	Date            string      // as the service writes it, such as 2024-01-15
	Total           wire.Number // in the shop's currency, digits as the service writes them
	Status          string      // such as delivered
	Items           []Item      // nil: the service has none
	ShippingAddress *string
	TrackingNumber  *string
}

// Item is one line of an order.
type Item struct {
	ProductID wire.ID
	Quantity  int64
}

// Size is about how many bytes of memory o holds.
func (o Order) Size() int {
	size := int(unsafe.Sizeof(o)) + len(o.ID.Text) + len(o.Date) + len(o.Total) + len(o.Status) +
		wire.TextSize(o.ShippingAddress) + wire.TextSize(o.TrackingNumber)

	for _, item := range o.Items {
		size += int(unsafe.Sizeof(item)) + len(item.ProductID.Text)
	}

	return size
}

// List is a list of orders.
type List []Order

// Size is about how many bytes of memory l holds.
func (l List) Size() int {
	size := int(unsafe.Sizeof(l))
	for _, o := range l {
		size += o.Size()
	}

	return size
}

// Tags name what o is about.
func (o Order) Tags() []string { return []string{"order:" + o.ID.Text} }

// Tags name what l is about.
func (l List) Tags() []string {
	tags := make([]string, len(l))
	for i, o := range l {
		tags[i] = "order:" + o.ID.Text
	}

	return tags
}
