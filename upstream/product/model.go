package product

import (
	"unsafe"

	"storefront/internal/wire"
)

// Fields is a set of fields of a [Product]. A client reads no other ones, so
// that nothing is decoded or kept that its BFF does not show.
type Fields uint8

// The fields of a product beside the id, which is always read.
const (
	Name Fields = 1 << iota
	Price
	Image
	Description
	Specification
	Reviews
	Rating

	// All are all fields.
	All = Name | Price | Image | Description | Specification | Reviews | Rating
)

// Has reports whether field is in the set.
func (f Fields) Has(field Fields) bool { return f&field != 0 }

// Product is something the shop sells. Optional fields are nil where the
// service has none or the client does not read them.
type Product struct {
	ID          wire.ID
	Name        string
	Price       wire.Number // in the shop's currency, digits as the service writes them
	Image       *string     // URL
	Description *string
	Specs       wire.TextMap // technical details, such as ram: 16GB; nil: none
	Reviews     *int64       // how many there are
	Rating      *wire.Number // stars, 0 to 5
}

// Size is about how many bytes of memory p holds.
func (p Product) Size() int {
	size := int(unsafe.Sizeof(p)) + len(p.ID.Text) + len(p.Name) + len(p.Price) +
		wire.TextSize(p.Image) + wire.TextSize(p.Description)

	for _, spec := range p.Specs {
		size += int(unsafe.Sizeof(spec)) + len(spec.Name) + len(spec.Value)
	}

	if p.Reviews != nil {
		size += int(unsafe.Sizeof(*p.Reviews))
	}

	if p.Rating != nil {
		size += int(unsafe.Sizeof(*p.Rating)) + len(*p.Rating)
	}

	return size
}

// List is a list of products.
type List []Product

// Size is about how many bytes of memory l holds.
func (l List) Size() int {
	size := int(unsafe.Sizeof(l))
	for _, p := range l {
		size += p.Size()
	}

	return size
}

// Tags name what p is about.
func (p Product) Tags() []string { return []string{"product:" + p.ID.Text} }

// Tags name what l is about.
func (l List) Tags() []string {
	tags := make([]string, len(l))
	for i, p := range l {
		tags[i] = "product:" + p.ID.Text
	}

	return tags
}
