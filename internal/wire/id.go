package wire

import (
	"errors"
	"strings"
	"unicode/utf8"
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

// MarshalJSON writes what [ID.AppendJSON] does.
func (id ID) MarshalJSON() ([]byte, error) { return id.AppendJSON(nil) }

// AppendJSON appends the identifier in the form in which it came, "prod_1" or
// 7, and null for none. It fails when the identifier cannot have come.
func (id ID) AppendJSON(dst []byte) ([]byte, error) {
	switch {
	case id.IsZero():
		return append(dst, "null"...), nil
	case !id.isValid():
		return nil, errNotID
	case id.Integer:
		return append(dst, id.Text...), nil
	default:
		return AppendText(dst, id.Text), nil
	}
}

func (id ID) isValid() bool {
	switch {
	case id.Text == "" || len(id.Text) > MaxID && utf8.RuneCountInString(id.Text) > MaxID:
		return false
	case id.Integer:
		return isInteger(id.Text)
	default:
		return utf8.ValidString(id.Text)
	}
}

func isInteger(text string) bool {
	return isNumber(text) && !strings.ContainsAny(text, ".eE")
}
