package wire

import "slices"

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

// MarshalJSON writes what [TextMap.AppendJSON] does.
func (m TextMap) MarshalJSON() ([]byte, error) { return m.AppendJSON(nil) }

// AppendJSON appends an object of strings, or null. It never fails.
func (m TextMap) AppendJSON(dst []byte) ([]byte, error) {
	if m == nil {
		return append(dst, "null"...), nil
	}
	dst = append(dst, '{')
	for i, entry := range m {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendText(dst, entry.Name), ':')
		dst = AppendText(dst, entry.Value)
	}
	return append(dst, '}'), nil
}
