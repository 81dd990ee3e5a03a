package strangler

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// readJSON reads what is known to be valid JSON.
func readJSON(data []byte) (*node, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()

	r := jsonReader{decoder: decoder, data: data, lines: lineStarts(data)}

	return r.node()
}

// jsonReader turns tokens into nodes.
type jsonReader struct {
	decoder *json.Decoder
	data    []byte
	lines   []int
	depth   int
}

// next is the next token and where it stands.
func (r *jsonReader) next() (json.Token, span, error) {
	from := int(r.decoder.InputOffset())

	t, err := r.decoder.Token()
	if err != nil {
		return nil, span{}, malformed(r.line(from), "cannot be read as JSON")
	}

	for from < len(r.data) && strings.IndexByte(" \t\r\n,:", r.data[from]) >= 0 {
		from++
	}

	return t, span{from, int(r.decoder.InputOffset())}, nil
}

func (r *jsonReader) node() (*node, error) {
	t, at, err := r.next()
	if err != nil {
		return nil, err
	}

	n := &node{line: r.line(at.from), span: at}

	switch t := t.(type) {
	case json.Delim:
		n.span = span{}
		r.depth++

		if r.depth > maxDepth {
			return nil, malformed(n.line, "has lists or objects that stand too deep in each other")
		}

		defer func() { r.depth-- }()

		if t == '[' {
			n.kind = list

			return n, r.list(n)
		}

		n.kind = object

		return n, r.object(n)
	case string:
		n.kind, n.scalar = text, t
	case json.Number:
		n.kind, n.scalar = number, t.String()
	case bool:
		n.kind, n.scalar = boolean, string(r.data[at.from:at.to])
	default:
		n.kind = nothing
	}

	return n, nil
}

func (r *jsonReader) list(into *node) error {
	for r.decoder.More() {
		item, err := r.node()
		if err != nil {
			return err
		}

		into.items = append(into.items, item)
	}

	_, _, err := r.next()

	return err
}

func (r *jsonReader) object(into *node) error {
	for r.decoder.More() {
		name, at, err := r.next()
		if err != nil {
			return err
		}

		f := &field{line: r.line(at.from), start: at.from}
		f.name, _ = name.(string) // It is always one.

		if into.field(f.name) != nil {
			return malformed(f.line, "has "+f.name+" twice")
		}

		if f.value, err = r.node(); err != nil {
			return err
		}

		into.fields = append(into.fields, f)
	}

	_, _, err := r.next()

	return err
}

// line is that of an offset.
func (r *jsonReader) line(offset int) int {
	i, found := slices.BinarySearch(r.lines, offset)
	if found {
		i++
	}

	return i
}
