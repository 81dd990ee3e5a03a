package wire

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

var errNotID = errors.New("not an identifier")

// ID is an identifier whose make-up is the business of the service that gave
// it. The zero value stands for none. IDs can be compared and be keys of maps;
// where two services write the same identifier in two forms, compare Text.
type ID struct {
	// Text is the identifier, 1 to [MaxID] characters.
	Text string
	// Integer says that JSON has it as an integer and not as a string.
	Integer bool
}

// String is the identifier without quotes.
func (id ID) String() string { return id.Text }

// IsZero reports whether there is no identifier.
func (id ID) IsZero() bool { return id == ID{} }

// MarshalJSON writes the identifier in the form in which it came, "prod_1" or
// 7, and null for none. It fails when Integer is set and Text is no integer.
func (id ID) MarshalJSON() ([]byte, error) {
	switch {
	case id.IsZero():
		return []byte("null"), nil
	case !id.isValid():
		return nil, errNotID
	case id.Integer:
		return []byte(id.Text), nil
	}
	quoted, err := jsontext.AppendQuote(make([]byte, 0, len(id.Text)+len(`""`)), id.Text)
	if err != nil {
		return nil, fmt.Errorf("writing an identifier: %w", err)
	}
	return quoted, nil
}

func (id ID) isValid() bool {
	length := utf8.RuneCountInString(id.Text)
	return 0 < length && length <= MaxID && (!id.Integer || isInteger(id.Text))
}

func isInteger(text string) bool {
	return isNumber(text) && !strings.ContainsAny(text, ".eE")
}
