package wire

// kind is the first byte of a value: { [ " n t f, where 0 stands for every
// number.
type kind byte

// broken is the kind of what is no value.
const broken kind = 0

func kindOf(first byte) kind {
	switch {
	case first == '-' || isDigit(first):
		return '0'
	case first == '{', first == '[', first == '"', first == 'n', first == 't', first == 'f':
		return kind(first)
	default:
		return broken
	}
}

// String is what a client of the package calls it.
func (k kind) String() string {
	switch k {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 'n':
		return "null"
	default:
		return "a boolean"
	}
}
