package web

import (
	"context"
	"maps"
	"slices"

	"storefront/graph/model"
	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/upstream/order"
	"storefront/upstream/product"
	"storefront/upstream/user"
)

// Page is all that one GraphQL operation needs, fetched. Resolvers only look
// things up in it; what was not planned is not there.
type Page struct {
	users       map[string]*fanout.Part[user.User]
	recommended map[string]*fanout.Part[product.List]
	orders      map[string]*fanout.Part[order.List]
	single      map[string]*fanout.Part[order.Order]
	products    *fanout.Part[product.List]
	items       *itemProducts
}

// Load fetches what plan needs: every call side by side, and once the orders
// are in, one call for the products of all their items. It ends when all is in
// or the budget of ctx is spent.
func (b *BFF) Load(ctx context.Context, plan *Plan) *Page {
	page := &Page{
		users:       map[string]*fanout.Part[user.User]{},
		recommended: map[string]*fanout.Part[product.List]{},
		orders:      map[string]*fanout.Part[order.List]{},
		single:      map[string]*fanout.Part[order.Order]{},
		items:       newItemProducts(b.products, plan),
	}

	var parts []fanout.Fetch

	for id := range plan.users {
		page.users[id] = fanout.Of(fanout.Section{Name: "user"}, func(ctx context.Context) (fresh.Value[user.User], error) {
			return b.users.Get(ctx, id)
		})
		parts = append(parts, page.users[id])
	}

	for id, limit := range plan.recommended {
		page.recommended[id] = fanout.Of(fanout.Section{Name: "recommendedProducts"}, func(ctx context.Context) (fresh.Value[product.List], error) {
			return b.products.Recommended(ctx, id, limit)
		})
		parts = append(parts, page.recommended[id])
	}

	for id, need := range plan.orders {
		page.orders[id] = fanout.Of(fanout.Section{Name: "orders"}, func(ctx context.Context) (list fresh.Value[order.List], err error) {
			defer func() { page.items.offer(need, list.Of...) }()

			return b.orders.Recent(ctx, id, need.limit)
		})
		parts = append(parts, page.orders[id])
	}

	for id, need := range plan.single {
		page.single[id] = fanout.Of(fanout.Section{Name: "order"}, func(ctx context.Context) (one fresh.Value[order.Order], err error) {
			defer func() { page.items.offer(need, one.Of) }()

			return b.orders.Get(ctx, id)
		})
		parts = append(parts, page.single[id])
	}

	if len(plan.products) > 0 {
		page.products = fanout.Of(fanout.Section{Name: "products"}, func(ctx context.Context) (fresh.Value[product.List], error) {
			return b.productsByID(ctx, slices.Sorted(maps.Keys(plan.products)))
		})
		parts = append(parts, page.products)
	}

	if page.items.producers > 0 {
		parts = append(parts, fanout.Of(fanout.Section{Name: "items"}, page.items.fetch))
	}

	// Each field tells what became of it; there is no page to be refused.
	_, _ = fanout.Run(ctx, parts...)

	return page
}

// productsByID asks for one product by its path, so that the service's own
// caching serves it, and for several in one call.
func (b *BFF) productsByID(ctx context.Context, ids []string) (fresh.Value[product.List], error) {
	if len(ids) > 1 {
		return b.products.ByID(ctx, ids)
	}

	one, err := b.products.Get(ctx, ids[0])

	return fresh.Value[product.List]{Of: product.List{one.Of}, Status: one.Status}, err
}

// User returns a planned user; its reason is NotFound when there is none.
func (p *Page) User(id string) fresh.Value[*model.User] {
	return shaped(p.users[id], shapeUser)
}

// Recommended returns the first products planned for a user.
func (p *Page) Recommended(userID string, first int) fresh.Value[[]model.Product] {
	return shaped(p.recommended[userID], func(list product.List) []model.Product {
		return shapeProducts(list[:min(first, len(list))])
	})
}

// Orders returns the newest first orders planned for a user.
func (p *Page) Orders(userID string, first int) fresh.Value[[]model.Order] {
	return shaped(p.orders[userID], func(list order.List) []model.Order {
		return shapeOrders(list[:min(first, len(list))])
	})
}

// Order returns a planned order; its reason is NotFound when there is none.
func (p *Page) Order(id string) fresh.Value[*model.Order] {
	return shaped(p.single[id], func(o order.Order) *model.Order {
		shape := shapeOrder(o)

		return &shape
	})
}

// Product returns a planned product; it is fresh and nil when the service,
// asked for several, left it out.
func (p *Page) Product(id string) fresh.Value[*model.Product] {
	return shaped(p.products, func(list product.List) *model.Product { return pick(list, id) })
}

// ItemProduct returns the product of an order's item; it is fresh and nil when
// the service knows none.
func (p *Page) ItemProduct(id string) fresh.Value[*model.Product] { return p.items.product(id) }

// Lengths tell how much there is in the orders of a page.
type Lengths struct {
	// Orders is how many the longest list has, Items how many an order has on
	// average, rounded up.
	Orders, Items int
}

// Lengths returns how much there is in the orders that were fetched.
func (p *Page) Lengths() Lengths {
	orders, items, longest := len(p.single), 0, 1

	for _, part := range p.orders {
		if list := part.Value(); list != nil {
			orders += len(*list)
			longest = max(longest, len(*list))

			for _, o := range *list {
				items += len(o.Items)
			}
		}
	}

	for _, part := range p.single {
		if one := part.Value(); one != nil {
			items += len(one.Items)
		}
	}

	return Lengths{Orders: longest, Items: (items + orders - 1) / max(1, orders)}
}

// shaped turns what was fetched into its view.
func shaped[T, V any](part *fanout.Part[T], shape func(T) V) fresh.Value[V] {
	if part == nil {
		return fresh.None[V](fault.Unavailable) // Not planned: a mistake, but not one to end a page.
	}

	fetched := part.Value()
	if fetched == nil {
		return fresh.None[V](part.Status().Reason)
	}

	return fresh.Value[V]{Of: shape(*fetched), Status: part.Status()}
}

func pick(list product.List, id string) *model.Product {
	for _, p := range list {
		if p.ID.Text == id {
			shape := shapeProduct(p)

			return &shape
		}
	}

	return nil
}
