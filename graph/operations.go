package graph

import (
	"embed"
	"fmt"
	"io/fs"
	"math"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"storefront/internal/fanout"
	"storefront/internal/gql"
)

// operations are the trusted documents: what the web clients ship, one operation
// in each file.
//
//go:embed operations/*.graphql
var operations embed.FS

// trusted are the texts of the trusted documents.
func trusted() (texts []string) {
	files, err := fs.Glob(operations, "operations/*.graphql")
	if err != nil {
		panic(err) // The pattern stands above.
	}

	for _, file := range files {
		text, err := operations.ReadFile(file)
		if err != nil {
			panic(err) // It is embedded.
		}

		texts = append(texts, string(text))
	}

	return texts
}

// Bounds are the most upstream calls that each trusted document can cause,
// whatever its variables are.
func Bounds() map[string]fanout.Bound {
	bounds, schema := map[string]fanout.Bound{}, schema()

	for _, text := range trusted() {
		parsed, errs := gql.Parse(schema, text)
		if len(errs) > 0 {
			panic(errs) // A mistake in a file of this program.
		}

		for _, operation := range parsed.Operations {
			bounds["document "+operation.Name] = boundOf(parsed, operation)
		}
	}

	return bounds
}

// boundOf plans an operation of a document of which all is selected, with other
// things in each variable: equal needs would be one need.
func boundOf(document *ast.QueryDocument, operation *ast.OperationDefinition) fanout.Bound {
	unconditional(operation.SelectionSet)

	for _, fragment := range document.Fragments {
		unconditional(fragment.SelectionSet)
	}

	plan, errs := look(gql.NewOperation(&graphql.OperationContext{
		Doc: document, Operation: operation, Variables: worst(operation.VariableDefinitions),
	}), math.MaxInt)
	if len(errs) > 0 {
		panic(errs) // A mistake in a file of this program.
	}

	return fanout.Bound{Calls: plan.Calls(), Waves: plan.Waves()}
}

// unconditional takes @skip and @include away below set: of all that they may
// leave, the whole needs most.
func unconditional(set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			selection.Directives = nil
			unconditional(selection.SelectionSet)
		case *ast.InlineFragment:
			selection.Directives = nil
			unconditional(selection.SelectionSet)
		case *ast.FragmentSpread: // what it spreads is looked at where it is defined
			selection.Directives = nil
		}
	}
}

// worst are the variables with which an operation needs most.
func worst(definitions ast.VariableDefinitionList) map[string]any {
	variables := make(map[string]any, len(definitions))

	for _, definition := range definitions {
		switch name := definition.Variable; definition.Type.Name() {
		case "ID":
			variables[name] = fmt.Sprintf("worst-%s", name)
		case "Int":
			variables[name] = int64(maxFirst)
		case "Boolean": // decides what is selected, and that is decided
		default:
			panic(fmt.Sprintf("$%s: how much a %s needs at worst is not known", name, definition.Type))
		}
	}

	return variables
}
