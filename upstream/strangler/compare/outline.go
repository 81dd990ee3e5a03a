package compare

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxOutline is how many characters an outline shows.
const maxOutline = 40

// outline is what a value looks like, without what it says.
func (d *document) outline(i int32) string {
	switch v := d.values[i]; v.kind {
	case object:
		return "{" + counted(v.size, "member") + "}"
	case list:
		return "[" + counted(v.size, "element") + "]"
	case text:
		written := d.raw(i)
		if bytes.IndexByte(written, '\\') >= 0 {
			return `"` + mask(unquoted(written)) + `"`
		}

		return `"` + mask(written[1:len(written)-1]) + `"`
	case number:
		return mask(d.raw(i))
	default: // null, true or false: these say little.
		return string(d.raw(i))
	}
}

func counted(n int32, what string) string {
	if n == 1 {
		return "1 " + what
	}

	return fmt.Sprintf("%d %ss", n, what)
}

// mask has x and X for letters, 9 for digits, ¿ for what is not ASCII, and other
// characters as they are. What is long is cut, and its length added.
func mask(said []byte) string {
	var out strings.Builder

	shown := 0

	for rest := said; len(rest) > 0; shown++ {
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]

		if shown == maxOutline {
			return fmt.Sprintf("%s… (%d characters)", out.String(), utf8.RuneCount(said))
		}

		out.WriteRune(masked(r))
	}

	return out.String()
}

func masked(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return 'x'
	case r >= 'A' && r <= 'Z':
		return 'X'
	case r >= '0' && r <= '9':
		return '9'
	case r < ' ' || r == 0x7F:
		return ' '
	case r >= utf8.RuneSelf:
		return '¿'
	default:
		return r
	}
}
