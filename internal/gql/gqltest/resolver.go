// Package gqltest is a schema for the tests of internal/gql, with what the
// storefront's own has none of.
package gqltest

import (
	"context"
	"errors"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"storefront/internal/gql"
)

//go:generate go -C ../../.. run ./internal/gql/gen internal/gql/gqltest/gqlgen.yml

// Resolver is the root of all resolvers.
type Resolver struct{}

type forestKey struct{}

// forestOf is what the operation of ctx is about.
func forestOf(ctx context.Context) []*Node {
	forest, _ := ctx.Value(forestKey{}).([]*Node)

	return forest
}

// treeOf is the first of them, or nil.
func treeOf(ctx context.Context) *Node {
	if forest := forestOf(ctx); len(forest) > 0 {
		return forest[0]
	}

	return nil
}

var errAsked = errors.New("asked too much")

// asked is the leaf that a node must have; where it has none that is an error.
func asked(node *Node) (*Leaf, error) {
	if node.Must == nil {
		return nil, errAsked
	}

	return node.Must, nil
}

// loud is a directive that runs.
func loud(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
	value, err := next(ctx)
	if text, ok := value.(string); ok {
		return strings.ToUpper(text), err
	}

	return value, err
}

// projected are the projections with what can be looked up.
func projected() gql.Types {
	p := newProjections()

	gql.Look(p.Query, "maybe", p.Node, func(at gql.At, _ *gql.Root) (*Node, bool) { return treeOf(at.Context), true })
	gql.Look(p.Node, "asked", p.Leaf, func(_ gql.At, node *Node) (*Leaf, bool) { return node.Must, node.Must != nil })

	return p.types()
}
