package gql

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Write appends one field of an object as JSON. It returns nil to give up, where
// a value is null that must not be, or not to be had: gqlgen then executes the
// whole subtree, and says what is wrong with it.
type Write[T any] func(r *Request, dst []byte, object *T) []byte

// Request is what fields that are looked up may want to know.
type Request struct {
	Context   context.Context //nolint:containedctx // It is one request's, and ends with it.
	Variables map[string]any
}

// Types are the object types of a schema with those of their fields that need no
// resolver. They are generated; see internal/gql/gen. Fields that are looked up
// in what was fetched can be added by hand; see lookup.go.
type Types map[string]compiled

// compiled is a type of any Go type.
type compiled interface {
	compile(c *compiler, set ast.SelectionSet) (values, bool)
}

// Add adds a type.
func Add[T any](types Types, object *Object[T]) { types[object.name] = object }

// Object is an object type. A field that is not in it needs gqlgen.
type Object[T any] struct {
	name      string
	satisfies []string
	fields    map[string]field[T]
}

// field makes the writer of a selected field.
type field[T any] func(c *compiler, f graphql.CollectedField) (Write[T], bool)

// NewObject returns an object type without fields. satisfies are the names in
// type conditions that it meets, its own first.
func NewObject[T any](satisfies []string) *Object[T] {
	return &Object[T]{name: satisfies[0], satisfies: satisfies, fields: map[string]field[T]{}}
}

// Leaf adds a field that has no fields.
func (o *Object[T]) Leaf(name string, write Write[T]) {
	o.fields[name] = func(*compiler, graphql.CollectedField) (Write[T], bool) { return write, true }
}

// One adds a field of one object, or null.
func One[T, C any](o *Object[T], name string, child *Object[C], nullable bool, get func(*T) *C) {
	o.fields[name] = func(c *compiler, f graphql.CollectedField) (Write[T], bool) {
		p, ok := child.plan(c, f.Selections)

		return func(r *Request, dst []byte, object *T) []byte {
			switch v := get(object); {
			case v != nil:
				return p.append(r, dst, v)
			case nullable:
				return AppendNull(dst)
			default:
				return nil
			}
		}, ok
	}
}

// Many adds a field of a list of objects; nullable is whether a nil list is
// null, and not empty.
func Many[T, C any](o *Object[T], name string, child *Object[C], nullable bool, get func(*T) []C) {
	o.fields[name] = func(c *compiler, f graphql.CollectedField) (Write[T], bool) {
		p, ok := child.plan(c, f.Selections)

		return func(r *Request, dst []byte, object *T) []byte {
			list := get(object)
			if list == nil && nullable {
				return AppendNull(dst)
			}

			return p.appendList(r, dst, list)
		}, ok
	}
}

// ManyPointers is Many of pointers; nullableElement is whether one may be nil.
func ManyPointers[T, C any](o *Object[T], name string, child *Object[C], nullable, nullableElement bool, get func(*T) []*C) {
	o.fields[name] = func(c *compiler, f graphql.CollectedField) (Write[T], bool) {
		p, ok := child.plan(c, f.Selections)

		return func(r *Request, dst []byte, object *T) []byte {
			list := get(object)
			if list == nil && nullable {
				return AppendNull(dst)
			}

			return p.appendPointers(r, dst, list, nullableElement)
		}, ok
	}
}

// compile makes the plan of a selection set for values as resolvers return them.
func (o *Object[T]) compile(c *compiler, set ast.SelectionSet) (values, bool) {
	return o.plan(c, set)
}

func (o *Object[T]) plan(c *compiler, set ast.SelectionSet) (*plan[T], bool) {
	selected := graphql.CollectFields(c.operation, set, o.satisfies)
	p := &plan[T]{steps: make([]step[T], 0, len(selected))}
	written := make(map[string]bool, len(selected))

	for _, selection := range selected {
		if written[selection.Alias] {
			continue
		}

		written[selection.Alias] = true
		c.steps++

		write, ok := o.writer(c, selection)
		if !ok {
			return nil, false
		}

		p.steps = append(p.steps, step[T]{key: c.key(len(p.steps) == 0, selection.Alias), write: write})
	}

	return p, true
}

func (o *Object[T]) writer(c *compiler, selection graphql.CollectedField) (Write[T], bool) {
	if !plain(selection) || c.steps > maxSteps {
		return nil, false
	}

	if selection.Name == "__typename" {
		return func(_ *Request, dst []byte, _ *T) []byte { return AppendString(dst, o.name) }, true
	}

	compile, known := o.fields[selection.Name]
	if !known {
		return nil, false
	}

	return compile(c, selection)
}
