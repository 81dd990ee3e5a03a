package web

// Plan is what one GraphQL operation needs from the services, merged over all
// its fields, fragments and aliases. The zero Plan needs nothing.
type Plan struct {
	users       map[string]struct{}
	recommended map[string]int       // by user: how many at most
	orders      map[string]orderPlan // by user
	single      map[string]orderPlan // by order
	products    map[string]struct{}
}

// orderPlan is what is needed of one or more orders.
type orderPlan struct {
	limit    int
	products bool // the products of their items are needed too
}

// NeedUser adds a user.
func (p *Plan) NeedUser(id string) { put(&p.users, id, struct{}{}) }

// NeedProduct adds a product.
func (p *Plan) NeedProduct(id string) { put(&p.products, id, struct{}{}) }

// NeedRecommended adds the first products recommended for a user.
func (p *Plan) NeedRecommended(userID string, first int) {
	put(&p.recommended, userID, max(first, p.recommended[userID]))
}

// NeedOrders adds the newest first orders of a user, with the products of their
// items where products is true.
func (p *Plan) NeedOrders(userID string, first int, products bool) {
	need := p.orders[userID]
	put(&p.orders, userID, orderPlan{limit: max(first, need.limit), products: products || need.products})
}

// NeedOrder adds an order, with the products of its items where products is
// true.
func (p *Plan) NeedOrder(id string, products bool) {
	put(&p.single, id, orderPlan{products: products || p.single[id].products})
}

// Calls is how many upstream calls the plan takes. The products of items are
// one, however many orders there are.
func (p *Plan) Calls() int {
	return len(p.users) + len(p.recommended) + len(p.orders) + len(p.single) + min(1, len(p.products)) + min(1, p.producers())
}

// producers is how many calls bring orders whose products are needed.
func (p *Plan) producers() int {
	n := 0

	for _, plans := range []map[string]orderPlan{p.orders, p.single} {
		for _, need := range plans {
			if need.products {
				n++
			}
		}
	}

	return n
}

func put[V any](m *map[string]V, key string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}

	(*m)[key] = value
}
