package wire

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxReason    = 200 // characters
	maxPathSteps = 8
	maxPathName  = 40 // characters
)

// Error says where a document is not what its reader expects, and why. It
// holds nothing of the document but the names on the way to the place, and is
// of bounded length.
type Error struct {
	// Offset is the number of bytes before the place.
	Offset int64
	// Path is a JSON Pointer (RFC 6901) to the value, empty for the whole
	// document. Long names and long paths are cut, with "…" in their place.
	Path string
	// Reason is a few words without line breaks.
	Reason string
}

// Error is one line: place and reason.
func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("json at offset %d: %s", e.Offset, e.Reason)
	}
	return fmt.Sprintf("json at %q, offset %d: %s", e.Path, e.Offset, e.Reason)
}

// step is one level of the way to a value: in an object the offset of the
// member's name, in an array the complement of the element's index, which is
// negative.
type step int

// nowhere is the step into an object or array before there is a value.
const nowhere step = math.MinInt

// pointer is the way to the value that the reader stands at.
func (r *Reader) pointer() string {
	var path strings.Builder
	for i, s := range r.path {
		switch {
		case s == nowhere:
			continue
		case i == maxPathSteps:
			path.WriteString("/…")
			return path.String()
		case s < 0:
			path.WriteString("/" + strconv.Itoa(int(^s)))
		default:
			path.WriteString("/" + r.stepName(int(s)))
		}
	}
	return path.String()
}

// stepName is the name whose first quote is at from, escaped for a pointer.
func (r *Reader) stepName(from int) string {
	end, _ := r.scan.text(from + 1)
	name := r.scan.unquote(r.scan.body[from+1 : end-1])
	short := strings.ReplaceAll(cut(string(name), maxPathName), "~", "~0")
	return strings.ReplaceAll(short, "/", "~1")
}

// cut shortens text to a number of characters.
func cut(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit]) + "…"
}
