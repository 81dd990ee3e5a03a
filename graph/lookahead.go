package graph

import (
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"storefront/bff/web"
	"storefront/internal/gql"
	"storefront/internal/ident"
)

// maxFirst is the largest `first`.
const maxFirst = 50

// lookahead reads from an operation what it needs from the services, merged
// over all fields, fragments and aliases, so that it can be fetched side by
// side before a resolver runs. It also checks arguments: a mistake in one is a
// mistake of the whole request.
//
// What the operation selects is found once and kept with the document
// (outline.go); what is left for each request are its arguments.
type lookahead struct {
	variables map[string]any
	plan      web.Plan
	errors    gqlerror.List
}

// look returns the plan of an operation, or what is wrong with its arguments.
func look(op *gql.Operation, maxCalls int) (*web.Plan, gqlerror.List) {
	selected, _ := op.Outline(func() any { return outline(op) }).([]node)

	l := &lookahead{variables: op.Variables}
	l.all(selected, "")

	if calls := l.plan.Calls(); calls > maxCalls && len(l.errors) == 0 {
		l.errors = append(l.errors, gqlerror.Errorf("the operation may take %d upstream calls; at most %d are allowed", calls, maxCalls))
	}

	return &l.plan, l.errors
}

// all adds the needs of fields of one object; userID is whose it is.
func (l *lookahead) all(nodes []node, userID string) {
	for i := range nodes {
		l.one(&nodes[i], userID)
	}
}

func (l *lookahead) one(n *node, userID string) {
	switch n.kind {
	case theUser:
		l.plan.NeedUser(userID)
		l.all(n.below, userID)
	case theCustomer:
		l.plan.NeedCustomer(userID)
	case recommended, orders:
		if first, ok := l.first(n); ok {
			l.list(n, userID, first)
		}
	case aDashboard:
		if id, ok := l.id(n, "userId"); ok {
			l.all(n.below, id)
		}
	case aUser, aProduct, anOrder, aSummary:
		if id, ok := l.id(n, "id"); ok {
			l.named(n, id)
		}
	}
}

// list adds the need of a list of a user.
func (l *lookahead) list(n *node, userID string, first int) {
	if n.kind == recommended {
		l.plan.NeedRecommended(userID, first)
	} else {
		l.plan.NeedOrders(userID, first, n.products)
	}
}

// named adds the need of what the client names.
func (l *lookahead) named(n *node, id string) {
	switch n.kind { //nolint:exhaustive // The others name nothing.
	case aUser:
		l.plan.NeedUser(id)
		l.all(n.below, id)
	case aProduct:
		l.plan.NeedProduct(id)
	case anOrder:
		l.plan.NeedOrder(id, n.products)
	case aSummary:
		l.plan.NeedSummary(id)
	}
}

// id returns an argument that names something to a service.
func (l *lookahead) id(n *node, name string) (string, bool) {
	id, err := graphql.UnmarshalID(gql.Argument(n.field, name, l.variables))
	if err == nil && ident.Valid(id) {
		return id, true
	}

	l.refuse(n, fmt.Sprintf("%s is not an identifier: 1 to %d letters, digits and ._~:@+=- are allowed", name, ident.MaxLength))

	return "", false
}

// first returns how many elements of a list are asked for.
func (l *lookahead) first(n *node) (int, bool) {
	first, err := graphql.UnmarshalInt64(gql.Argument(n.field, "first", l.variables))
	if err == nil && 1 <= first && first <= maxFirst {
		return int(first), true
	}

	l.refuse(n, fmt.Sprintf("first must be between 1 and %d", maxFirst))

	return 0, false
}

func (l *lookahead) refuse(n *node, message string) {
	path := make(ast.Path, 0, len(n.path))
	for _, alias := range n.path {
		path = append(path, ast.PathName(alias))
	}

	l.errors = append(l.errors, &gqlerror.Error{
		Message: message, Path: path,
		Locations: []gqlerror.Location{{Line: n.field.Position.Line, Column: n.field.Position.Column}},
	})
}
