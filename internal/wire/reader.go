package wire

import (
	"bytes"
	"iter"
)

// Reader reads a document from front to back. In each round of a loop over
// [Reader.Object] or [Reader.Array] it stands at one value, which may be read
// once; a value that is not read is skipped.
type Reader struct {
	scan   scanner
	path   []step
	at     int  // the offset of the value that it stands at, or behind what was read last
	unread bool // the reader stands at a value; never so after an error
	err    *Error
}

// PassMark passes over one byte order mark before the document: old systems send
// it, and it says nothing.
func (r *Reader) PassMark() {
	const mark = "\ufeff"
	if r.unread && r.at == 0 && bytes.HasPrefix(r.scan.body, []byte(mark)) {
		r.at = r.scan.space(len(mark))
	}
}

// Object reads an object and yields the name of each member in the order of
// the document. Members that are left over after a break are skipped.
func (r *Reader) Object() iter.Seq[string] {
	return func(yield func(string) bool) {
		if !r.enter('{', "an object") {
			return
		}
		name, found := r.member(true)
		for found && yield(name) {
			r.skipUnread()
			name, found = r.member(false)
		}
		if found && !r.pass(behind) {
			for found {
				_, found = r.member(false)
				r.skipUnread()
			}
		}
		r.leave()
	}
}

// Array reads an array and yields the index of each of its first limit
// elements. Further ones, and those left over after a break, are skipped.
func (r *Reader) Array(limit int) iter.Seq[int] {
	return func(yield func(int) bool) {
		if !r.enter('[', "an array") {
			return
		}
		defer r.leave()
		i, at := 0, behind
		for i < limit {
			if !r.element(i) {
				return
			}
			i++
			if !yield(i - 1) {
				break
			}
			r.skipUnread()
		}
		if i == 0 {
			at = first
		}
		if !r.pass(at) {
			for r.element(i) {
				r.skipUnread()
				i++
			}
		}
	}
}

// Skip passes over the value, whatever it is, and checks only its syntax.
func (r *Reader) Skip() {
	if !r.unread {
		r.next()
		return
	}
	r.unread = false
	r.move(r.scan.skip(r.at))
}

// Null reports whether the value is null, and has read it if so.
func (r *Reader) Null() bool {
	if !r.ready('n') && r.next() != 'n' {
		return false
	}
	r.scalar()
	return r.err == nil
}

// Require fails unless the member of that name is present. It is for the end
// of an object, where the caller knows what it has got.
func (r *Reader) Require(name string, present bool) {
	if !present {
		r.Fail("no member " + name)
	}
}

// Fail ends the reading: reason says what is wrong with the value that was
// read last. It must not repeat anything of the document. Only the first
// failure counts.
func (r *Reader) Fail(reason string) { r.fail(r.at, reason) }

// Err is the [*Error] that ended the reading, or nil.
func (r *Reader) Err() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

func (r *Reader) reset(body []byte) {
	r.scan.reset(body)
	r.path = r.path[:0]
	r.at = r.scan.space(0)
	r.unread = true
	r.err = nil
}

// finish takes care of what the document has beyond what was read.
func (r *Reader) finish() {
	r.skipUnread()
	if r.err == nil && r.scan.space(r.at) < len(r.scan.body) {
		r.fail(r.scan.surplus(r.at), "more after the end of the value")
	}
}

func (r *Reader) fail(offset int, reason string) {
	if r.err == nil {
		r.err = &Error{Offset: int64(offset), Path: r.pointer(), Reason: cut(reason, maxReason)}
	}
	r.unread = false
}
