package gql

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Operation is one request's operation, validated, with its variables.
type Operation struct {
	*graphql.OperationContext

	known   *known
	variant *variant
}

// NewOperation returns an operation outside of a request, of which nothing is
// kept.
func NewOperation(op *graphql.OperationContext) *Operation {
	return &Operation{OperationContext: op, known: new(known), variant: new(variant)}
}

// Outline returns what makeIt returns, which must depend on nothing but what the
// operation selects: not on its variables beyond those in @skip and @include. It
// is made once and kept with the document.
func (o *Operation) Outline(makeIt func() any) any { return o.variant.outline.get(makeIt) }

// Collect returns the fields that are selected of a type, merged as the executor
// merges them.
func (o *Operation) Collect(set ast.SelectionSet, typeName string) []graphql.CollectedField {
	return graphql.CollectFields(o.OperationContext, set, []string{typeName})
}

// Argument returns the value of one argument of a field; it is what
// ast.Field.ArgumentMap has for it, without a map being made.
func Argument(field *ast.Field, name string, variables map[string]any) any {
	definition := field.Definition.Arguments.ForName(name)
	if definition == nil {
		return nil
	}

	given := field.Arguments.ForName(name)
	if given != nil && given.Value.Kind != ast.Variable {
		return literal(given.Value, variables)
	}

	if given != nil {
		if value, set := variables[given.Value.Raw]; set {
			return value
		}
	}

	return literal(definition.DefaultValue, variables) // Nil where there is none.
}

// DependsOnVariables reports whether an argument of a field is other for other
// variables.
func DependsOnVariables(field *ast.Field, name string) bool {
	given := field.Arguments.ForName(name)

	return given != nil && given.Value.Kind != ast.IntValue && given.Value.Kind != ast.StringValue
}

// literal is a value of a document. One that was validated has a value, or the
// program is wrong.
func literal(value *ast.Value, variables map[string]any) any {
	v, err := value.Value(variables)
	if err != nil {
		panic(err)
	}

	return v
}
