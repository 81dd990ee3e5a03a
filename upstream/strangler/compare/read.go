package compare

// failed is what reading returns that came to its end; the document's state says
// why. All others return the offset behind what they read.
const failed = -1

func (d *document) fail(why state) int {
	d.state = why

	return failed
}

func (d *document) has(i int, c byte) bool { return i < len(d.body) && d.body[i] == c }

func (d *document) space(i int) int {
	for i < len(d.body) && (d.body[i] == ' ' || d.body[i] == '\n' || d.body[i] == '\r' || d.body[i] == '\t') {
		i++
	}

	return i
}

// value reads a value and what is inside it.
func (d *document) value(i, depth int) int {
	switch {
	case i >= len(d.body):
		return d.fail(broken)
	case len(d.values) == MaxValues || depth == MaxDepth && (d.has(i, list) || d.has(i, object)):
		return d.fail(tooMuch)
	}

	at := len(d.values)
	d.values = append(d.values, value{kind: kindOf(d.body[i]), from: int32(i)}) //nolint:gosec // Bodies are bounded.

	end := d.rest(i, at, depth)
	if end == failed {
		if d.state == whole {
			d.state = broken
		}

		return failed
	}

	d.values[at].to, d.values[at].next = int32(end), int32(len(d.values)) //nolint:gosec // As above.

	if d.values[at].kind == object {
		d.bury(int32(at)) //nolint:gosec // As above.
	}

	return end
}

// kindOf is the type of a value that begins with that byte.
func kindOf(first byte) byte {
	switch {
	case first == 'f':
		return boolean
	case first == '-' || isDigit(first):
		return number
	default:
		return first
	}
}

// rest reads the value at i, which is the one of that index.
func (d *document) rest(i, at, depth int) int {
	switch d.values[at].kind {
	case object, list:
		return d.inside(i+1, at, depth+1)
	case text:
		end, _ := d.text(i + 1)

		return end
	case number:
		return d.number(i)
	case null:
		return d.word(i, "null")
	case boolean:
		return max(d.word(i, "true"), d.word(i, "false"))
	default:
		return failed
	}
}

// inside reads the members or elements of a value up to its end.
func (d *document) inside(i, of, depth int) int {
	closing := byte(']')
	if d.values[of].kind == object {
		closing = '}'
	}

	if i = d.space(i); d.has(i, closing) {
		return i + 1
	}

	for {
		if i = d.one(i, of, depth); i == failed {
			return failed
		}

		d.values[of].size++

		switch i = d.space(i); {
		case d.has(i, closing):
			return i + 1
		case d.has(i, ','):
			i = d.space(i + 1)
		default:
			return failed
		}
	}
}

// one reads a member or element.
func (d *document) one(i, of, depth int) int {
	if d.values[of].kind == list {
		return d.value(i, depth)
	}

	if !d.has(i, '"') {
		return failed
	}

	end, escaped := d.text(i + 1)
	if end == failed {
		return failed
	}

	colon := d.space(end)
	if !d.has(colon, ':') {
		return failed
	}

	at, from, to := len(d.values), i+1, end-1

	if escaped {
		from = len(d.names)
		d.names = append(d.names, unquoted(d.body[i:end])...)
		to = len(d.names)
	}

	behind := d.value(d.space(colon+1), depth)
	if behind != failed {
		v := &d.values[at]
		v.name, v.nameEnd, v.escaped = int32(from), int32(to), escaped //nolint:gosec // Bodies are bounded.
	}

	return behind
}

// text reads the rest of a text behind its first quote.
func (d *document) text(i int) (end int, escaped bool) {
	for i < len(d.body) {
		switch c := d.body[i]; {
		case c == '"':
			return i + 1, escaped
		case c == '\\':
			escaped = true

			if i = d.escape(i + 1); i == failed {
				return failed, true
			}
		case c < ' ':
			return failed, escaped
		default:
			i++
		}
	}

	return failed, escaped
}

// escape reads what stands behind a backslash.
func (d *document) escape(i int) int {
	if i >= len(d.body) {
		return failed
	}

	switch d.body[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		const digits = 4

		for k := 1; k <= digits; k++ {
			if i+k >= len(d.body) || !isHex(d.body[i+k]) {
				return failed
			}
		}

		return i + 1 + digits
	default:
		return failed
	}
}

func (d *document) word(i int, word string) int {
	if len(d.body)-i < len(word) || string(d.body[i:i+len(word)]) != word {
		return failed
	}

	return i + len(word)
}

// number reads a number after RFC 8259, section 6.
func (d *document) number(i int) int {
	if d.has(i, '-') {
		i++
	}

	if d.has(i, '0') {
		i++
	} else {
		i = d.digits(i)
	}

	if i != failed && d.has(i, '.') {
		i = d.digits(i + 1)
	}

	if i != failed && (d.has(i, 'e') || d.has(i, 'E')) {
		i++
		if d.has(i, '+') || d.has(i, '-') {
			i++
		}

		i = d.digits(i)
	}

	return i
}

func (d *document) digits(i int) int {
	from := i
	for i < len(d.body) && isDigit(d.body[i]) {
		i++
	}

	if i == from {
		return failed
	}

	return i
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
