package gql

import (
	"encoding/json"
	"unicode/utf8"
)

// scan reads an envelope as nearly all clients write it: each member once, under
// its exact name, text in UTF-8, variables that are plain values, no extensions.
// It says no to everything else, also to what is wrong: encoding/json reads that
// again, and decides. What it accepts it reads as encoding/json does.
func scan(body []byte) (e envelope, ok bool) {
	s := scanner{rest: body}

	if !s.object(func(name string) bool { return s.member(&e, name) }) || !s.end() {
		return envelope{}, false
	}

	return e, true
}

// scanner takes JSON apart from front to back. Its methods report whether all is
// as usual; after a no nothing it did counts.
type scanner struct {
	rest []byte
	seen [4]bool // which members there were
}

func (s *scanner) member(e *envelope, name string) bool {
	var at int

	switch name {
	case "query":
		at = 0
	case "operationName":
		at = 1
	case "variables":
		at = 2
	case "documentId":
		at = 3
	default:
		return false
	}

	if s.seen[at] {
		return false
	}

	s.seen[at] = true

	switch {
	case at == 0:
		return s.text(&e.Query)
	case s.word("null"):
		return true
	case at == 1:
		return s.text(&e.OperationName)
	case at == 3: //nolint:mnd // As above.
		return s.text(&e.DocumentID)
	default:
		e.Variables = map[string]any{}

		return s.object(func(name string) bool { return s.variable(e.Variables, name) })
	}
}

func (s *scanner) variable(variables map[string]any, name string) bool {
	var text string

	switch {
	case s.word("null"):
		variables[name] = nil
	case s.word("true"):
		variables[name] = true
	case s.word("false"):
		variables[name] = false
	case len(s.rest) > 0 && s.rest[0] == '"':
		if !s.text(&text) {
			return false
		}

		variables[name] = text
	default:
		digits, ok := s.integer()
		variables[name] = json.Number(digits)

		return ok
	}

	return true
}

// object reads an object; member is called in front of each value.
func (s *scanner) object(member func(name string) bool) bool {
	if !s.byte('{') {
		return false
	}

	if s.byte('}') {
		return true
	}

	for {
		var name string

		if s.space(); !s.text(&name) || !s.byte(':') {
			return false
		}

		if s.space(); !member(name) {
			return false
		}

		if s.byte('}') {
			return true
		}

		if !s.byte(',') {
			return false
		}
	}
}

// text reads a string. Escapes are those of one letter; what is written \u0041
// is unusual.
func (s *scanner) text(to *string) bool {
	if len(s.rest) == 0 || s.rest[0] != '"' {
		return false
	}

	in := s.rest[1:]
	escapes := 0

	for i := 0; i < len(in); i++ {
		switch c := in[i]; {
		case c == '"':
			raw := in[:i]
			s.rest = in[i+1:]

			if !utf8.Valid(raw) {
				return false
			}

			if escapes == 0 {
				*to = string(raw)

				return true
			}

			return unescape(to, raw, escapes)
		case c < ' ':
			return false
		case c == '\\':
			escapes++
			i++
		}
	}

	return false
}

// unescape resolves the escapes of one letter.
func unescape(to *string, raw []byte, escapes int) bool {
	plain := make([]byte, 0, len(raw)-escapes)

	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c != '\\' {
			plain = append(plain, c)

			continue
		}

		i++

		switch raw[i] {
		case '"', '\\', '/':
			c = raw[i]
		case 'n':
			c = '\n'
		case 't':
			c = '\t'
		case 'r':
			c = '\r'
		default:
			return false
		}

		plain = append(plain, c)
	}

	*to = string(plain)

	return true
}

// integer reads a whole number, and says no in front of a fraction or exponent,
// since that cannot be what follows a value.
func (s *scanner) integer() (digits string, ok bool) {
	n := 0
	if n < len(s.rest) && s.rest[n] == '-' {
		n++
	}

	first := n
	for n < len(s.rest) && '0' <= s.rest[n] && s.rest[n] <= '9' {
		n++
	}

	if n == first || s.rest[first] == '0' && n > first+1 {
		return "", false
	}

	digits, s.rest = string(s.rest[:n]), s.rest[n:]

	return digits, true
}

// word takes a literal.
func (s *scanner) word(word string) bool {
	if len(s.rest) < len(word) || string(s.rest[:len(word)]) != word {
		return false
	}

	s.rest = s.rest[len(word):]

	return true
}

// byte takes one character, after space.
func (s *scanner) byte(c byte) bool {
	s.space()

	if len(s.rest) == 0 || s.rest[0] != c {
		return false
	}

	s.rest = s.rest[1:]

	return true
}

func (s *scanner) space() {
	for len(s.rest) > 0 && (s.rest[0] == ' ' || s.rest[0] == '\n' || s.rest[0] == '\t' || s.rest[0] == '\r') {
		s.rest = s.rest[1:]
	}
}

func (s *scanner) end() bool {
	s.space()

	return len(s.rest) == 0
}
