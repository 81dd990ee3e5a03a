package web

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
	dashboardMaxProducts = 10
	dashboardMaxOrders   = 5
)

type dashboardInput struct {
	rest.Conditional

	UserID rest.ID `doc:"The user's id." example:"user_1" path:"user_id"`
}

type dashboardView struct {
	User                *userView     `doc:"The user; null when omitted."                             json:"user"`
	RecommendedProducts []productView `doc:"Recommended for the user, best first; null when omitted." json:"recommended_products" maxItems:"10" nullable:"true"`
	RecentOrders        []orderView   `doc:"The newest orders, newest first; null when omitted."      json:"recent_orders"        maxItems:"5"  nullable:"true"`

	rest.Partial
}

type userView struct {
	ID             wire.ID `json:"id"`
	Name           string  `json:"name"`
	Email          *string `json:"email"`
	ProfilePicture *string `doc:"URL of a picture."                 json:"profile_picture"`
	Bio            *string `json:"bio"`
	Location       *string `json:"location"`
	JoinedDate     *string `doc:"The day on which the user joined." example:"2020-01-01"   json:"joined_date"`
}

type productView struct {
	ID          wire.ID      `json:"id"`
	Name        string       `json:"name"`
	Price       wire.Number  `json:"price"`
	Image       *string      `doc:"URL of a picture."                 json:"image"`
	Description *string      `json:"description"`
	Specs       wire.TextMap `doc:"Technical details, name to value." json:"specs"`
	Reviews     *int64       `doc:"How many reviews there are."       json:"reviews"`
	Rating      *wire.Number `doc:"Stars, 0 to 5."                    json:"rating"`
}

type orderView struct {
	ID              wire.ID     `json:"id"`
	Date            string      `example:"2024-01-15"    json:"date"`
	Total           wire.Number `json:"total"`
	Status          string      `example:"delivered"     json:"status"`
	Items           []itemView  `json:"items"            nullable:"true"`
	ShippingAddress *string     `json:"shipping_address"`
	TrackingNumber  *string     `json:"tracking_number"`
}

type itemView struct {
	ProductID wire.ID `json:"product_id"`
	Quantity  int64   `json:"quantity"`
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
		User:                viewUser(someone.Value()),
		RecommendedProducts: viewProducts(products.Value()),
		RecentOrders:        viewOrders(orders.Value()),
	}, report, nil
}

func viewUser(u *user.User) *userView {
	if u == nil {
		return nil
	}

	return &userView{
		ID: u.ID, Name: u.Name, Email: u.Email, ProfilePicture: u.ProfilePicture,
		Bio: u.Bio, Location: u.Location, JoinedDate: u.JoinedDate,
	}
}

func viewProducts(list *product.List) []productView {
	if list == nil {
		return nil
	}

	views := make([]productView, len(*list))
	for i, p := range *list {
		views[i] = productView{
			ID: p.ID, Name: p.Name, Price: p.Price, Image: p.Image, Description: p.Description,
			Specs: p.Specs, Reviews: p.Reviews, Rating: p.Rating,
		}
	}

	return views
}

func viewOrders(list *order.List) []orderView {
	if list == nil {
		return nil
	}

	views := make([]orderView, len(*list))
	for i, o := range *list {
		views[i] = orderView{
			ID: o.ID, Date: o.Date, Total: o.Total, Status: o.Status, Items: viewItems(o.Items),
			ShippingAddress: o.ShippingAddress, TrackingNumber: o.TrackingNumber,
		}
	}

	return views
}

func viewItems(items []order.Item) []itemView {
	if items == nil {
		return nil
	}

	views := make([]itemView, len(items))
	for i, item := range items {
		views[i] = itemView{ProductID: item.ProductID, Quantity: item.Quantity}
	}

	return views
}
