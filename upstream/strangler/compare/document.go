package compare

import (
	"encoding/json"
	"fmt"
	"sync"
)

// The types of values, each by the first byte of one.
const (
	object  = '{'
	list    = '['
	text    = '"'
	number  = '0'
	boolean = 't'
	null    = 'n'
)

// value is a value of a document. Those inside it come behind it, up to next.
type value struct {
	kind    byte
	dead    bool  // a later member has the same name
	escaped bool  // the name is written with escapes: it is in names, not in the body
	size    int32 // members that count, or elements
	next    int32 // the index of the first value behind it
	// Offsets of the name without its quotes, and of the value in the body.
	name, nameEnd, from, to int32
}

// state is what became of reading a document.
type state uint8

const (
	whole state = iota
	broken
	tooMuch
)

// document is a document that was read: its values in the order of the text.
type document struct {
	body   []byte
	values []value
	names  []byte // those that are written with escapes, without them
	state  state
}

var documents = sync.Pool{New: func() any { return new(document) }} //nolint:gochecknoglobals // A pool has to be shared.

// maxKept is how many values, or bytes of names, a document in the pool may have
// room for.
const maxKept = 8_192

// parsed reads a document; free gives it back.
func parsed(body []byte) *document {
	d, _ := documents.Get().(*document)
	d.body, d.values, d.names, d.state = body, d.values[:0], d.names[:0], whole

	if end := d.value(d.space(0), 0); end != failed && d.space(end) < len(body) {
		d.state = broken
	}

	return d
}

func (d *document) free() {
	d.body = nil
	if cap(d.values) <= maxKept && cap(d.names) <= maxKept {
		documents.Put(d)
	}
}

// raw is a value as it is written.
func (d *document) raw(i int32) []byte { return d.body[d.values[i].from:d.values[i].to] }

// name is that of a member.
func (d *document) name(i int32) []byte {
	v := &d.values[i]
	if v.escaped {
		return d.names[v.name:v.nameEnd]
	}

	return d.body[v.name:v.nameEnd]
}

// unquoted is what a text means, given with its quotes.
func unquoted(written []byte) []byte {
	var means string
	if json.Unmarshal(written, &means) != nil {
		return written // Cannot be: it was read before.
	}

	return []byte(means)
}

// children are the values right inside a value that count.
func (d *document) children(of int32) []int32 {
	all := make([]int32, 0, d.values[of].size)

	for i := of + 1; i < d.values[of].next; i = d.values[i].next {
		if !d.values[i].dead {
			all = append(all, i)
		}
	}

	return all
}

// few is up to how many members an object is gone through for a name.
const few = 16

// find is the member of that name, 0 where there is none.
func (d *document) find(of int32, name []byte) int32 {
	for i := of + 1; i < d.values[of].next; i = d.values[i].next {
		if !d.values[i].dead && string(d.name(i)) == string(name) {
			return i
		}
	}

	return 0
}

// bury marks the members of an object that a later one of the same name
// replaces.
func (d *document) bury(of int32) {
	v := &d.values[of]
	if v.size > few {
		last := make(map[string]int32, v.size)

		for i := of + 1; i < v.next; i = d.values[i].next {
			name := d.name(i)
			if earlier, found := last[string(name)]; found {
				d.values[earlier].dead = true
				v.size--
			}

			last[string(name)] = i
		}

		return
	}

	for i := of + 1; i < v.next; i = d.values[i].next {
		for later := d.values[i].next; later < v.next; later = d.values[later].next {
			if string(d.name(i)) == string(d.name(later)) {
				d.values[i].dead = true
				v.size--

				break
			}
		}
	}
}

// bodyOutline says what a body is where one of two is no JSON.
func (d *document) bodyOutline() string {
	if d.state == broken {
		return fmt.Sprintf("no JSON, %d bytes", len(d.body))
	}

	return fmt.Sprintf("JSON, %d bytes", len(d.body))
}
