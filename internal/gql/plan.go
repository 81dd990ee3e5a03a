package gql

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// maxSteps bounds what is compiled of one operation, and so its memory; gqlgen
// executes what is beyond.
const maxSteps = 4000

// compiler makes the plan of one subtree of an operation.
type compiler struct {
	operation *graphql.OperationContext
	steps     int
}

// key is what comes before the value of a field.
func (c *compiler) key(first bool, alias string) []byte {
	open := byte(',')
	if first {
		open = '{'
	}

	key := make([]byte, 0, len(alias)+len(`,"":`))

	return append(AppendString(append(key, open), alias), ':')
}

// plain reports whether a selected field has nothing but conditions, which are
// decided when fields are collected.
func plain(selection graphql.CollectedField) bool {
	for _, directive := range selection.Directives {
		if !isCondition(directive) {
			return false
		}
	}

	return !selection.IsDeferred()
}

// step writes one field.
type step[T any] struct {
	key   []byte
	write Write[T]
}

// plan writes the selected fields of an object of one type.
type plan[T any] struct{ steps []step[T] }

// values writes values as a resolver returns them: T, *T, or lists of these. It
// returns nil for what it cannot write.
type values interface {
	appendAny(r *Request, dst []byte, value any, typ *ast.Type) []byte
}

func (p *plan[T]) append(r *Request, dst []byte, object *T) []byte {
	if len(p.steps) == 0 {
		return append(dst, "{}"...)
	}

	for i := range p.steps {
		dst = append(dst, p.steps[i].key...)

		if dst = p.steps[i].write(r, dst, object); dst == nil {
			return nil
		}
	}

	return append(dst, '}')
}

func (p *plan[T]) appendList(r *Request, dst []byte, list []T) []byte {
	dst = append(dst, '[')

	for i := range list {
		if i > 0 {
			dst = append(dst, ',')
		}

		if dst = p.append(r, dst, &list[i]); dst == nil {
			return nil
		}
	}

	return append(dst, ']')
}

func (p *plan[T]) appendPointers(r *Request, dst []byte, list []*T, nullable bool) []byte {
	dst = append(dst, '[')

	for i, object := range list {
		if i > 0 {
			dst = append(dst, ',')
		}

		switch {
		case object != nil:
			dst = p.append(r, dst, object)
		case nullable:
			dst = AppendNull(dst)
		default:
			return nil
		}

		if dst == nil {
			return nil
		}
	}

	return append(dst, ']')
}

// appendAny leaves what is nil to gqlgen.
func (p *plan[T]) appendAny(r *Request, dst []byte, value any, typ *ast.Type) []byte {
	switch value := value.(type) {
	case *T:
		if value != nil && typ.Elem == nil {
			return p.append(r, dst, value)
		}
	case []T:
		if value != nil && typ.Elem != nil && typ.Elem.Elem == nil {
			return p.appendList(r, dst, value)
		}
	case []*T:
		if value != nil && typ.Elem != nil && typ.Elem.Elem == nil {
			return p.appendPointers(r, dst, value, !typ.Elem.NonNull)
		}
	}

	return nil
}
