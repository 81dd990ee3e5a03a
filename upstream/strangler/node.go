package strangler

import (
	"fmt"
	"strings"
)

// kind is what a node is.
type kind uint8

// The kinds, each as it is called in errors.
const (
	nothing kind = iota
	text
	number
	boolean
	list
	object
)

// String is the kind with its article.
func (k kind) String() string {
	return [...]string{"nothing", "a text", "a number", "true or false", "a list", "an object"}[k]
}

// node is a part of a routes file as it is written, in YAML or JSON: both are
// read into nodes, so that one place knows what a file may say, and where it
// says it.
type node struct {
	kind   kind
	line   int      // 1 is the first
	scalar string   // of a text, a number or a boolean
	span   span     // of a scalar, where it is known
	items  []*node  // of a list
	fields []*field // of an object, in their order
}

// field is a member of an object.
type field struct {
	name  string
	line  int
	start int // byte offset of the name
	value *node
}

// span is where something stands in a file, in bytes. The zero one is unknown.
type span struct{ from, to int }

// field is a member by its name; nil where there is none.
func (n *node) field(name string) *field {
	for _, f := range n.fields {
		if f.name == name {
			return f
		}
	}

	return nil
}

// wrongError is what is wrong with a routes file, in one line.
type wrongError struct {
	line   int    // 0 is unknown
	where  string // such as routes[1].mode; "" for the file
	why    string
	syntax bool // it is neither YAML nor JSON
}

// Error is without the name of the file.
func (e *wrongError) Error() string {
	var b strings.Builder

	if e.line > 0 {
		fmt.Fprintf(&b, "%d: ", e.line)
	}

	if e.where != "" {
		b.WriteString(e.where + ": ")
	}

	b.WriteString(e.why)

	return b.String()
}

// in is the error with the name of the file: strangler.yaml:7: routes[1].mode: ….
func (e *wrongError) in(name string) string {
	if e.line > 0 {
		return name + ":" + e.Error()
	}

	return name + ": " + e.Error()
}

// wrongf returns what is wrong somewhere.
func wrongf(line int, where, format string, args ...any) *wrongError {
	return &wrongError{line: line, where: where, why: fmt.Sprintf(format, args...)}
}

// malformed returns why something is neither YAML nor JSON.
func malformed(line int, why string) *wrongError {
	return &wrongError{line: line, why: why, syntax: true}
}
