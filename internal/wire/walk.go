package wire

// ready reports whether the reader stands at a value that begins with that
// byte.
func (r *Reader) ready(first byte) bool {
	return r.unread && r.at < len(r.scan.body) && r.scan.body[r.at] == first
}

// next is the kind of the value that the reader stands at, or broken when it
// cannot be read.
func (r *Reader) next() kind {
	if !r.unread {
		r.Fail("no value here: it was read before")
		return broken
	}
	if r.at < len(r.scan.body) {
		if next := kindOf(r.scan.body[r.at]); next != broken {
			return next
		}
	}
	r.move(r.scan.noValue(r.at))
	return broken
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
		r.fail(r.at, "expected "+words+", found "+next.String())
	}
}

// move puts the reader behind what was scanned, or fails if the scan did.
func (r *Reader) move(to int) bool {
	if to == failed {
		r.fail(r.scan.problem.offset, r.scan.problem.reason)
		return false
	}
	r.at = to
	return true
}

// scalar reads the number or literal that the reader stands at.
func (r *Reader) scalar() []byte {
	r.unread = false
	from := r.at
	if !r.move(r.scan.scalar(from)) {
		return nil
	}
	return r.scan.body[from:r.at]
}

// enter goes into an object or array, leave comes out of it.
func (r *Reader) enter(bracket byte, words string) bool {
	if !r.ready(bracket) && !r.expect(kind(bracket), words) {
		return false
	}
	r.unread = false
	if !r.move(r.scan.open(r.at)) {
		return false
	}
	r.path = append(r.path, nowhere)
	return true
}

func (r *Reader) leave() { r.path = r.path[:len(r.path)-1] }

// at puts the reader at the value of a member or element.
func (r *Reader) stand(s step) {
	r.path[len(r.path)-1] = s
	r.unread = true
}

func (r *Reader) skipUnread() {
	if r.unread {
		r.Skip()
	}
}

// pass passes over what is left of an object or array. Where that fails, the
// reader stays for the caller to find out by going through it, so that the
// error says in which member or element it is.
func (r *Reader) pass(at state) bool {
	r.skipUnread()
	if r.err != nil {
		return true
	}
	end := r.scan.close(r.at, at)
	if end != failed {
		r.at = end
	}
	return end != failed
}
