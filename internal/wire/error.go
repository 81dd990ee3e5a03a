package wire

import (
	"fmt"
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

// step is one level of the way to a value.
type step struct {
	name    string
	index   int
	inArray bool
}

func (s step) String() string {
	if s.inArray {
		return strconv.Itoa(s.index)
	}
	name := strings.ReplaceAll(cut(s.name, maxPathName), "~", "~0")
	return strings.ReplaceAll(name, "/", "~1")
}

func pointer(steps []step) string {
	var path strings.Builder
	for i, s := range steps {
		if i == maxPathSteps {
			path.WriteString("/…")
			break
		}
		path.WriteByte('/')
		path.WriteString(s.String())
	}
	return path.String()
}

// cut shortens text to a number of characters.
func cut(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit]) + "…"
}
