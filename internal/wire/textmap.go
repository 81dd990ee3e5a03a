package wire

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// TextMap is an open map of strings in the order of the service. Names are
// unique. Nil stands for none.
type TextMap []TextEntry

// TextEntry is one entry of a [TextMap].
type TextEntry struct{ Name, Value string }

// TextMap reads an object of strings with at most limit members, or null as
// nil. Of two members with the same name the last one counts.
func (r *Reader) TextMap(limit int) TextMap {
	if r.Null() {
		return nil
	}
	entries := TextMap{}
	for name := range r.Object() {
		value := r.Text()
		same := func(e TextEntry) bool { return e.Name == name }
		switch i := slices.IndexFunc(entries, same); {
		case i >= 0:
			entries[i].Value = value
		case len(entries) == limit:
			r.Fail("too many members")
		default:
			entries = append(entries, TextEntry{Name: name, Value: value})
		}
	}
	return entries
}

// MarshalJSON writes an object of strings, or null.
func (m TextMap) MarshalJSON() ([]byte, error) {
	if m == nil {
		return []byte("null"), nil
	}
	var out bytes.Buffer
	out.WriteByte('{')
	for i, entry := range m {
		if i > 0 {
			out.WriteByte(',')
		}
		// Decoded text is valid UTF-8, which can always be quoted.
		quoted, _ := jsontext.AppendQuote(out.AvailableBuffer(), entry.Name)
		out.Write(quoted)
		out.WriteByte(':')
		quoted, _ = jsontext.AppendQuote(out.AvailableBuffer(), entry.Value)
		out.Write(quoted)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}
