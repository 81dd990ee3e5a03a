package graph

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// maxWeight bounds the values in an answer.
const maxWeight = 20_000

// weigher counts the values that an operation's answer may hold: one for each
// field, times the length of each list around it. A fragment is counted once
// and remembered, however often it is spread, so that the count costs no more
// than reading the document; and the count stops growing at maxWeight+1.
type weigher struct {
	variables map[string]any
	// items is how many items an order has.
	items     int
	fragments map[string]int
}

// weigh returns the weight of an operation in which orders have that many
// items, at most maxWeight+1.
func weigh(operation *graphql.OperationContext, items int) int {
	w := &weigher{variables: operation.Variables, items: items, fragments: map[string]int{}}

	return w.set(operation.Operation.SelectionSet)
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

		if sum > maxWeight {
			return maxWeight + 1
		}
	}

	return sum
}

func (w *weigher) field(field *ast.Field) int {
	return 1 + min(w.set(field.SelectionSet)*w.length(field), maxWeight)
}

func (w *weigher) fragment(fragment *ast.FragmentDefinition) int {
	weight, known := w.fragments[fragment.Name]
	if !known {
		weight = w.set(fragment.SelectionSet)
		w.fragments[fragment.Name] = weight
	}

	return weight
}

// length is how many elements a field has at most: 1 where it is no list. A
// `first` that is out of bounds is refused elsewhere.
func (w *weigher) length(field *ast.Field) int {
	if field.Name == "items" {
		return w.items
	}

	if field.Definition.Arguments.ForName("first") == nil {
		return 1
	}

	first, err := graphql.UnmarshalInt64(field.ArgumentMap(w.variables)["first"])
	if err != nil {
		return maxFirst
	}

	return int(max(1, min(first, maxFirst)))
}
