package compare

import (
	"math/big"
	"strconv"
	"strings"
)

// decimal is a number as it is written, in one form: digits without zeros at
// either end, times ten to the power of exponent. 0 has no digits.
type decimal struct {
	negative bool
	digits   string
	exponent int64
	// strange is a number with an exponent that no computer counts to.
	strange bool
}

// Limits of numbers that are calculated with: an exponent of a few characters
// must not become a number of a million digits.
const (
	maxDigits   = 64
	maxExponent = 64
)

func parseDecimal(written []byte) (d decimal) {
	mantissa := string(written)

	if mantissa, d.negative = strings.CutPrefix(mantissa, "-"); strings.ContainsAny(mantissa, "eE") {
		at := strings.IndexAny(mantissa, "eE")

		var err error
		if d.exponent, err = strconv.ParseInt(mantissa[at+1:], 10, 48); err != nil { // Far from where lengths of bodies matter.
			d.strange = true
		}

		mantissa = mantissa[:at]
	}

	integer, fraction, _ := strings.Cut(mantissa, ".")
	d.exponent -= int64(len(fraction))
	d.digits = strings.TrimLeft(integer+fraction, "0")

	significant := strings.TrimRight(d.digits, "0")
	d.exponent += int64(len(d.digits) - len(significant))
	d.digits = significant

	if d.digits == "" {
		return decimal{}
	}

	return d
}

// usual reports whether a number is calculated with.
func (d decimal) usual() bool {
	return !d.strange && len(d.digits) <= maxDigits && d.exponent >= -maxExponent && d.exponent <= maxExponent
}

// times is the number in units of ten to the power of unit, which is not greater
// than its exponent.
func (d decimal) times(unit int64) *big.Int {
	const ten = 10

	n, valid := new(big.Int).SetString("0"+d.digits, ten)
	if !valid {
		return new(big.Int)
	}

	if d.digits != "" {
		n.Mul(n, new(big.Int).Exp(big.NewInt(ten), big.NewInt(d.exponent-unit), nil))
	}

	if d.negative {
		n.Neg(n)
	}

	return n
}

// minus is the difference of two numbers in units of ten to the power of unit.
func (d decimal) minus(other decimal) (units *big.Int, unit int64) {
	unit = min(d.exponent, other.exponent)
	units = d.times(unit)

	return units.Sub(units, other.times(unit)), unit
}

// within reports whether two numbers differ by that much at most.
func (d decimal) within(other, tolerance decimal) bool {
	if d == other {
		return true
	}

	if !d.usual() || !other.usual() {
		return false
	}

	apart, unit := d.minus(other)
	apart.Abs(apart)

	distance := decimal{digits: apart.String(), exponent: unit}
	over, _ := distance.minus(tolerance)

	return over.Sign() <= 0
}

// delta is the difference of two numbers as text, with zeros for all digits but the
// first; "" where it is not usual, or would be one of both.
func (d decimal) delta(older decimal) string {
	if !d.usual() || !older.usual() || d.digits == "" || older.digits == "" {
		return ""
	}

	units, unit := d.minus(older)
	sign := "+"

	if units.Sign() < 0 {
		sign = "-"
	}

	written := units.Abs(units).String()
	written = written[:1] + strings.Repeat("0", len(written)-1)

	if unit >= 0 {
		written += strings.Repeat("0", int(unit))
	} else {
		places := int(-unit)
		written = strings.Repeat("0", max(0, places+1-len(written))) + written
		integer, fraction := written[:len(written)-places], strings.TrimRight(written[len(written)-places:], "0")

		if written = integer; fraction != "" {
			written += "." + fraction
		}
	}

	if len(written) > maxOutline {
		return ""
	}

	return sign + written
}
