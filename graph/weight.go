package graph

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"storefront/bff/web"
	"storefront/internal/gql"
)

const (
	// maxWeight bounds the values in an answer.
	maxWeight = 20_000
	// usualItems is how many items an order is taken to have before it is known.
	usualItems = 5
)

// usualLength is how long a list may be before anything is fetched.
func usualLength(field *ast.Field, variables map[string]any) (length int, fixed bool) {
	return lengthOf(field, variables, web.Lengths{Orders: maxFirst, Items: usualItems})
}

// lengthsOf is how long lists may be when it is known what the orders are like.
func lengthsOf(lengths web.Lengths) gql.Length {
	return func(field *ast.Field, variables map[string]any) (int, bool) {
		return lengthOf(field, variables, lengths)
	}
}

// lengthOf is how many elements a field has at most: 1 where it is no list. A
// `first` that is out of bounds is refused elsewhere.
func lengthOf(field *ast.Field, variables map[string]any, lengths web.Lengths) (length int, fixed bool) {
	if field.Name == "items" {
		return lengths.Items, true
	}

	if field.Definition.Arguments.ForName("first") == nil {
		return 1, true
	}

	first, err := graphql.UnmarshalInt64(gql.Argument(field, "first", variables))
	if err != nil || first < 1 || first > maxFirst {
		first = maxFirst
	}

	fixed = !gql.DependsOnVariables(field, "first")
	if field.Name == "recommendedProducts" {
		return int(first), fixed
	}

	return min(int(first), lengths.Orders), fixed
}
