package graph

import (
	"fmt"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"storefront/bff/web"
	"storefront/internal/ident"
)

const (
	// maxFirst is the largest `first`.
	maxFirst = 50
	// maxCalls is the most upstream calls that one operation may take.
	maxCalls = 64
)

// lookahead reads from an operation what it needs from the services, merged
// over all fields, fragments and aliases, so that it can be fetched side by
// side before a resolver runs. It also checks arguments: a mistake in one is a
// mistake of the whole request.
type lookahead struct {
	operation *graphql.OperationContext
	plan      web.Plan
	errors    gqlerror.List
}

// look returns the plan of an operation, or what is wrong with its arguments.
func look(operation *graphql.OperationContext) (*web.Plan, gqlerror.List) {
	l := &lookahead{operation: operation}
	l.query(operation.Operation.SelectionSet)

	if calls := l.plan.Calls(); calls > maxCalls && len(l.errors) == 0 {
		l.errors = append(l.errors, gqlerror.Errorf("the operation takes %d upstream calls; at most %d are allowed", calls, maxCalls))
	}

	return &l.plan, l.errors
}

// each calls visit for every selected field of a type, merged as the executor
// merges them.
func (l *lookahead) each(set ast.SelectionSet, typeName string, path ast.Path, visit func(f graphql.CollectedField, path ast.Path)) {
	for _, field := range graphql.CollectFields(l.operation, set, []string{typeName}) {
		visit(field, append(slices.Clip(path), ast.PathName(field.Alias)))
	}
}

func (l *lookahead) query(set ast.SelectionSet) {
	l.each(set, "Query", nil, func(field graphql.CollectedField, path ast.Path) {
		switch field.Name {
		case "dashboard":
			if id, ok := l.id(field, path, "userId"); ok {
				l.dashboard(field.Selections, path, id)
			}
		case "user":
			if id, ok := l.id(field, path, "id"); ok {
				l.plan.NeedUser(id)
				l.user(field.Selections, path, id)
			}
		case "product":
			if id, ok := l.id(field, path, "id"); ok {
				l.plan.NeedProduct(id)
			}
		case "order":
			if id, ok := l.id(field, path, "id"); ok {
				l.plan.NeedOrder(id, l.selectsProducts(field.Selections))
			}
		}
	})
}

func (l *lookahead) dashboard(set ast.SelectionSet, path ast.Path, userID string) {
	l.each(set, "Dashboard", path, func(field graphql.CollectedField, path ast.Path) {
		switch field.Name {
		case "user":
			l.plan.NeedUser(userID)
			l.user(field.Selections, path, userID)
		case "recommendedProducts":
			l.recommended(field, path, userID)
		case "recentOrders":
			l.orders(field, path, userID)
		}
	})
}

func (l *lookahead) user(set ast.SelectionSet, path ast.Path, userID string) {
	l.each(set, "User", path, func(field graphql.CollectedField, path ast.Path) {
		switch field.Name {
		case "recommendedProducts":
			l.recommended(field, path, userID)
		case "orders":
			l.orders(field, path, userID)
		}
	})
}

func (l *lookahead) recommended(field graphql.CollectedField, path ast.Path, userID string) {
	if first, ok := l.first(field, path); ok {
		l.plan.NeedRecommended(userID, first)
	}
}

func (l *lookahead) orders(field graphql.CollectedField, path ast.Path, userID string) {
	if first, ok := l.first(field, path); ok {
		l.plan.NeedOrders(userID, first, l.selectsProducts(field.Selections))
	}
}

// selectsProducts reports whether the selections of an order hold
// `items { product }`.
func (l *lookahead) selectsProducts(order ast.SelectionSet) (selected bool) {
	l.each(order, "Order", nil, func(field graphql.CollectedField, _ ast.Path) {
		if field.Name != "items" {
			return
		}

		l.each(field.Selections, "OrderItem", nil, func(field graphql.CollectedField, _ ast.Path) {
			selected = selected || field.Name == "product"
		})
	})

	return selected
}

// id returns an argument that names something to a service.
func (l *lookahead) id(field graphql.CollectedField, path ast.Path, name string) (string, bool) {
	id, err := graphql.UnmarshalID(field.ArgumentMap(l.operation.Variables)[name])
	if err == nil && ident.Valid(id) {
		return id, true
	}

	l.refuse(field, path, fmt.Sprintf("%s is not an identifier: 1 to %d letters, digits and ._~:@+=- are allowed", name, ident.MaxLength))

	return "", false
}

// first returns how many elements of a list are asked for.
func (l *lookahead) first(field graphql.CollectedField, path ast.Path) (int, bool) {
	first, err := graphql.UnmarshalInt64(field.ArgumentMap(l.operation.Variables)["first"])
	if err == nil && 1 <= first && first <= maxFirst {
		return int(first), true
	}

	l.refuse(field, path, fmt.Sprintf("first must be between 1 and %d", maxFirst))

	return 0, false
}

func (l *lookahead) refuse(field graphql.CollectedField, path ast.Path, message string) {
	l.errors = append(l.errors, &gqlerror.Error{
		Message: message, Path: path,
		Locations: []gqlerror.Location{{Line: field.Position.Line, Column: field.Position.Column}},
	})
}
