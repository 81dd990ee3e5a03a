package compare

import (
	"bytes"
	"slices"
	"strconv"
)

// walk goes through both documents at once.
type walk struct {
	older, newer *document
	exact        bool
	path         []byte
	steps        []*step // a stack: those of the path's rules that are on the way
	found        []Difference
	looks        int  // that are left
	trying       bool // nothing is noted but that there is a difference
	differs      bool
}

// span are some steps of the stack.
type span struct{ from, to int }

// over reports that nothing more is to be found.
func (w *walk) over() bool {
	return w.looks < 0 || w.trying && w.differs || len(w.found) == MaxDifferences
}

// look counts a look at a value, which takes as long as it is.
func (w *walk) look(at []byte) {
	const cheap = 64 // bytes

	w.looks -= 1 + len(at)/cheap
}

func (w *walk) value(a, b int32, at span) {
	w.look(w.older.raw(a))

	if w.over() || w.ignored(at) || bytes.Equal(w.older.raw(a), w.newer.raw(b)) {
		return
	}

	before, after := w.older.values[a].kind, w.newer.values[b].kind

	switch {
	case before != after:
		w.note(Type, a, b)
	case before == object:
		w.object(a, b, at)
	case before == list:
		w.list(a, b, at)
	case before == number:
		w.number(a, b, at)
	case before == text && sameText(w.older.raw(a), w.newer.raw(b)):
	default:
		w.note(Value, a, b)
	}
}

func sameText(a, b []byte) bool {
	if bytes.IndexByte(a, '\\') < 0 && bytes.IndexByte(b, '\\') < 0 {
		return false // They are not the same bytes.
	}

	return bytes.Equal(unquoted(a), unquoted(b))
}

func (w *walk) number(a, b int32, at span) {
	before, after := parseDecimal(w.older.raw(a)), parseDecimal(w.newer.raw(b))
	if before == after && !before.strange {
		return
	}

	for _, s := range w.steps[at.from:at.to] {
		if s.tolerance != nil && after.within(before, *s.tolerance) {
			return
		}
	}

	w.note(Value, a, b)
}

// object holds each member of the old object against that of the new one.
func (w *walk) object(a, b int32, at span) {
	w.looks -= int(w.newer.values[b].size)
	names := w.newer.finder(b)

	for i := a + 1; i < w.older.values[a].next && !w.over(); i = w.older.values[i].next {
		if !w.older.values[i].dead {
			w.member(w.older, i, names.find(w.older.name(i)), at)
		}
	}

	if !w.exact {
		return
	}

	names = w.older.finder(a)

	for i := b + 1; i < w.newer.values[b].next && !w.over(); i = w.newer.values[i].next {
		if !w.newer.values[i].dead && names.find(w.newer.name(i)) == 0 {
			w.member(w.newer, i, 0, at)
		}
	}
}

// member compares a member of one document with that of the other one, which is
// 0 where there is none.
func (w *walk) member(of *document, i, other int32, at span) {
	name := of.name(i)
	inside, key := w.into(at, name)
	length := len(w.path)
	w.path = appendName(w.path, name, key)

	switch {
	case other != 0:
		w.value(i, other, inside)
	case w.ignored(inside):
	case of == w.older:
		w.note(Missing, i, 0)
	default:
		w.note(Extra, 0, i)
	}

	w.path, w.steps = w.path[:length], w.steps[:inside.from]
}

// into puts the steps inside a member on the stack. key says that rules name the
// members of this object by .* alone.
func (w *walk) into(at span, name []byte) (inside span, key bool) {
	inside.from = len(w.steps)
	named, keyed := false, false

	for i := at.from; i < at.to; i++ {
		s := w.steps[i]

		if to, found := s.members[string(name)]; found {
			w.steps, named = append(w.steps, to), true
		}

		if s.any != nil {
			w.steps, keyed = append(w.steps, s.any), true
		}
	}

	inside.to = len(w.steps)

	return inside, keyed && !named
}

// elements puts the steps inside an element on the stack.
func (w *walk) elements(at span) span {
	inside := span{from: len(w.steps)}

	for i := at.from; i < at.to; i++ {
		if each := w.steps[i].each; each != nil {
			w.steps = append(w.steps, each)
		}
	}

	inside.to = len(w.steps)

	return inside
}

func (w *walk) ignored(at span) bool {
	return slices.ContainsFunc(w.steps[at.from:at.to], func(s *step) bool { return s.ignored })
}

// note notes a difference between two values, of which one may be 0, which is
// none unless both are.
func (w *walk) note(kind Kind, a, b int32) {
	w.differs = true

	path := shown(w.path)
	if w.trying || slices.ContainsFunc(w.found, func(d Difference) bool { return d.Kind == kind && d.Path == string(path) }) {
		return
	}

	d := Difference{Path: string(path), Kind: kind}
	if kind != Extra {
		d.Old = w.older.outline(a)
	}

	if kind != Missing {
		d.New = w.newer.outline(b)
	}

	if kind == Value && w.older.values[a].kind == number {
		d.Delta = parseDecimal(w.newer.raw(b)).delta(parseDecimal(w.older.raw(a)))
	}

	w.found = append(w.found, d)
}

// shown is a path as it is told: cut where it is too long.
func shown(path []byte) []byte {
	const most = 200 // bytes

	if len(path) <= most {
		return path
	}

	return append(path[:most:most], "…"...) // It is ASCII.
}

// Limits of what looks like the name of a field, and not like the key of something:
// a person, a day or a number.
const (
	maxName = 40
	maxRun  = 5 // digits in a row
)

// appendName adds a member to a path. A key stays out.
func appendName(path, name []byte, key bool) []byte {
	switch {
	case key || !isField(name):
		return append(path, ".*"...)
	case name[0] == '$':
		return append(strconv.AppendQuote(append(path, '['), string(name)), ']') // As rules name it.
	default:
		return append(append(path, '.'), name...)
	}
}

// isField reports whether a name looks like one that a program gave: a letter, _ or
// $, then letters, digits, _ and -, short, and without a long number in it.
func isField(name []byte) bool {
	if len(name) == 0 || len(name) > maxName || isDigit(name[0]) || name[0] == '-' {
		return false
	}

	run := 0

	for i, c := range name {
		if !isWord(c) && (c != '$' || i > 0) {
			return false
		}

		if run++; !isDigit(c) {
			run = 0
		}

		if run > maxRun {
			return false
		}
	}

	return true
}

// finder finds members of an object by name.
type finder struct {
	in    *document
	of    int32
	next  int32            // the member behind the last one that was found, which is likely next
	index map[string]int32 // where there are many
}

func (d *document) finder(of int32) *finder { return &finder{in: d, of: of, next: of + 1} }

// find is 0 where there is no such member.
func (n *finder) find(name []byte) int32 {
	d, v := n.in, n.in.values[n.of]

	if n.next < v.next && !d.values[n.next].dead && string(d.name(n.next)) == string(name) {
		at := n.next
		n.next = d.values[at].next

		return at
	}

	var at int32

	switch {
	case v.size <= few:
		at = d.find(n.of, name)
	case n.index == nil:
		n.index = make(map[string]int32, v.size)

		for _, i := range d.children(n.of) {
			n.index[string(d.name(i))] = i
		}

		fallthrough
	default:
		at = n.index[string(name)]
	}

	if at != 0 {
		n.next = d.values[at].next
	}

	return at
}
