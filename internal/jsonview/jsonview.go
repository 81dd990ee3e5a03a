// Package jsonview writes the views of a page as JSON: byte for byte what
// encoding/json writes of a pointer to the view when it leaves HTML alone, but
// at a fraction of the cost. A view's type is looked at once, when its page is
// declared; what is left for a request is to append text to a buffer.
//
//	page := jsonview.Of[dashboardView]()
//	body, err := page.Append(buffer[:0], &view)
//
// It is at home with what views are made of: structs, slices and pointers of
// strings, whole numbers and types that append themselves. Whatever else there
// is, such as a map or a time, it leaves to encoding/json.
package jsonview

import "reflect"

// Page writes views of one type.
type Page[V any] struct{ write writer }

// Of looks at the type of a view.
func Of[V any]() Page[V] {
	return Page[V]{write: types{}.writer(reflect.TypeFor[V]())}
}

// Append appends view as JSON to dst. The error is that of a part that cannot
// be written, such as a wire.Number that is not one.
func (p Page[V]) Append(dst []byte, view *V) ([]byte, error) {
	return p.write(dst, reflect.ValueOf(view).Elem())
}
