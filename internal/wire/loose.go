package wire

// Form says what a document has for a value.
type Form uint8

// The forms of a value.
const (
	Absent Form = iota // nothing was read
	Null
	String
	Numeric
	Other // a boolean, an object or an array, or longer than the limit
)

// Loose is a value of a service that does not keep to its own types: what it
// means is for the reader to say.
type Loose struct {
	Form Form
	// Text is what a string means, or the characters of a number, and empty for
	// any other form. Bytes of a string that are not UTF-8 are as they came.
	Text string
}

// Loose reads a value of any kind. It fails on broken syntax alone; a string or
// number of more than limit bytes, as it is written, is [Other].
func (r *Reader) Loose(limit int) Loose {
	switch r.next() {
	case '"':
		return r.looseText(limit)
	case '0':
		raw := r.scalar()
		if r.err != nil || len(raw) > limit {
			return Loose{Form: Other}
		}
		return Loose{Form: Numeric, Text: string(raw)}
	case 'n':
		r.scalar()
		return Loose{Form: Null}
	default:
		r.Skip()
		return Loose{Form: Other}
	}
}

func (r *Reader) looseText(limit int) Loose {
	r.unread = false
	from := r.at + 1
	end, _ := r.scan.text(from)
	if !r.move(end) {
		return Loose{Form: Other}
	}
	written := r.scan.body[from : end-1]
	if len(written) > limit {
		return Loose{Form: Other}
	}
	return Loose{Form: String, Text: string(r.scan.unquoteAsIs(written))}
}

// End fails unless the value was all that there is. [Decode] does so by itself;
// it is for a reader who has to know before.
func (r *Reader) End() { r.finish() }
