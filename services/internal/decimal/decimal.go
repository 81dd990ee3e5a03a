// Package decimal holds the shop's exact numbers: money in cents and ratings in
// tenths. They are integers, so sums are exact on every machine, and they write
// themselves as JSON numbers with the digits a shop prints (49.90, never 49.9).
//
// It does not know currencies, rounding or division: the shop needs none.
package decimal

import "strconv"

// How many digits stand after the point.
const (
	centsDigits  = 2
	tenthsDigits = 1
)

// Cents is an amount of money in hundredths of the shop's currency.
type Cents int64

// Tenths is a number with one digit after the point, such as a rating of 4.5.
type Tenths int64

// String writes the amount with exactly two digits after the point: 999.99.
func (c Cents) String() string { return string(c.append(nil)) }

// MarshalJSON writes the amount as a JSON number with two digits: 49.90.
func (c Cents) MarshalJSON() ([]byte, error) { return c.append(nil), nil }

func (c Cents) append(b []byte) []byte { return appendPoint(b, int64(c), centsDigits) }

// String writes the number with exactly one digit after the point: 4.5.
func (t Tenths) String() string { return string(t.append(nil)) }

// MarshalJSON writes the number as a JSON number with one digit: 5.0.
func (t Tenths) MarshalJSON() ([]byte, error) { return t.append(nil), nil }

func (t Tenths) append(b []byte) []byte { return appendPoint(b, int64(t), tenthsDigits) }

// appendPoint writes n with its last digits behind a point.
func appendPoint(b []byte, n int64, digits int) []byte {
	text := strconv.FormatInt(n, 10)
	if n < 0 {
		b, text = append(b, '-'), text[1:]
	}
	for len(text) <= digits {
		text = "0" + text
	}
	point := len(text) - digits
	b = append(b, text[:point]...)
	b = append(b, '.')
	return append(b, text[point:]...)
}
