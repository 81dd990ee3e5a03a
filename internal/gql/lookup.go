package gql

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// A field with a resolver can be projected all the same where the resolver only
// looks up what was fetched before. Such a field is added by hand, with a
// function that finds the value, or says no: then gqlgen executes the subtree
// from where it began, with the resolvers, which say why. So the function must
// have no effects, and agree with the resolver whenever it says yes.

// Root is the object whose fields are those of Query.
type Root struct{}

// At is a field that is looked up, of one request.
type At struct {
	*Request

	Field *ast.Field
}

// Argument returns the value of an argument of the field.
func (a At) Argument(name string) any { return Argument(a.Field, name, a.Variables) }

// Look adds a field of one object, or null.
func Look[T, C any](o *Object[T], name string, child *Object[C], get func(at At, object *T) (*C, bool)) {
	o.fields[name] = func(c *compiler, f graphql.CollectedField) (Write[T], bool) {
		p, ok := child.plan(c, f.Selections)

		return func(r *Request, dst []byte, object *T) []byte {
			switch v, found := get(At{r, f.Field}, object); {
			case !found:
				return nil
			case v == nil:
				return AppendNull(dst)
			default:
				return p.append(r, dst, v)
			}
		}, ok
	}
}

// LookMany adds a field of a list of objects, or null.
func LookMany[T, C any](o *Object[T], name string, child *Object[C], get func(at At, object *T) ([]C, bool)) {
	o.fields[name] = func(c *compiler, f graphql.CollectedField) (Write[T], bool) {
		p, ok := child.plan(c, f.Selections)

		return func(r *Request, dst []byte, object *T) []byte {
			switch list, found := get(At{r, f.Field}, object); {
			case !found:
				return nil
			case list == nil:
				return AppendNull(dst)
			default:
				return p.appendList(r, dst, list)
			}
		}, ok
	}
}

// LookLeaf adds a field without fields; write gives up by returning nil.
func LookLeaf[T any](o *Object[T], name string, write func(at At, dst []byte, object *T) []byte) {
	o.fields[name] = func(_ *compiler, f graphql.CollectedField) (Write[T], bool) {
		return func(r *Request, dst []byte, object *T) []byte { return write(At{r, f.Field}, dst, object) }, true
	}
}
