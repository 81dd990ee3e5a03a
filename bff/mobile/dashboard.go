package mobile

import (
	"context"

	"storefront/internal/fanout"
	"storefront/internal/fresh"
	"storefront/internal/need"
	"storefront/internal/rest"
	"storefront/internal/wire"
	"storefront/upstream/order"
	"storefront/upstream/product"
	"storefront/upstream/user"
)

// The sections of the dashboard, and what the absence of each means.
var (
	dashboardUser     = fanout.Section{Name: "user", Subject: true, Need: need.Important}
	dashboardProducts = fanout.Section{Name: "recommended_products", Need: need.Optional}
	dashboardOrders   = fanout.Section{Name: "recent_orders", Need: need.Important}
)

// The most that one dashboard shows.
const (
	dashboardMaxProducts = 5
	dashboardMaxOrders   = 3
)

type dashboardInput struct {
	rest.Conditional

	UserID rest.ID `doc:"The user's id." example:"user_1" path:"user_id"`
}

type dashboardView struct {
	User                *userView     `doc:"Who the user is; null when omitted."                      json:"user"`
	RecommendedProducts []productView `doc:"Recommended for the user, best first; null when omitted." json:"recommended_products" maxItems:"5" nullable:"true"`
	RecentOrders        []orderView   `doc:"The newest orders, newest first; null when omitted."      json:"recent_orders"        maxItems:"3" nullable:"true"`

	rest.Partial
}

type userView struct {
	Name           string  `json:"name"`
	ProfilePicture *string `doc:"URL of a picture." json:"profile_picture"`
}

type productView struct {
	ID    wire.ID     `json:"id"`
	Name  string      `json:"name"`
	Price wire.Number `json:"price"`
	Image *string     `doc:"URL of a picture." json:"image"`
}

type orderView struct {
	ID     wire.ID     `json:"id"`
	Total  wire.Number `json:"total"`
	Status string      `example:"delivered" json:"status"`
}

func (b *BFF) dashboard(ctx context.Context, in dashboardInput) (dashboardView, fanout.Report, error) {
	someone := fanout.Of(dashboardUser, func(ctx context.Context) (fresh.Value[user.User], error) {
		return b.users.Get(ctx, string(in.UserID))
	})
	products := fanout.Of(dashboardProducts, func(ctx context.Context) (fresh.Value[product.List], error) {
		return b.products.Recommended(ctx, string(in.UserID), dashboardMaxProducts)
	})
	orders := fanout.Of(dashboardOrders, func(ctx context.Context) (fresh.Value[order.List], error) {
		return b.orders.Recent(ctx, string(in.UserID), dashboardMaxOrders)
	})

	report, err := fanout.Run(ctx, someone, products, orders)
	if err != nil {
		return dashboardView{}, report, err
	}

	return dashboardView{
		User:                shapeUser(someone.Value()),
		RecommendedProducts: shapeProducts(products.Value()),
		RecentOrders:        shapeOrders(orders.Value()),
	}, report, nil
}

func shapeUser(u *user.User) *userView {
	if u == nil {
		return nil
	}

	return &userView{Name: u.Name, ProfilePicture: u.ProfilePicture}
}

func shapeProducts(list *product.List) []productView {
	if list == nil {
		return nil
	}

	views := make([]productView, len(*list))
	for i, p := range *list {
		views[i] = productView{ID: p.ID, Name: p.Name, Price: p.Price, Image: p.Image}
	}

	return views
}

func shapeOrders(list *order.List) []orderView {
	if list == nil {
		return nil
	}

	views := make([]orderView, len(*list))
	for i, o := range *list {
		views[i] = orderView{ID: o.ID, Total: o.Total, Status: o.Status}
	}

	return views
}
