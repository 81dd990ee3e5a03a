// Package compare says how two JSON documents differ, by path, and in what they
// may differ.
//
//	rules, err := compare.New([]string{"$.updated_at"}, map[string]float64{"$.total": 0.01}, []string{"$.tags"}, false)
//	found, err := rules.Compare(old, new)
//
// The first document is what counts: a second one that says more in its objects
// is no different, unless the rules are exact. Numbers are equal if they have the
// same value, however they are written; of members of one name the last counts.
// Lists are held against each other element by element; where all elements of
// both have an id, those of the same id.
//
// What comes out holds no value of either document, only the outlines of values:
// see [Difference]. The package knows no HTTP, no route and no shop.
package compare

import (
	"bytes"
	"errors"
)

// Limits of one comparison. Beyond them there is none: [ErrTooMuch].
const (
	// MaxBody is the most bytes that a document may have.
	MaxBody = 1 << 20
	// MaxDepth is how many objects and arrays may stand inside each other.
	MaxDepth = 128
	// MaxValues is how many values a document may have.
	MaxValues = 100_000
	// MaxDifferences is how many are told of; what is beyond is not looked for.
	MaxDifferences = 100

	// maxLooks is how many pairs of values are looked at, lists in any order
	// included.
	maxLooks = 1_000_000
)

// ErrTooMuch is why two documents were not compared: they are too long, too deep
// or have too many values, or too many ways to be paired.
var ErrTooMuch = errors.New("too much to compare")

// Kind is how two documents differ at a path.
type Kind string

// The kinds.
const (
	// Missing is what the old one has and the new one has not.
	Missing Kind = "missing"
	// Extra is what the new one has and the old one has not, where that counts.
	Extra Kind = "extra"
	// Type is a value of another type.
	Type Kind = "type"
	// Value is another value of the same type.
	Value Kind = "value"
	// Length is a list of another length.
	Length Kind = "length"
	// Order is a list of the same ids in another order.
	Order Kind = "order"
	// Body is that one of both is no JSON, or that both are none and not the same
	// bytes.
	Body Kind = "body"
)

// Difference is one kind of difference at one path; where it occurs more than
// once, in elements of a list, it is told of once.
type Difference struct {
	// Path is like $.items[*].price. Names that do not look like those of fields are
	// keys, and .*: those of people, days or numbers, of more than 40 characters or
	// with other characters than letters, digits, _ and -; see also [New]. It has 203
	// bytes at most.
	Path string
	Kind Kind
	// Old and New are the outlines of the values, "" where there is none: a text
	// with x for each letter and 9 for each digit, {2 members}, [3 elements];
	// true, false and null are themselves.
	Old, New string
	// Delta is the new number minus the old one to its first digit, such as -0.1,
	// where both are numbers of usual size and neither is 0: with all its digits it
	// might be the value itself.
	Delta string
}

// Compare tells how a document differs from an older one. Nothing of either is
// kept. nil rules are those of [New] without any.
func (r *Rules) Compare(older, newer []byte) ([]Difference, error) {
	if len(older) > MaxBody || len(newer) > MaxBody {
		return nil, ErrTooMuch
	}

	if bytes.Equal(older, newer) {
		return nil, nil
	}

	if r == nil {
		r = none
	}

	before, after := parsed(older), parsed(newer)
	defer before.free()
	defer after.free()

	switch {
	case before.state == tooMuch || after.state == tooMuch:
		return nil, ErrTooMuch
	case before.state == broken || after.state == broken:
		if r.root.ignored {
			return nil, nil
		}

		return []Difference{{Path: "$", Kind: Body, Old: before.bodyOutline(), New: after.bodyOutline()}}, nil
	}

	w := walk{older: before, newer: after, exact: r.exact, path: []byte("$"), looks: maxLooks}
	w.steps = append(w.steps, r.root)
	w.value(0, 0, span{0, 1})

	if w.looks < 0 {
		return nil, ErrTooMuch
	}

	return w.found, nil
}
