package graph

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"storefront/bff/web"
)

// maxWeight bounds the values in an answer.
const maxWeight = 20_000

// weigher counts the values that an operation's answer may hold: one for each
// field, times the length of each list around it. A fragment is counted once
// and remembered, however often it is spread, so that the count costs no more
// than reading the document; and the count stops growing at maxWeight+1.
type weigher struct {
	variables map[string]any
	lengths   web.Lengths
	fragments map[string]int
}

// usualLengths are what orders are taken to be like before they are known.
var usualLengths = web.Lengths{Orders: maxFirst, Items: 5} //nolint:gochecknoglobals,mnd // A constant.

// weigh returns the weight of an operation over orders of those lengths, at
// most maxWeight+1.
func weigh(operation *graphql.OperationContext, lengths web.Lengths) int {
	w := &weigher{variables: operation.Variables, lengths: lengths, fragments: map[string]int{}}

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
		return w.lengths.Items
	}

	if field.Definition.Arguments.ForName("first") == nil {
		return 1
	}

	first, err := graphql.UnmarshalInt64(field.ArgumentMap(w.variables)["first"])
	if err != nil || first < 1 || first > maxFirst {
		first = maxFirst
	}

	if field.Name == "recommendedProducts" {
		return int(first)
	}

	return min(int(first), w.lengths.Orders)
}
