package wire

// state is what comes next.
type state uint8

const (
	first  state = iota // the first member or element, or the end of an empty object or array
	member              // another member, which has to be there
	value
	behind // a value: a comma or an end
)

// close passes over what is left of the object or array that the scanner is in,
// and comes out of it. It does not recurse: the depth of a document costs no
// stack.
func (s *scanner) close(i int, at state) int {
	for base := s.depth; ; {
		if i, at = s.rush(i, base, at); s.depth < base {
			return i
		}
		if i, at = s.step(s.space(i), at); i == failed || s.depth < base {
			return i
		}
	}
}

// step passes over what comes next, whatever it is.
func (s *scanner) step(i int, at state) (int, state) {
	object := s.objects.has(s.depth)
	switch {
	case at != first || s.has(i, closing(object)):
	case object:
		at = member
	default:
		at = value
	}
	switch {
	case at == value:
		return s.enter(i)
	case at == member && s.has(i, '"'):
		return s.name(i + 1), value
	case at == member:
		return s.noValue(i), at
	case s.has(i, closing(object)):
		s.depth--
		return i + 1, behind
	default:
		return s.comma(i, object)
	}
}

// enter passes over the bracket of an object or array, or over any other value.
func (s *scanner) enter(i int) (int, state) {
	if s.has(i, '{') || s.has(i, '[') {
		return s.open(i), first
	}
	return s.skip(i), behind
}

// comma passes over what separates members or elements.
func (s *scanner) comma(i int, object bool) (int, state) {
	switch {
	case !s.has(i, ','):
		return s.wrong(i), behind
	case object:
		return i + 1, member
	default:
		return i + 1, value
	}
}

func (s *scanner) has(i int, c byte) bool { return i < len(s.body) && s.body[i] == c }

// closing is the bracket that ends an object or array.
func closing(object bool) byte {
	if object {
		return '}'
	}
	return ']'
}

// name passes over the rest of a name that was not expected, from behind its
// first quote, and over the colon behind it.
func (s *scanner) name(from int) int {
	end, plain := s.text(from)
	if end == failed {
		return failed
	}
	if plain {
		s.names.learn(s.body, from, end-1-from)
	}
	return s.colon(end)
}

// colon passes over the colon behind a name and the white space around it.
func (s *scanner) colon(i int) int {
	if i = s.space(i); !s.has(i, ':') {
		return s.wrong(i)
	}
	return s.space(i + 1)
}
