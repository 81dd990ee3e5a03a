package wire

// quoted passes over the rest of a string, from behind its first quote.
func (s *scanner) quoted(i int) int {
	b := s.body
	for len(b)-i >= wordSize {
		marks := stops(word(b, i))
		if marks == 0 {
			i += wordSize
			continue
		}
		i += lane(marks)
		if b[i] == '"' {
			return i + 1
		}
		if i = s.escape(i); i == failed {
			return failed
		}
	}
	return s.quotedEnd(i)
}

// quotedEnd is quoted for the last few bytes of a document.
func (s *scanner) quotedEnd(i int) int {
	for i < len(s.body) {
		switch c := s.body[i]; {
		case c == '"':
			return i + 1
		case c == '\\' || c < ' ':
			if i = s.escape(i); i == failed {
				return failed
			}
		default:
			i++
		}
	}
	return s.wrong(i)
}

// escape passes over a backslash and what belongs to it. Anything else, which
// is a control character, is wrong.
func (s *scanner) escape(i int) int {
	const hexDigits = 4
	if s.body[i] != '\\' {
		return s.wrong(i)
	}
	if i+1 >= len(s.body) {
		return s.wrong(i + 1)
	}
	switch s.body[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + len(`\n`)
	case 'u':
		for k := i + len(`\u`); k < i+len(`\u`)+hexDigits; k++ {
			switch {
			case k >= len(s.body):
				return s.wrong(k)
			case !isHex(s.body[k]):
				return s.wrong(i)
			}
		}
		return i + len(`\u`) + hexDigits
	default:
		return s.wrong(i)
	}
}

// number passes over a number: an optional minus, digits without a leading
// zero, and optionally a fraction and an exponent (RFC 8259, section 6).
func (s *scanner) number(start int) int {
	i := start
	if s.has(i, '-') {
		i++
	}
	if s.has(i, '0') {
		i++
	} else {
		i = s.digits(start, i)
	}
	if i != failed && s.has(i, '.') {
		i = s.digits(start, i+1)
	}
	if i != failed && (s.has(i, 'e') || s.has(i, 'E')) {
		if i++; s.has(i, '+') || s.has(i, '-') {
			i++
		}
		i = s.digits(start, i)
	}
	return i
}

// digits passes over one digit or more of the number that begins at start.
func (s *scanner) digits(start, i int) int {
	from := i
	for i < len(s.body) && isDigit(s.body[i]) {
		i++
	}
	if i > from {
		return i
	}
	if i >= len(s.body) {
		return s.fail(start, "unexpected end")
	}
	return s.wrong(i)
}

// literal passes over that word.
func (s *scanner) literal(i int, text string) int {
	if len(s.body)-i >= len(text) && string(s.body[i:i+len(text)]) == text {
		return i + len(text)
	}
	for k := range len(text) {
		if i+k >= len(s.body) || s.body[i+k] != text[k] {
			return s.wrong(i + k)
		}
	}
	return i + len(text)
}

func isDigit(c byte) bool { return c-'0' <= '9'-'0' }

func isHex(c byte) bool { return isDigit(c) || c|0x20-'a' <= 'f'-'a' }
