package web

import (
	"fmt"
	"slices"
)

// Plan is what one GraphQL operation needs from the services, merged over all
// its fields, fragments and aliases. The zero Plan needs nothing.
//
// It holds lists, not maps: a plan of more calls than are allowed is refused, so
// they are short.
type Plan struct {
	about       string // the user whom it names first
	users       []string
	recommended []listPlan // by user
	orders      []listPlan // by user
	single      []listPlan // by order
	products    []string
	customers   []customerPlan
}

// customerPlan is what is needed of one customer.
type customerPlan struct {
	id      string
	summary bool // it was asked for by itself, and not as a part of a user
}

// listPlan is what is needed of one list, or of one order.
type listPlan struct {
	id       string
	limit    int
	products bool // the products of the orders' items are needed too
}

// NeedUser adds a user.
func (p *Plan) NeedUser(id string) {
	p.name(id)
	p.users = addID(p.users, id)
}

// name notes that a user was named: the operation is about the first one.
func (p *Plan) name(user string) {
	if p.about == "" {
		p.about = user
	}
}

// NeedProduct adds a product.
func (p *Plan) NeedProduct(id string) { p.products = addID(p.products, id) }

// NeedRecommended adds the first products recommended for a user.
func (p *Plan) NeedRecommended(userID string, first int) {
	p.name(userID)
	p.recommended = addList(p.recommended, listPlan{id: userID, limit: first})
}

// NeedOrders adds the newest first orders of a user, with the products of their
// items where products is true.
func (p *Plan) NeedOrders(userID string, first int, products bool) {
	p.name(userID)
	p.orders = addList(p.orders, listPlan{id: userID, limit: first, products: products})
}

// NeedOrder adds an order, with the products of its items where products is
// true.
func (p *Plan) NeedOrder(id string, products bool) {
	p.single = addList(p.single, listPlan{id: id, products: products})
}

// NeedCustomer adds what the customer system knows of a user.
func (p *Plan) NeedCustomer(userID string) { p.customer(userID, false) }

// NeedSummary adds a customer who is asked for by themselves. It is one call with
// the same customer as a part of a user.
func (p *Plan) NeedSummary(id string) { p.customer(id, true) }

func (p *Plan) customer(id string, summary bool) {
	p.name(id) // A customer's is that of the user.

	for i := range p.customers {
		if known := &p.customers[i]; known.id == id {
			known.summary = known.summary || summary

			return
		}
	}

	p.customers = append(p.customers, customerPlan{id: id, summary: summary})
}

// Calls is how many upstream calls the plan takes at most. The products of items
// are one call, but each order or list of orders that comes in very late has the
// products of its items asked for by a call of its own.
func (p *Plan) Calls() int {
	return len(p.users) + len(p.recommended) + len(p.orders) + len(p.single) + len(p.customers) + min(1, len(p.products)) + p.producers()
}

// Waves is how many calls the plan takes one after the other: the products of
// items are asked for when the orders are in.
func (p *Plan) Waves() int {
	switch {
	case p.producers() > 0:
		return 2 //nolint:mnd // Orders, then products.
	case p.Calls() > 0:
		return 1
	default:
		return 0
	}
}

// String is the plan in a few words, equal for equal plans.
func (p *Plan) String() string {
	return fmt.Sprintf("users %q, recommended %+v, orders %+v, single %+v, products %q, customers %+v",
		p.users, p.recommended, p.orders, p.single, p.products, p.customers)
}

// producers is how many calls bring orders whose products are needed.
func (p *Plan) producers() int {
	n := 0

	for _, plans := range [][]listPlan{p.orders, p.single} {
		for _, need := range plans {
			if need.products {
				n++
			}
		}
	}

	return n
}

func addID(ids []string, id string) []string {
	if slices.Contains(ids, id) {
		return ids
	}

	return append(ids, id)
}

func addList(lists []listPlan, need listPlan) []listPlan {
	for i := range lists {
		if known := &lists[i]; known.id == need.id {
			known.limit, known.products = max(known.limit, need.limit), known.products || need.products

			return lists
		}
	}

	return append(lists, need)
}
