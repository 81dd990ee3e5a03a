package wire

import "iter"

// Reader reads a document from front to back. In each round of a loop over
// [Reader.Object] or [Reader.Array] it stands at one value, which may be read
// once; a value that is not read is skipped.
type Reader struct {
	scan   scanner
	names  nameTable
	path   []step
	unread bool // the reader stands at a value
	err    *Error
}

// Object reads an object and yields the name of each member in the order of
// the document. Members that are left over after a break are skipped.
func (r *Reader) Object() iter.Seq[string] {
	return func(yield func(string) bool) {
		if !r.enter('{', "an object") {
			return
		}
		wanted := true
		for r.more('}') {
			name := r.name()
			r.at(step{name: name})
			wanted = wanted && r.err == nil && yield(name)
			r.skipUnread()
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
		wanted := true
		for i := 0; r.more(']'); i++ {
			r.at(step{index: i, inArray: true})
			wanted = wanted && i < limit && yield(i)
			r.skipUnread()
		}
		r.leave()
	}
}

// Skip passes over the value, whatever it is, and checks only its syntax.
func (r *Reader) Skip() {
	if r.next() != broken {
		r.unread = false
		r.check(r.scan.skip())
	}
}

// Null reports whether the value is null, and has read it if so.
func (r *Reader) Null() bool {
	if r.next() != 'n' {
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
func (r *Reader) Fail(reason string) { r.fail(r.scan.read(), reason) }

// Err is the [*Error] that ended the reading, or nil.
func (r *Reader) Err() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

func (r *Reader) reset(body []byte) {
	r.scan.reset(body)
	clear(r.path)
	r.path = r.path[:0]
	r.unread = true
	r.err = nil
}

// finish takes care of what the document has beyond what was read.
func (r *Reader) finish() {
	r.skipUnread()
	if r.err != nil {
		return
	}
	if offset, found := r.scan.rest(); found {
		r.fail(offset, "more after the end of the value")
	}
}

func (r *Reader) fail(offset int64, reason string) {
	if r.err == nil {
		r.err = &Error{Offset: offset, Path: pointer(r.path), Reason: cut(reason, maxReason)}
	}
	r.unread = false
}

func (r *Reader) check(err error) {
	if err != nil {
		r.fail(r.scan.explain(err))
	}
}
