package wire

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
