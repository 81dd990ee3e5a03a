package wire

import (
	"unicode/utf16"
	"unicode/utf8"
)

// text reads the rest of a string, from behind its first quote: end is behind
// its last one, plain says that it means what it looks like.
func (s *scanner) text(i int) (end int, plain bool) {
	b, start := s.body, i
	var seen uint64
	for len(b)-i >= wordSize {
		w := word(b, i)
		marks := stops(w)
		if marks == 0 {
			seen |= w
			i += wordSize
			continue
		}
		seen |= w & (marks&-marks - 1)
		i += lane(marks)
		if b[i] == '"' {
			return i + 1, seen&highs == 0 || utf8.Valid(b[start:i])
		}
		return s.quoted(i), false
	}
	return s.quoted(i), false
}

// unquote returns what b, a string without its quotes, means. Bytes that are
// not UTF-8 and halves of surrogate pairs become U+FFFD. It is good until the
// next call.
func (s *scanner) unquote(b []byte) []byte { return s.unescaped(b, false) }

// unquoteAsIs is unquote but for bytes that are not UTF-8, which stay as they
// are.
func (s *scanner) unquoteAsIs(b []byte) []byte { return s.unescaped(b, true) }

func (s *scanner) unescaped(b []byte, asIs bool) []byte {
	out := s.scratch[:0]
	for len(b) > 0 {
		switch c := b[0]; {
		case c == '\\' && b[1] == 'u':
			var r rune
			r, b = cutRune(b)
			out = utf8.AppendRune(out, r)
		case c == '\\':
			out = append(out, unescape(b[1]))
			b = b[len(`\n`):]
		case c < utf8.RuneSelf:
			out = append(out, c)
			b = b[1:]
		default:
			r, size := utf8.DecodeRune(b)
			if r == utf8.RuneError && size == 1 && asIs {
				out = append(out, c)
			} else {
				out = utf8.AppendRune(out, r)
			}
			b = b[size:]
		}
	}
	s.scratch = out
	return out
}

// unescape is the character that stands behind a backslash for another one.
func unescape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	default:
		return c
	}
}

// cutRune cuts off the \uXXXX that b begins with, and a second one when the two
// are a surrogate pair.
func cutRune(b []byte) (r rune, rest []byte) {
	const size = len(`\u0000`)
	r, rest = hex(b[len(`\u`):size]), b[size:]
	if !utf16.IsSurrogate(r) {
		return r, rest
	}
	if len(rest) >= size && rest[0] == '\\' && rest[1] == 'u' {
		if pair := utf16.DecodeRune(r, hex(rest[len(`\u`):size])); pair != utf8.RuneError {
			return pair, rest[size:]
		}
	}
	return utf8.RuneError, rest
}

// hex is the number that hexadecimal digits stand for.
func hex(digits []byte) (r rune) {
	for _, c := range digits {
		r = r<<4 | rune(c&0xF) //nolint:mnd // four bits each
		if c > '9' {
			r += 9 // A and a have 1 in their lower bits
		}
	}
	return r
}
