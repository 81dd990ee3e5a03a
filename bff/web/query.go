package web

import (
	"context"
	"slices"

	"storefront/graph/model"
	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/need"
	"storefront/internal/session"
	"storefront/upstream/customer"
	"storefront/upstream/order"
	"storefront/upstream/product"
	"storefront/upstream/user"
)

// What an operation can be made of, and what the absence of each means.
var (
	queryUser        = fanout.Section{Name: "user", Need: need.Important}
	queryRecommended = fanout.Section{Name: "recommendedProducts", Need: need.Optional}
	queryOrders      = fanout.Section{Name: "orders", Need: need.Important}
	queryOrder       = fanout.Section{Name: "order", Need: need.Important}
	queryProducts    = fanout.Section{Name: "products", Need: need.Important}
	queryItems       = fanout.Section{Name: "items", Need: need.Optional}
	queryCustomer    = fanout.Section{Name: "customer", Need: need.Optional}
	querySummary     = fanout.Section{Name: "customerSummary", Need: need.Important}
)

// Page is all that one GraphQL operation needs, fetched. Resolvers only look
// things up in it; what was not planned is not there.
type Page struct {
	users       parts[user.User]
	recommended parts[product.List]
	orders      parts[order.List]
	single      parts[order.Order]
	products    *fanout.Part[product.List]
	asked       []string      // the ids of products
	items       *itemProducts // nil: none are needed
	customers   parts[customer.Customer]
}

// parts are what was fetched of one kind, by the id of what it is about.
type parts[T any] []part[T]

type part[T any] struct {
	*fanout.Part[T]

	id string
}

// of returns the part about id, or nil.
func (p parts[T]) of(id string) *fanout.Part[T] {
	for i := range p {
		if p[i].id == id {
			return p[i].Part
		}
	}

	return nil
}

// Load fetches what plan needs: every call side by side, and once the orders
// are in, one call for the products of all their items. It ends when all is in
// or the budget of ctx is spent. What names no user is asked for the one whom the
// plan names first.
func (b *BFF) Load(ctx context.Context, plan *Plan) *Page {
	ctx = session.About(ctx, plan.about)
	page := &Page{asked: plan.products, items: newItemProducts(b.products, plan)}

	fetches := make([]fanout.Fetch, 0, plan.Calls())

	for _, id := range plan.users {
		one := fanout.Of(queryUser, func(ctx context.Context) (fresh.Value[user.User], error) {
			return b.users.Get(ctx, id)
		})
		page.users = append(page.users, part[user.User]{id: id, Part: one})
		fetches = append(fetches, one)
	}

	fetches = b.addCustomers(fetches, page, plan)

	for _, need := range plan.recommended {
		list := fanout.Of(queryRecommended, func(ctx context.Context) (fresh.Value[product.List], error) {
			return b.products.Recommended(ctx, need.id, need.limit)
		})
		page.recommended = append(page.recommended, part[product.List]{id: need.id, Part: list})
		fetches = append(fetches, list)
	}

	for _, need := range plan.orders {
		list := fanout.Of(queryOrders, func(ctx context.Context) (list fresh.Value[order.List], err error) {
			defer func() { page.items.offer(need, list.Of...) }()

			return b.orders.Recent(ctx, need.id, need.limit)
		})
		page.orders = append(page.orders, part[order.List]{id: need.id, Part: list})
		fetches = append(fetches, list)
	}

	for _, need := range plan.single {
		one := fanout.Of(queryOrder, func(ctx context.Context) (one fresh.Value[order.Order], err error) {
			defer func() { page.items.offer(need, one.Of) }()

			return b.orders.Get(ctx, need.id)
		})
		page.single = append(page.single, part[order.Order]{id: need.id, Part: one})
		fetches = append(fetches, one)
	}

	if len(plan.products) > 0 {
		page.products = fanout.Of(queryProducts, func(ctx context.Context) (fresh.Value[product.List], error) {
			return b.productsByID(ctx, slices.Sorted(slices.Values(plan.products)))
		})
		fetches = append(fetches, page.products)
	}

	if page.items != nil {
		fetches = append(fetches, fanout.Of(queryItems, page.items.fetch))
	}

	// Each field tells what became of it; there is no page to be refused.
	_, _ = fanout.Run(ctx, fetches...)

	return page
}

// addCustomers adds to fetches the customers of plan, for page.
func (b *BFF) addCustomers(fetches []fanout.Fetch, page *Page, plan *Plan) []fanout.Fetch {
	for _, need := range plan.customers {
		section := queryCustomer
		if need.summary {
			section = querySummary
		}

		one := fanout.Of(section, func(ctx context.Context) (fresh.Value[customer.Customer], error) {
			return b.customers.Get(ctx, need.id)
		})
		page.customers = append(page.customers, part[customer.Customer]{id: need.id, Part: one})
		fetches = append(fetches, one)
	}

	return fetches
}

// productsByID asks for one product by its path, so that the service's own
// caching serves it, and for several in one call.
func (b *BFF) productsByID(ctx context.Context, ids []string) (fresh.Value[product.List], error) {
	if len(ids) > 1 {
		held, missing := b.products.AtHand(ctx, ids)
		if len(missing) == 0 {
			return held, nil
		}

		asked, err := b.products.ByID(ctx, missing)
		if err != nil || len(held.Of) == 0 {
			return asked, err
		}

		return fresh.Value[product.List]{Of: append(held.Of, asked.Of...), Status: held.And(asked.Status)}, nil
	}

	one, err := b.products.Get(ctx, ids[0])

	return fresh.Value[product.List]{Of: product.List{one.Of}, Status: one.Status}, err
}

// User returns a planned user; its reason is NotFound when there is none.
func (p *Page) User(id string) fresh.Value[*model.User] {
	return shaped(p.users.of(id), shapeUser)
}

// Customer returns what the customer system knows of a user for whom that is
// planned; its reason is NotFound when they are no customer.
func (p *Page) Customer(userID string) fresh.Value[*model.Customer] {
	return shaped(p.customers.of(userID), shapeCustomer)
}

// CustomerSummary returns a planned customer in short; its reason is NotFound
// when there is none.
func (p *Page) CustomerSummary(id string) fresh.Value[*model.CustomerSummary] {
	return shaped(p.customers.of(id), shapeSummary)
}

// Recommended returns the first products planned for a user.
func (p *Page) Recommended(userID string, first int) fresh.Value[[]model.Product] {
	return shaped(p.recommended.of(userID), func(list *product.List) []model.Product {
		return shapeProducts((*list)[:min(first, len(*list))])
	})
}

// Orders returns the newest first orders planned for a user.
func (p *Page) Orders(userID string, first int) fresh.Value[[]model.Order] {
	return shaped(p.orders.of(userID), func(list *order.List) []model.Order {
		return shapeOrders((*list)[:min(first, len(*list))])
	})
}

// Order returns a planned order; its reason is NotFound when there is none.
func (p *Page) Order(id string) fresh.Value[*model.Order] {
	return shaped(p.single.of(id), func(o *order.Order) *model.Order {
		return new(shapeOrder(o, make([]model.OrderItem, len(o.Items))))
	})
}

// Product returns a planned product; it is fresh and nil when the service,
// asked for several, left it out.
func (p *Page) Product(id string) fresh.Value[*model.Product] {
	return shaped(p.products, func(list *product.List) *model.Product {
		for i := range *list {
			if one := &(*list)[i]; one.ID.Text == id {
				return new(shapeProduct(one))
			}
		}

		return nil
	})
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

			for i := range *list {
				items += len((*list)[i].Items)
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
func shaped[T, V any](part *fanout.Part[T], shape func(*T) V) fresh.Value[V] {
	if part == nil {
		return fresh.None[V](fault.Unavailable) // Not planned: a mistake, but not one to end a page.
	}

	fetched := part.Value()
	if fetched == nil {
		return fresh.None[V](part.Status().Reason)
	}

	return fresh.Value[V]{Of: shape(fetched), Status: part.Status()}
}
