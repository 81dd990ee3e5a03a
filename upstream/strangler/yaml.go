package strangler

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxDepth is how deep lists and objects may stand in each other. The parser
// takes time that grows with the square of it.
const maxDepth = 32

// readYAML reads one YAML document. What makes one text stand for another
// (anchors, aliases, merge keys, tags) is refused: a file says what it says.
func readYAML(data []byte) (root *node, err error) {
	if deep(data) {
		return nil, malformed(0, "has lists or objects that stand too deep in each other")
	}

	if line := blockText(data); line > 0 {
		return nil, malformed(line, "texts in blocks (| and >) are not for this file")
	}

	defer func() {
		if recover() != nil { // The parser is a library, and its input may be anything.
			root, err = nil, malformed(0, "cannot be read as YAML")
		}
	}()

	// The parser loses count of lines that end in two bytes.
	file, err := parser.ParseBytes(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), 0)
	if err != nil {
		line, why := 0, "cannot be read as YAML"
		if known, ok := errors.AsType[yaml.Error](err); ok {
			line, why = known.GetToken().Position.Line, known.GetMessage()
		}

		return nil, malformed(line, strings.ReplaceAll(why, "\n", " "))
	}

	r := yamlReader{data: data, lines: lineStarts(data)}

	switch {
	case len(file.Docs) > 1 && file.Docs[1].Body != nil:
		return nil, malformed(r.line(file.Docs[1].Body), "has more than one document")
	case len(file.Docs) == 0 || file.Docs[0].Body == nil:
		return nil, malformed(0, "is empty")
	default:
		return r.node(file.Docs[0].Body)
	}
}

// deep is a guess that is never too low for what people write.
func deep(data []byte) bool {
	depth := 0

	for line := range bytes.Lines(data) {
		if bytes.Count(line, []byte("- ")) > maxDepth*maxDepth {
			return true
		}

		for _, b := range uncommented(line) {
			switch b {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(0, depth-1)
			}

			if depth > maxDepth {
				return true
			}
		}
	}

	return false
}

// uncommented is a line without its comment, up to the first quote in that: what
// seems to be a comment may be in a text that ends there.
func uncommented(line []byte) []byte {
	at := bytes.Index(line, []byte(" #"))
	if bytes.HasPrefix(line, []byte("#")) {
		at = 0
	}

	if at < 0 || bytes.ContainsAny(line[:at], `"'`) {
		return line
	}

	if quote := bytes.IndexAny(line[at:], `"'`); quote >= 0 {
		return slices.Concat(line[:at], line[at+quote:])
	}

	return line[:at]
}

// blockText is the first line that seems to begin a text in a block, 0 where
// there is none. Nothing here needs one, and the parser takes time that grows with
// the square of its lines.
func blockText(data []byte) int {
	number := 0

	for line := range bytes.Lines(data) {
		number++

		rest := bytes.TrimSpace(line)
		if bytes.HasPrefix(rest, []byte("#")) {
			continue
		}

		// A comment may end it, if what seems to be one is not within quotes.
		quoted := bytes.ContainsAny(rest, `"'`)

		for end := 0; ; {
			cut := bytes.Index(rest[end:], []byte(" #"))
			if cut < 0 {
				if (end == 0 || quoted) && endsInBlock(rest) {
					return number
				}

				break
			}

			if end += cut; (quoted || cut == end) && endsInBlock(rest[:end]) {
				return number
			}

			end += len(" #")
		}
	}

	return 0
}

// endsInBlock reports whether a line ends in what begins a block: | or > with how
// it is to be read, by themselves.
func endsInBlock(line []byte) bool {
	line = bytes.TrimRight(bytes.TrimSpace(line), "+-0123456789")
	if len(line) == 0 || line[len(line)-1] != '|' && line[len(line)-1] != '>' {
		return false
	}

	return len(line) == 1 || line[len(line)-2] == ' ' || line[len(line)-2] == '\t'
}

// yamlReader turns what the parser found into nodes.
type yamlReader struct {
	data  []byte
	lines []int // where each begins
	depth int
}

func (r *yamlReader) node(n ast.Node) (*node, error) {
	r.depth++
	defer func() { r.depth-- }()

	if r.depth > maxDepth {
		return nil, malformed(r.line(n), "has lists or objects that stand too deep in each other")
	}

	switch n := n.(type) {
	case *ast.MappingNode:
		return r.object(n, n.Values)
	case *ast.MappingValueNode:
		return r.object(n, []*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		return r.list(n)
	case *ast.NullNode:
		return &node{kind: nothing, line: r.line(n)}, nil
	case *ast.StringNode:
		return r.scalar(n, text), nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return r.scalar(n, number), nil
	case *ast.BoolNode:
		return r.scalar(n, boolean), nil
	default:
		return nil, malformed(r.line(n), "anchors, aliases and tags are not for this file")
	}
}

func (r *yamlReader) object(n ast.Node, values []*ast.MappingValueNode) (*node, error) {
	o := &node{kind: object, line: r.line(n)}

	for _, value := range values {
		key, plain := value.Key.(ast.ScalarNode)
		if _, merge := value.Key.(*ast.MergeKeyNode); merge || !plain {
			return nil, malformed(r.line(value.Key), "names of fields must be plain text")
		}

		at := key.GetToken().Position
		f := &field{name: key.GetToken().Value, line: at.Line, start: r.offset(at.Line, at.Column)}

		v, err := r.node(value.Value)
		if err != nil {
			return nil, err
		}

		if o.field(f.name) != nil {
			return nil, malformed(f.line, "has "+f.name+" twice")
		}

		f.value = v
		o.fields = append(o.fields, f)
	}

	if len(o.fields) > 0 {
		o.line = min(o.line, o.fields[0].line)
	}

	return o, nil
}

func (r *yamlReader) list(n *ast.SequenceNode) (*node, error) {
	l := &node{kind: list, line: r.line(n)}

	for _, value := range n.Values {
		item, err := r.node(value)
		if err != nil {
			return nil, err
		}

		l.items = append(l.items, item)
	}

	return l, nil
}

// scalar has its span where the file has it in one piece.
func (r *yamlReader) scalar(n ast.Node, k kind) *node {
	t := n.GetToken()
	s := &node{kind: k, line: r.line(n), scalar: t.Value}

	from, origin := r.offset(t.Position.Line, t.Position.Column), strings.TrimSpace(t.Origin)
	if from < len(r.data) && origin != "" && bytes.HasPrefix(r.data[from:], []byte(origin)) && plain(t, origin) {
		s.span = span{from, from + len(origin)}
	}

	return s
}

// plain reports whether a scalar is written as it is meant, with quotes or
// without.
func plain(t *token.Token, origin string) bool {
	return origin == t.Value || origin == `"`+t.Value+`"` || origin == "'"+t.Value+"'"
}

func (r *yamlReader) line(n ast.Node) int { return n.GetToken().Position.Line }

// offset is where a column of a line is, counted in characters from 1.
func (r *yamlReader) offset(line, column int) int {
	if line < 1 || line > len(r.lines) {
		return len(r.data)
	}

	at := r.lines[line-1]
	for range column - 1 {
		_, size := utf8.DecodeRune(r.data[at:])
		at += size
	}

	return at
}

// lineStarts are the offsets of the lines' first bytes.
func lineStarts(data []byte) []int {
	starts := []int{0}

	for i, b := range data {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}

	return starts
}
