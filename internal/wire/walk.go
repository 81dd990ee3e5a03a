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

// more reports whether there is another member or element before end, and puts
// the reader at it. opened says that it would be the first one.
func (r *Reader) more(end byte, opened bool) bool {
	if r.err != nil {
		return false
	}
	b, i := r.scan.body, r.at
	if i < len(b) && b[i] <= ' ' {
		i = r.scan.space(i)
	}
	switch {
	case i >= len(b):
		return r.move(r.scan.wrong(i))
	case b[i] == end:
		r.scan.depth--
		r.at = i + 1
		return false
	case opened:
		r.at = i
		return true
	case b[i] == ',':
		i++
		if i < len(b) && b[i] <= ' ' {
			i = r.scan.space(i)
		}
		r.at = i
		return true
	default:
		return r.move(r.scan.wrong(i))
	}
}

// member reads the name of the next member and puts the reader at its value.
func (r *Reader) member(opened bool) (name string, found bool) {
	b, from := r.scan.body, r.at+1
	usual := !opened && r.err == nil && from < len(b) && b[from-1] == ',' && b[from] == '"'
	if !usual {
		if !r.more('}', opened) {
			return "", false
		}
		if from = r.at; !r.scan.has(from, '"') {
			return "", r.move(r.scan.noValue(from))
		}
	}
	after := r.scan.names.guess(b, from+1)
	if after != failed {
		name = r.scan.names.lastText(b[from+1 : after-suffix])
	} else if name, after = r.name(from + 1); after == failed {
		return "", false
	}
	if after < len(b) && b[after] <= ' ' {
		after = r.scan.space(after)
	}
	r.at = after
	r.stand(step(from))
	return name, true
}

// name reads a name that was not expected, from behind its first quote, and
// the colon behind it.
func (r *Reader) name(from int) (name string, after int) {
	end, plain := r.scan.text(from)
	if !r.move(end) {
		return "", failed
	}
	switch written := r.scan.body[from : end-1]; {
	case len(written) > MaxString:
		r.Fail("a string is too long")
		return "", failed
	case !plain:
		name = string(r.scan.unquote(written))
	case r.scan.names.learn(r.scan.body, from, len(written)):
		name = r.scan.names.lastText(written)
	default:
		name = string(written)
	}
	if after = r.scan.colon(end); !r.move(after) {
		return "", failed
	}
	return name, after
}

// element puts the reader at the element of that index.
func (r *Reader) element(i int) bool {
	if !r.more(']', i == 0) {
		return false
	}
	r.stand(step(^i))
	return true
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
