package gql

import (
	"io"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
)

// AppendString appends a string as gqlgen writes it, which escapes less than
// encoding/json: control characters, the quote and the backslash alone.
func AppendString[S ~string](dst []byte, s S) []byte {
	const hex = "0123456789ABCDEF"

	dst = append(dst, '"')
	start := 0

	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}

		dst = append(dst, s[start:i]...)
		start = i + 1

		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
	}

	dst = append(dst, s[start:]...)

	return append(dst, '"')
}

// AppendInt appends a whole number.
func AppendInt[I ~int | ~int8 | ~int16 | ~int32 | ~int64](dst []byte, i I) []byte {
	const decimal = 10

	return strconv.AppendInt(dst, int64(i), decimal)
}

// AppendBoolean appends true or false.
func AppendBoolean[B ~bool](dst []byte, b B) []byte { return strconv.AppendBool(dst, bool(b)) }

// AppendNull appends null.
func AppendNull(dst []byte) []byte { return append(dst, "null"...) }

// AppendMarshaler appends what m writes. It gives up, and returns nil, where
// that is null.
func AppendMarshaler(dst []byte, m graphql.Marshaler) []byte {
	if m == graphql.Null {
		return nil
	}

	w := appender{dst}
	m.MarshalGQL(&w)

	return w.bytes
}

// appender is a writer at the end of a slice.
type appender struct{ bytes []byte }

// Write appends p.
func (w *appender) Write(p []byte) (int, error) {
	w.bytes = append(w.bytes, p...)

	return len(p), nil
}

// WriteString appends s.
func (w *appender) WriteString(s string) (int, error) {
	w.bytes = append(w.bytes, s...)

	return len(s), nil
}

var _ io.StringWriter = (*appender)(nil)
