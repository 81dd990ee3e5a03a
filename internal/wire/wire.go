// Package wire reads the JSON that upstream services answer: only as far as a
// page needs it, and strictly.
//
// A client's wire.go walks the document once and keeps what it wants. Reading
// functions need no error handling of their own: the first error sticks, every
// later read returns a zero value, loops end, and [Decode] reports it.
//
//	func decodeProduct(r *wire.Reader) (p Product) {
//		for key := range r.Object() {
//			switch key {
//			case "id":
//				p.ID = r.ID()
//			case "price":
//				p.Price = r.Number()
//			case "image":
//				p.Image = r.OptionalText()
//			} // anything else is skipped
//		}
//		r.Require("id", !p.ID.IsZero())
//		r.Require("price", !p.Price.IsZero())
//		return p
//	}
//
//	var products []Product
//	err := wire.Decode(body, func(r *wire.Reader) {
//		for range r.Array(20) {
//			products = append(products, decodeProduct(r))
//		}
//	})
//
// What is not read is still checked: the syntax of a document is right when it
// is for encoding/json and nothing is nested deeper than [MaxDepth]. As there,
// bytes that are not UTF-8 become U+FFFD (but see [Loose]), and members of the same name are all
// yielded, so that the last one wins. Unlike there, names are compared exactly,
// never without regard to case.
//
// Nothing that a read returns refers to the body, which may come from a pool.
//
// The package knows no service, no field name and no client.
package wire

import "sync"

// Limits of one document. Its size is the business of who reads the body.
const (
	// MaxDepth is how many objects and arrays may stand inside each other.
	MaxDepth = 1000
	// MaxString is the most bytes that a string or a member's name may have
	// as it is written, without the quotes. Strings that are skipped are free.
	MaxString = 1 << 20
	// MaxNumber is the most characters that a [Number] may have.
	MaxNumber = 64
	// MaxID is the most characters that an [ID] may have.
	MaxID = 128
)

// Decode runs read over body, which must be exactly one JSON value with nothing
// but white space around it. The error is an [*Error]; whatever read has put
// together then is of no use. read must not keep its Reader.
func Decode(body []byte, read func(*Reader)) error {
	r, _ := readers.Get().(*Reader)
	r.reset(body)
	read(r)
	r.finish()
	err := r.Err()
	// A reader in the pool must not hold on to the body.
	r.reset(nil)
	readers.Put(r)
	return err
}

// readers saves each Decode its buffers and its table of known names.
var readers = sync.Pool{New: func() any { return new(Reader) }} //nolint:gochecknoglobals // a pool has to be shared
