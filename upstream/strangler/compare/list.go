package compare

import (
	"bytes"
	"slices"
	"strconv"
)

// list compares two lists. Elements of the same id belong together; where they
// have none, those of the same place, or in lists of any order those that are
// the same.
func (w *walk) list(a, b int32, at span) {
	before, after := w.older.children(a), w.newer.children(b)
	if len(before) != len(after) {
		w.note(Length, a, b)
	}

	w.looks -= len(before) + len(after)

	inside := w.elements(at)
	length := len(w.path)
	w.path = append(w.path, "[*]"...)

	anyOrder := slices.ContainsFunc(w.steps[at.from:at.to], func(s *step) bool { return s.unordered })
	pairs, ordered := w.byID(before, after, inside)

	switch {
	case w.ignored(inside):
	case pairs != nil:
		w.pairs(before, after, pairs, inside)
	case anyOrder:
		w.inAnyOrder(before, after, inside)
	case len(before) == len(after):
		for i := range before {
			w.value(before[i], after[i], inside)
		}
	}

	w.path, w.steps = w.path[:length], w.steps[:inside.from]

	if pairs != nil && !ordered && !anyOrder {
		w.note(Order, a, b)
	}
}

// byID pairs elements by their ids: for each old one the index of the new one, or
// -1. There are no pairs where elements are something else, ids are ignored or
// not unique, none is in both lists, or the places say the same.
func (w *walk) byID(before, after []int32, inside span) (pairs []int, ordered bool) {
	old, found := w.older.ids(before)
	if !found || w.ignoresID(inside) {
		return nil, false
	}

	fresh, found := w.newer.ids(after)
	if !found || slices.EqualFunc(old, fresh, bytes.Equal) {
		return nil, false
	}

	index := make(map[string]int, len(fresh))
	for i, id := range fresh {
		index[string(id)] = i
	}

	seen := make(map[string]bool, len(old))
	pairs = make([]int, len(old))
	last, shared := -1, false
	ordered = true

	for i, id := range old {
		seen[string(id)] = true

		at, both := index[string(id)]
		if !both {
			pairs[i] = -1

			continue
		}

		ordered = ordered && at > last
		pairs[i], last, shared = at, at, true
	}

	if !shared || len(index) != len(fresh) || len(seen) != len(old) {
		return nil, false
	}

	return pairs, ordered
}

func (w *walk) ignoresID(inside span) bool {
	id, _ := w.into(inside, []byte("id"))
	ignored := w.ignored(id)
	w.steps = w.steps[:id.from]

	return ignored
}

// ids are those of elements as they are written, if all have one.
func (d *document) ids(of []int32) (ids [][]byte, all bool) {
	ids = make([][]byte, 0, len(of))

	for _, i := range of {
		if d.values[i].kind != object {
			return nil, false
		}

		id := d.finder(i).find([]byte("id"))
		if id == 0 || d.values[id].kind != text && d.values[id].kind != number {
			return nil, false
		}

		ids = append(ids, d.raw(id))
	}

	return ids, true
}

// pairs compares elements of the same id. One that is not there any more is
// missing; that there are others in its place is a difference with exact rules.
func (w *walk) pairs(before, after []int32, pairs []int, inside span) {
	used := make([]bool, len(after))

	for i, at := range pairs {
		if at < 0 {
			w.note(Missing, before[i], 0)

			continue
		}

		used[at] = true
		w.value(before[i], after[at], inside)
	}

	if extra := slices.Index(used, false); w.exact && extra >= 0 {
		w.note(Extra, 0, after[extra])
	}
}

// inAnyOrder takes from both lists what is the same, and compares what is left
// in the order in which it stands. Scalars are found by their value, others by
// trying.
func (w *walk) inAnyOrder(before, after []int32, inside span) {
	before, after = w.withoutSame(before, after)
	used := make([]bool, len(after))
	from := 0 // All before it are used.
	left := before[:0]

	for _, a := range before {
		for from < len(after) && used[from] {
			from++
		}

		if at := w.same(a, after, used, from, inside); at >= 0 {
			used[at] = true
		} else {
			left = append(left, a)
		}
	}

	for at, b := range after {
		if len(left) == 0 || w.over() {
			return
		}

		if !used[at] {
			w.value(left[0], b, inside)
			left = left[1:]
		}
	}
}

// same is the index of the first element that is the same by the rules, -1 where
// there is none.
func (w *walk) same(a int32, among []int32, used []bool, from int, inside span) int {
	if _, scalar := w.older.scalar(a); scalar && !w.tolerant(inside) {
		return -1 // It would have been found.
	}

	for at := from; at < len(among) && w.looks >= 0; at++ {
		if w.looks--; !used[at] && w.try(a, among[at], inside) {
			return at
		}
	}

	return -1
}

func (w *walk) tolerant(at span) bool {
	return slices.ContainsFunc(w.steps[at.from:at.to], func(s *step) bool { return s.tolerance != nil })
}

// withoutSame takes scalars that are in both lists from both.
func (w *walk) withoutSame(before, after []int32) (older, newer []int32) {
	have := make(map[string]int, len(after))

	for _, b := range after {
		if key, scalar := w.newer.scalar(b); scalar {
			have[key]++
		}
	}

	taken := make(map[string]int, len(have))

	older = slices.DeleteFunc(before, func(a int32) bool {
		key, scalar := w.older.scalar(a)
		if !scalar || taken[key] == have[key] {
			return false
		}

		taken[key]++

		return true
	})

	newer = slices.DeleteFunc(after, func(b int32) bool {
		key, scalar := w.newer.scalar(b)
		if !scalar || taken[key] == 0 {
			return false
		}

		taken[key]--

		return true
	})

	return older, newer
}

// scalar is the same for all forms in which one text, number or literal can be
// written.
func (d *document) scalar(i int32) (key string, is bool) {
	raw := d.raw(i)

	switch d.values[i].kind {
	case object, list:
		return "", false
	case text:
		if bytes.IndexByte(raw, '\\') >= 0 {
			return `"` + string(unquoted(raw)) + `"`, true
		}
	case number:
		n := parseDecimal(raw)
		if n.strange {
			break
		}

		sign := "+"
		if n.negative {
			sign = "-"
		}

		return sign + n.digits + "e" + strconv.FormatInt(n.exponent, 10), true
	}

	return string(raw), true
}

// try reports whether two values are the same by the rules.
func (w *walk) try(a, b int32, inside span) bool {
	trying, differs := w.trying, w.differs
	w.trying, w.differs = true, false

	w.value(a, b, inside)

	same := !w.differs && w.looks >= 0
	w.trying, w.differs = trying, differs

	return same
}
