package graph

import (
	"github.com/99designs/gqlgen/graphql"

	"storefront/graph/model"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/gql"
)

// projected are the projections of the schema with the fields that are looked up
// in the page. What is not fresh, the resolvers look up again, and say so.
func projected() gql.Types {
	p := newProjections()

	gql.Look(p.Query, "dashboard", p.Dashboard, func(at gql.At, _ *gql.Root) (*model.Dashboard, bool) {
		id, ok := idAt(at, "userId")

		return &model.Dashboard{UserID: id}, ok
	})
	gql.Look(p.Query, "user", p.User, func(at gql.At, _ *gql.Root) (*model.User, bool) {
		id, ok := idAt(at, "id")

		return maybe(pageOf(at.Context).User(id), ok)
	})
	gql.Look(p.Query, "product", p.Product, func(at gql.At, _ *gql.Root) (*model.Product, bool) {
		id, ok := idAt(at, "id")

		return maybe(pageOf(at.Context).Product(id), ok)
	})
	gql.Look(p.Query, "order", p.Order, func(at gql.At, _ *gql.Root) (*model.Order, bool) {
		id, ok := idAt(at, "id")

		return maybe(pageOf(at.Context).Order(id), ok)
	})

	gql.Look(p.Query, "customerSummary", p.CustomerSummary, func(at gql.At, _ *gql.Root) (*model.CustomerSummary, bool) {
		id, ok := idAt(at, "id")

		return maybe(pageOf(at.Context).CustomerSummary(id), ok)
	})

	gql.Look(p.Dashboard, "user", p.User, func(at gql.At, d *model.Dashboard) (*model.User, bool) {
		return ready(pageOf(at.Context).User(d.UserID))
	})
	gql.LookMany(p.Dashboard, "recommendedProducts", p.Product, func(at gql.At, d *model.Dashboard) ([]model.Product, bool) {
		return ready(pageOf(at.Context).Recommended(d.UserID, firstAt(at)))
	})
	gql.LookMany(p.Dashboard, "recentOrders", p.Order, func(at gql.At, d *model.Dashboard) ([]model.Order, bool) {
		return ready(pageOf(at.Context).Orders(d.UserID, firstAt(at)))
	})

	gql.LookMany(p.User, "recommendedProducts", p.Product, func(at gql.At, u *model.User) ([]model.Product, bool) {
		return ready(pageOf(at.Context).Recommended(u.ID, firstAt(at)))
	})
	gql.LookMany(p.User, "orders", p.Order, func(at gql.At, u *model.User) ([]model.Order, bool) {
		return ready(pageOf(at.Context).Orders(u.ID, firstAt(at)))
	})

	gql.Look(p.User, "customer", p.Customer, func(at gql.At, u *model.User) (*model.Customer, bool) {
		return maybe(pageOf(at.Context).Customer(u.ID), true)
	})

	gql.Look(p.OrderItem, "product", p.Product, func(at gql.At, item *model.OrderItem) (*model.Product, bool) {
		return ready(pageOf(at.Context).ItemProduct(item.ProductID))
	})

	return p.types()
}

// ready is a value that needs no resolver to say how it stands.
func ready[T any](v fresh.Value[T]) (T, bool) { return v.Of, v.State == fresh.Fresh }

// maybe is ready for what may not exist: that is null.
func maybe[T any](v fresh.Value[*T], ok bool) (*T, bool) {
	if v.State == fresh.Omitted && v.Reason == fault.NotFound {
		return nil, ok
	}

	return v.Of, ok && v.State == fresh.Fresh
}

// idAt is an argument that names something; the look-ahead has looked at it.
func idAt(at gql.At, name string) (string, bool) {
	id, err := graphql.UnmarshalID(at.Argument(name))

	return id, err == nil
}

// firstAt is how many elements are asked for; the look-ahead has looked at it.
func firstAt(at gql.At) int {
	first, _ := graphql.UnmarshalInt64(at.Argument("first"))

	return int(first)
}
