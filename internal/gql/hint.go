package gql

import (
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// hint is for how long an answer may be used again as far as the schema says,
// and whether it may be shown to anybody.
type hint struct {
	maxAge time.Duration
	public bool
}

// control is what one @cacheControl says.
type control struct {
	maxAge  *time.Duration
	private bool
}

// hints are the @cacheControl directives of a schema.
type hints struct {
	types  map[string]control
	fields map[*ast.FieldDefinition]control
}

func readHints(schema *ast.Schema) *hints {
	h := &hints{types: map[string]control{}, fields: map[*ast.FieldDefinition]control{}}

	for name, definition := range schema.Types {
		if c, ok := readControl(definition.Directives); ok {
			h.types[name] = c
		}

		for _, field := range definition.Fields {
			if c, ok := readControl(field.Directives); ok {
				h.fields[field] = c
			}
		}
	}

	return h
}

func readControl(directives ast.DirectiveList) (c control, found bool) {
	directive := directives.ForName("cacheControl")
	if directive == nil {
		return c, false
	}

	if argument := directive.Arguments.ForName("maxAge"); argument != nil {
		if seconds, err := strconv.Atoi(argument.Value.Raw); err == nil {
			c.maxAge = new(time.Duration(seconds) * time.Second)
		}
	}

	if argument := directive.Arguments.ForName("scope"); argument != nil {
		c.private = argument.Value.Raw == "PRIVATE"
	}

	return c, true
}

// of returns the hint of all that an operation selects: the smallest one. A
// field without a hint has that of its type, or else that of the field around
// it; at the top there is none, and none is not to be kept.
func (h *hints) of(op *graphql.OperationContext) hint {
	const forever = time.Duration(1<<63 - 1)

	all := hint{maxAge: forever, public: true}
	h.add(op, op.Operation.SelectionSet, 0, &all)

	if all.maxAge == forever {
		return hint{} // Nothing but type names.
	}

	return all
}

func (h *hints) add(op *graphql.OperationContext, set ast.SelectionSet, around time.Duration, all *hint) {
	for _, field := range graphql.CollectFields(op, set, nil) {
		if field.Name == "__typename" {
			continue
		}

		own, ofType := h.fields[field.Definition], h.types[field.Definition.Type.Name()]
		maxAge := around

		switch {
		case own.maxAge != nil:
			maxAge = *own.maxAge
		case ofType.maxAge != nil:
			maxAge = *ofType.maxAge
		}

		all.maxAge = min(all.maxAge, maxAge)
		all.public = all.public && !own.private && !ofType.private

		h.add(op, field.Selections, maxAge, all)
	}
}
