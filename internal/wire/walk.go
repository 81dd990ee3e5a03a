package wire

// next is the kind of the value that the reader stands at, or broken when it
// cannot be read.
func (r *Reader) next() kind {
	if r.err != nil {
		return broken
	}
	if !r.unread {
		r.Fail("no value here: it was read before")
		return broken
	}
	next := r.scan.peek()
	if next == broken || next == '}' || next == ']' {
		_, err := r.scan.scalar()
		r.fail(r.scan.explain(err))
		return broken
	}
	return next
}

// expect reports whether the value is of the wanted kind, and fails if not.
func (r *Reader) expect(wanted kind, words string) bool {
	next := r.next()
	if next != wanted {
		r.mismatch(words, next)
	}
	return r.err == nil
}

func (r *Reader) mismatch(words string, next kind) {
	if r.err == nil {
		r.fail(r.scan.ahead(), "expected "+words+", found "+describe(next))
	}
}

func describe(next kind) string {
	switch next {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 'n':
		return "null"
	default:
		return "a boolean"
	}
}

// scalar reads the string, number or literal that the reader stands at.
func (r *Reader) scalar() []byte {
	r.unread = false
	raw, err := r.scan.scalar()
	r.check(err)
	return raw
}

// enter goes into an object or array, leave comes out of it.
func (r *Reader) enter(bracket kind, words string) bool {
	if !r.expect(bracket, words) {
		return false
	}
	r.unread = false
	r.check(r.scan.token())
	r.path = append(r.path, step{})
	return r.err == nil
}

func (r *Reader) leave() {
	last := len(r.path) - 1
	r.path[last] = step{} // a reader in the pool must not hold on to long names
	r.path = r.path[:last]
	if r.err == nil {
		r.check(r.scan.token())
	}
}

// more reports whether anything comes before the end of the object or array.
func (r *Reader) more(end kind) bool {
	return r.err == nil && r.scan.peek() != end
}

// at puts the reader at the value of a member or element.
func (r *Reader) at(s step) {
	r.path[len(r.path)-1] = s
	r.unread = r.err == nil
}

func (r *Reader) skipUnread() {
	if r.unread {
		r.Skip()
	}
}

// name reads a member's name.
func (r *Reader) name() string {
	raw, err := r.scan.scalar()
	if err != nil {
		r.check(err)
		return ""
	}
	return r.names.text(r.unquote(raw))
}

// unquote is the text of a string, nil when it is too long.
func (r *Reader) unquote(quoted []byte) []byte {
	if len(quoted) > MaxString+len(`""`) {
		r.Fail("a string is too long")
		return nil
	}
	return r.scan.unquote(quoted)
}

// nameTable keeps the names of members, few and often repeated, so that they
// are not copied again and again. A name lives in the slot that its shape
// picks until another one needs it.
type nameTable [128]string

func (t *nameTable) text(name []byte) string {
	const longest = 32
	if len(name) == 0 || len(name) > longest {
		return string(name)
	}
	shape := len(name) + 5*int(name[0]) + 11*int(name[len(name)/2]) + 17*int(name[len(name)-1]) //nolint:mnd // Odd numbers spread the names.
	slot := &t[shape%len(t)]
	if *slot != string(name) {
		*slot = string(name)
	}
	return *slot
}
