package main

import (
	"context"

	"storefront/bench/peer/plaingqlgen/graph"
	"storefront/bench/peer/plaingqlgen/model"
)

// resolver is the root of all resolvers.
type resolver struct{ services *services }

// Dashboard returns the resolvers of Dashboard.
func (r *resolver) Dashboard() graph.DashboardResolver { return &dashboardResolver{r} }

// OrderItem returns the resolvers of OrderItem.
func (r *resolver) OrderItem() graph.OrderItemResolver { return &orderItemResolver{r} }

// Post returns the resolvers of Post.
func (r *resolver) Post() graph.PostResolver { return &postResolver{r} }

// Query returns the resolvers of Query.
func (r *resolver) Query() graph.QueryResolver { return &queryResolver{r} }

type (
	dashboardResolver struct{ *resolver }
	orderItemResolver struct{ *resolver }
	postResolver      struct{ *resolver }
	queryResolver     struct{ *resolver }
)

// Dashboard is Query.dashboard.
func (r *queryResolver) Dashboard(_ context.Context, userID string) (*model.Dashboard, error) {
	return &model.Dashboard{UserID: userID}, nil
}

// Posts is Query.posts.
func (r *queryResolver) Posts(ctx context.Context) ([]*model.Post, error) {
	return get[[]*model.Post](ctx, r.services, r.services.posts+"/posts")
}

// Greet is Query.greet.
func (r *queryResolver) Greet(context.Context) (string, error) { return "Hello World!", nil }

// User is Dashboard.user.
func (r *dashboardResolver) User(ctx context.Context, obj *model.Dashboard) (*model.User, error) {
	return get[*model.User](ctx, r.services, r.services.user+"/users/"+obj.UserID)
}

// RecommendedProducts is Dashboard.recommendedProducts.
func (r *dashboardResolver) RecommendedProducts(ctx context.Context, obj *model.Dashboard, first int) ([]*model.Product, error) {
	products, err := get[[]*model.Product](ctx, r.services, r.services.product+"/products?user_id="+obj.UserID)

	return products[:min(first, len(products))], err
}

// RecentOrders is Dashboard.recentOrders.
func (r *dashboardResolver) RecentOrders(ctx context.Context, obj *model.Dashboard, first int) ([]*model.Order, error) {
	orders, err := get[[]*model.Order](ctx, r.services, r.services.order+"/orders?user_id="+obj.UserID)

	return orders[:min(first, len(orders))], err
}

// Product is OrderItem.product.
func (r *orderItemResolver) Product(ctx context.Context, obj *model.OrderItem) (*model.Product, error) {
	return loadersOf(ctx).products.Load(ctx, obj.ProductID) //nolint:wrapcheck // The loader's error is that of a call, which says which.
}

// User is Post.user.
func (r *postResolver) User(ctx context.Context, obj *model.Post) (*model.PostUser, error) {
	return loadersOf(ctx).users.Load(ctx, obj.UserID) //nolint:wrapcheck // The loader's error is that of a call, which says which.
}
