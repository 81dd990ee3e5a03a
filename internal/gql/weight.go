package gql

import "github.com/vektah/gqlparser/v2/ast"

// Length tells how many elements a field has at most, 1 where it is no list.
// fixed is false where another request's variables may make it another number.
type Length func(field *ast.Field, variables map[string]any) (length int, fixed bool)

// Weigh returns how many values the answer of an operation may hold, at most
// most+1: one for each field, and for each 32 bytes of what it is called there,
// times the length of each list around it. A
// fragment is counted once and remembered, however often it is spread, so that
// the count costs no more than reading the document.
func (o *Operation) Weigh(most int, length Length) int {
	weight, _ := o.weigh(most, length)

	return weight
}

// Weight is Weigh, kept with the document where no variable has a say in it. It
// has to be asked with the same bounds and lengths each time.
func (o *Operation) Weight(most int, length Length) int {
	if kept := o.known.weight.Load(); kept > 0 {
		return int(kept - 1)
	}

	weight, fixed := o.weigh(most, length)
	if fixed {
		o.known.weight.Store(int64(weight) + 1)
	}

	return weight
}

func (o *Operation) weigh(most int, length Length) (weight int, fixed bool) {
	w := &weigher{variables: o.Variables, most: most, length: length, fixed: true}
	weight = w.set(o.Operation.SelectionSet)

	return weight, w.fixed
}

type weigher struct {
	variables map[string]any
	most      int
	length    Length
	fixed     bool
	fragments map[string]int
}

func (w *weigher) set(set ast.SelectionSet) int {
	sum := 0

	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			sum += w.field(selection)
		case *ast.InlineFragment:
			sum += w.set(selection.SelectionSet)
		case *ast.FragmentSpread:
			sum += w.fragment(selection.Definition)
		}

		if sum > w.most {
			return w.most + 1
		}
	}

	return sum
}

func (w *weigher) field(field *ast.Field) int {
	const perValue = 32 // bytes

	own := 1 + len(field.Alias)/perValue // The alias is the name where there is none.
	if len(field.SelectionSet) == 0 {
		return own
	}

	length, fixed := w.length(field, w.variables)
	w.fixed = w.fixed && fixed

	return own + min(w.set(field.SelectionSet)*length, w.most)
}

func (w *weigher) fragment(fragment *ast.FragmentDefinition) int {
	weight, known := w.fragments[fragment.Name]
	if !known {
		weight = w.set(fragment.SelectionSet)

		if w.fragments == nil {
			w.fragments = map[string]int{}
		}

		w.fragments[fragment.Name] = weight
	}

	return weight
}
