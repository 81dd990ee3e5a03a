package wire

import "errors"

var errNotNumber = errors.New("not a JSON number")

// Number is a JSON number with the digits that the service wrote, such as
// "999.90". It is never turned into a float, so none is lost or made up. The
// zero value stands for none.
type Number string

// String is the number as the service wrote it.
func (n Number) String() string { return string(n) }

// IsZero reports whether there is no number; it does not for the number 0.
func (n Number) IsZero() bool { return n == "" }

// MarshalJSON writes what [Number.AppendJSON] does.
func (n Number) MarshalJSON() ([]byte, error) { return n.AppendJSON(nil) }

// AppendJSON appends the digits unchanged, and null for none. It fails for a
// text that is not a JSON number.
func (n Number) AppendJSON(dst []byte) ([]byte, error) {
	switch {
	case n.IsZero():
		return append(dst, "null"...), nil
	case !isNumber(string(n)):
		return nil, errNotNumber
	default:
		return append(dst, n...), nil
	}
}

// isNumber checks text against the grammar of RFC 8259, section 6:
// an optional minus, digits without a leading zero, and optionally a fraction
// and an exponent.
func isNumber(text string) bool {
	text, _ = cutOne(text, '-', '-')
	text, ok := cutOne(text, '0', '0')
	if !ok {
		text, ok = cutDigits(text)
	}
	if fraction, found := cutOne(text, '.', '.'); ok && found {
		text, ok = cutDigits(fraction)
	}
	if exponent, found := cutOne(text, 'e', 'E'); ok && found {
		exponent, _ = cutOne(exponent, '+', '-')
		text, ok = cutDigits(exponent)
	}
	return ok && text == ""
}

// cutOne cuts off the first character when it is one of two.
func cutOne(text string, this, that byte) (rest string, found bool) {
	if text == "" || text[0] != this && text[0] != that {
		return text, false
	}
	return text[1:], true
}

// cutDigits cuts off the digits that text begins with, at least one.
func cutDigits(text string) (rest string, found bool) {
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return text[n:], n > 0
}
