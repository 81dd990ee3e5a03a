package h1

// Bits of [classes].
const (
	tokenByte = 1 << iota // may stand in a name
	valueByte             // may stand in a value: no control but the tab
)

// classes says of each byte where it may stand (RFC 9110, 5.5 and 5.6.2).
var classes = func() (t [256]uint8) { //nolint:gochecknoglobals // A table, never changed.
	for c := range t {
		if c == '\t' || c >= ' ' && c != 0x7f {
			t[c] |= valueByte
		}
	}

	for _, c := range "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" {
		t[c] |= tokenByte
	}

	return t
}()

func isToken[T string | []byte](s T) bool { return len(s) > 0 && all(s, tokenByte) }

func isValue[T string | []byte](s T) bool { return all(s, valueByte) }

func all[T string | []byte](s T, class uint8) bool {
	for i := range len(s) {
		if classes[s[i]]&class == 0 {
			return false
		}
	}

	return true
}

// equalFold compares ASCII without regard to case, and does not allocate.
func equalFold(a []byte, b string) bool {
	if len(a) != len(b) {
		return false
	}

	for i := range len(b) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}

	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}

	return c
}

// trim takes off the white space around a value.
func trim(s []byte) []byte {
	for len(s) > 0 && isSpace(s[0]) {
		s = s[1:]
	}

	return trimRight(s)
}

func trimRight(s []byte) []byte {
	for len(s) > 0 && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}

	return s
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
