// Package model holds the types of the web BFF's GraphQL schema.
package model

import (
	"errors"
	"io"
)

// Decimal is a JSON number with the digits of the upstream service: a
// wire.Number, which it can be made from without a copy.
type Decimal string

var errInput = errors.New("Decimal is not an input type")

// MarshalGQL writes the digits unchanged.
func (d Decimal) MarshalGQL(w io.Writer) {
	_, _ = io.WriteString(w, string(d)) // The writer is a buffer.
}

// AppendGQL appends what MarshalGQL writes.
func (d Decimal) AppendGQL(dst []byte) []byte { return append(dst, d...) }

// UnmarshalGQL refuses: nothing in the schema takes a decimal.
func (*Decimal) UnmarshalGQL(any) error { return errInput }
