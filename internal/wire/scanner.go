package wire

// maxScratch is the most bytes that a scanner keeps between documents.
const maxScratch = 64 << 10

// failed is what a scan returns that came upon something wrong.
const failed = -1

// scanner takes a document apart. Its methods scan from an offset, return the
// offset behind what they passed, and leave it to the reader to be there. A
// scan that failed has said where and why.
type scanner struct {
	body    []byte
	depth   int    // how many brackets are open where the reader is
	objects bitset // of each depth: whether it is an object's
	scratch []byte // holds a string while its escapes are undone
	names   nameTable
	problem place
}

// place is where something is wrong, and what.
type place struct {
	offset int
	reason string
}

// bitset has a bit for each depth from 0 to MaxDepth.
type bitset [MaxDepth/wordBits + 1]uint64

func (s *bitset) has(i int) bool { return s[uint(i)/wordBits]>>(uint(i)%wordBits)&1 != 0 }

func (s *bitset) set(i int, on bool) {
	bit := uint64(1) << (uint(i) % wordBits)
	if on {
		s[uint(i)/wordBits] |= bit
	} else {
		s[uint(i)/wordBits] &^= bit
	}
}

func (s *scanner) reset(body []byte) {
	s.body, s.depth = body, 0
	if cap(s.scratch) > maxScratch {
		s.scratch = nil
	}
}

func (s *scanner) fail(at int, reason string) int {
	s.problem = place{at, reason}
	return failed
}

// wrong fails because of the byte at i, or because there is none.
func (s *scanner) wrong(i int) int {
	if i >= len(s.body) {
		return s.fail(len(s.body), "unexpected end")
	}
	return s.fail(i, "invalid JSON")
}

// noValue fails because no value begins at i. Where that is the end of an
// object or array, the comma before it is what should not be there.
func (s *scanner) noValue(i int) int {
	if i < len(s.body) && (s.body[i] == '}' || s.body[i] == ']') {
		before := i - 1
		for before >= 0 && isSpace(s.body[before]) {
			before--
		}
		if before >= 0 && s.body[before] == ',' {
			return s.wrong(before)
		}
	}
	return s.wrong(i)
}

// space passes over white space.
func (s *scanner) space(i int) int {
	for i < len(s.body) && isSpace(s.body[i]) {
		i++
	}
	return i
}

// surplus is the offset of what follows behind i.
func (s *scanner) surplus(i int) int {
	for i < len(s.body) && (isSpace(s.body[i]) || s.body[i] == ',' || s.body[i] == ':') {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// open goes into the object or array whose bracket is at i.
func (s *scanner) open(i int) int {
	if s.depth >= MaxDepth {
		return s.fail(i, "nested too deep")
	}
	s.depth++
	s.objects.set(s.depth, s.body[i] == '{')
	return i + 1
}

// skip passes over a value of any kind.
func (s *scanner) skip(i int) int {
	if i >= len(s.body) {
		return s.wrong(i)
	}
	switch c := s.body[i]; c {
	case '"':
		return s.quoted(i + 1)
	case '{', '[':
		if i = s.open(i); i == failed {
			return failed
		}
		return s.close(i, first)
	default:
		return s.scalar(i)
	}
}

// scalar passes over a number or a literal.
func (s *scanner) scalar(i int) int {
	switch c := s.body[i]; {
	case c == '-' || isDigit(c):
		return s.number(i)
	case c == 't':
		return s.literal(i, "true")
	case c == 'f':
		return s.literal(i, "false")
	case c == 'n':
		return s.literal(i, "null")
	default:
		return s.noValue(i)
	}
}
