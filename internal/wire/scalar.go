package wire

import (
	"math"
	"strconv"
)

// Text reads a string. (Not called String, so that printing a Reader does not
// read from it.)
func (r *Reader) Text() string {
	if !r.ready('"') && !r.expect('"', "a string") {
		return ""
	}
	r.unread = false
	from := r.at + 1
	end, plain := r.scan.text(from)
	if !r.move(end) {
		return ""
	}
	switch written := r.scan.body[from : end-1]; {
	case len(written) > MaxString:
		r.Fail("a string is too long")
		return ""
	case plain:
		return string(written)
	default:
		return string(r.scan.unquote(written))
	}
}

// Int reads a whole number of 64 bits, written without fraction and exponent.
func (r *Reader) Int() int64 {
	if !r.expect('0', "an integer") {
		return 0
	}
	raw := r.scalar()
	if r.err != nil {
		return 0
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		r.Fail("expected an integer of 64 bits")
		return 0
	}
	return n
}

// Count reads how many of something there are: a whole number from 0 to
// 2147483647, the most that every client can take.
func (r *Reader) Count() int64 {
	n := r.Int()
	if n < 0 || n > math.MaxInt32 {
		r.Fail("expected a count from 0 to 2147483647")
		return 0
	}
	return n
}

// Number reads a number of any kind with its digits.
func (r *Reader) Number() Number {
	if !r.expect('0', "a number") {
		return ""
	}
	raw := r.scalar()
	if len(raw) > MaxNumber {
		r.Fail("a number is too long")
	}
	if r.err != nil {
		return ""
	}
	return Number(raw)
}

// ID reads an identifier: a string or an integer.
func (r *Reader) ID() ID {
	var id ID
	switch next := r.next(); next {
	case '"':
		id.Text = r.Text()
	case '0':
		id.Text, id.Integer = string(r.scalar()), true
	default:
		r.mismatch("a string or an integer", next)
	}
	if r.err == nil && !id.isValid() {
		r.Fail("expected an identifier of 1 to 128 characters")
	}
	if r.err != nil {
		return ID{}
	}
	return id
}

// OptionalText reads a string, or null as nil.
func (r *Reader) OptionalText() *string { return optional(r, (*Reader).Text) }

// OptionalInt reads what [Reader.Int] does, or null as nil.
func (r *Reader) OptionalInt() *int64 { return optional(r, (*Reader).Int) }

// OptionalCount reads what [Reader.Count] does, or null as nil.
func (r *Reader) OptionalCount() *int64 { return optional(r, (*Reader).Count) }

// OptionalNumber reads a number of any kind, or null as nil.
func (r *Reader) OptionalNumber() *Number { return optional(r, (*Reader).Number) }

func optional[T any](r *Reader, read func(*Reader) T) *T {
	if r.Null() {
		return nil
	}
	value := read(r)
	if r.err != nil {
		return nil
	}
	return &value
}
