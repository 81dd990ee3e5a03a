package h1

import "iter"

// Answer is what a server answered. It owns its bytes, and is made to be used
// again: what was read from it is valid until the next [Client.Get] or Reset.
type Answer struct {
	// Status is three digits, 200 to 999.
	Status int
	// Body is whole, and nil or empty if there is none.
	Body []byte

	lines  []byte // the header as it came
	fields []field
}

// field is where in lines a name and its value stand.
type field struct{ name, nameEnd, value, valueEnd int }

// Header returns the first value called name, or nil.
func (a *Answer) Header(name string) []byte {
	for value := range a.Values(name) {
		return value
	}

	return nil
}

// Values are the values called name, in their order.
func (a *Answer) Values(name string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, f := range a.fields {
			if equalFold(a.lines[f.name:f.nameEnd], name) && !yield(a.lines[f.value:f.valueEnd:f.valueEnd]) {
				return
			}
		}
	}
}

// Reset makes the answer empty and keeps its memory. Whoever pools answers
// should let those go whose Body has become huge.
func (a *Answer) Reset() {
	a.Status, a.Body = 0, a.Body[:0]
	a.forget()
}

func (a *Answer) forget() { a.lines, a.fields = a.lines[:0], a.fields[:0] }
