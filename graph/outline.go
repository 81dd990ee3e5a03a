package graph

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"storefront/internal/gql"
)

// kind is what a selected field needs to be fetched.
type kind uint8

const (
	aDashboard kind = iota + 1
	aUser
	aProduct
	anOrder
	theUser // whose dashboard it is
	recommended
	orders
	theCustomer // that the user is
	aSummary
)

// kinds are the fields that need something. The rest of an object comes with it.
var kinds = map[string]map[string]kind{ //nolint:gochecknoglobals // A table.
	"Query":     {"dashboard": aDashboard, "user": aUser, "product": aProduct, "order": anOrder, "customerSummary": aSummary},
	"Dashboard": {"user": theUser, "recommendedProducts": recommended, "recentOrders": orders},
	"User":      {"recommendedProducts": recommended, "orders": orders, "customer": theCustomer},
}

// node is a selected field that needs something.
type node struct {
	kind     kind
	field    *ast.Field
	path     []string
	products bool // an order's `items { product }` is selected
	below    []node
}

// outline is what an operation selects, as far as it needs something: the part
// of the look-ahead that is the same for all arguments.
func outline(op *gql.Operation) []node { return below(op, op.Operation.SelectionSet, "Query", nil) }

func below(op *gql.Operation, set ast.SelectionSet, typeName string, path []string) (nodes []node) {
	for _, field := range op.Collect(set, typeName) {
		kind := kinds[typeName][field.Name]
		if kind == 0 {
			continue
		}

		n := node{kind: kind, field: field.Field, path: append(slices.Clip(path), field.Alias)}

		switch kind {
		case aDashboard:
			n.below = below(op, field.Selections, "Dashboard", n.path)
		case aUser, theUser:
			n.below = below(op, field.Selections, "User", n.path)
		case anOrder, orders:
			n.products = selectsProducts(op, field.Selections)
		case aProduct, recommended, theCustomer, aSummary: // whole as they come
		}

		nodes = append(nodes, n)
	}

	return nodes
}

// selectsProducts reports whether the selections of an order hold
// `items { product }`.
func selectsProducts(op *gql.Operation, order ast.SelectionSet) bool {
	for _, field := range op.Collect(order, "Order") {
		if field.Name != "items" {
			continue
		}

		for _, field := range op.Collect(field.Selections, "OrderItem") {
			if field.Name == "product" {
				return true
			}
		}
	}

	return false
}
