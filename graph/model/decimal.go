// Package model holds the types of the web BFF's GraphQL schema.
package model

import (
	"errors"
	"io"

	"storefront/internal/wire"
)

// Decimal is a JSON number with the digits of the upstream service.
type Decimal struct{ wire.Number }

var errInput = errors.New("Decimal is not an input type")

// MarshalGQL writes the digits unchanged.
func (d Decimal) MarshalGQL(w io.Writer) {
	_, _ = io.WriteString(w, string(d.Number)) // The writer is a buffer.
}

// UnmarshalGQL refuses: nothing in the schema takes a decimal.
func (*Decimal) UnmarshalGQL(any) error { return errInput }
