// Package mobile is the mobile BFF: small pages in few bytes for apps on slow
// networks, over REST.
//
// Each screen is in the file named after it, top to bottom: what is fetched,
// what may be missing, what it looks like. The package knows no other BFF.
package mobile

import (
	"net/http"

	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/problem"
	"storefront/internal/rest"
	"storefront/internal/serve"
	"storefront/upstream"
	"storefront/upstream/order"
	"storefront/upstream/product"
	"storefront/upstream/user"
)

// BFF answers the mobile apps.
type BFF struct {
	users    *user.Client
	products *product.Client
	orders   *order.Client
}

// New returns the BFF over those services. Its clients read no field that its
// screens do not show.
func New(services upstream.Services) *BFF {
	return &BFF{
		users:    user.New(services[upstream.User], user.Name|user.ProfilePicture),
		products: product.New(services[upstream.Product], product.Name|product.Price|product.Image),
		orders:   order.New(services[upstream.Order], order.Total|order.Status),
	}
}

// Server returns the BFF as a server of app, or an error if a page may cause too
// many calls.
func Server(settings *Settings, upstreams *upstream.Settings, app *serve.App) (serve.Server, error) {
	bff := New(upstreams.Open(upstream.Caller{
		BFF: "mobile", Budget: settings.Budget, Metrics: app.Metrics, Tracer: app.Tracer, Caches: app.Caches, Log: app.Log,
	}, upstream.User, upstream.Product, upstream.Order))
	routes := bff.Routes(settings)

	return serve.Server{
		Name: "mobile", Addr: settings.Addr, About: "mobile BFF: /api/dashboard/user_1, /docs",
		Handler: routes,
		Options: serve.Options{
			BFF: "mobile", Budget: settings.Budget, MaxBody: maxBody, Problem: problem.Write,
			Reuse: []serve.Reuse{{Prefix: "/api/"}}, Limited: []string{"/api/"},
		},
	}, upstreams.Allow(routes.Bounds())
}

// maxBody is the longest request body, in bytes; no route here takes one.
const maxBody = 16 << 10

// Routes returns the handler of all screens.
func (b *BFF) Routes(settings *Settings) *rest.API {
	engine := rest.NewEngine(problem.Write)
	api := rest.New(engine, rest.Info{
		Title:       "storefront: mobile BFF",
		Description: "Pages for mobile apps. A page with one dead part is still a page: `degraded` says what is missing.",
		Version:     "1.0.0",
	}, toProblem)

	rest.Page(api, rest.Route{
		Path: "/api/dashboard/{user_id}", Name: "Dashboard", MaxAge: settings.MaxAge,
		Summary:     "A user's start page",
		Description: "Who the user is, up to 5 products recommended for them and their 3 newest orders.",
		Sections:    []fanout.Section{dashboardUser, dashboardProducts, dashboardOrders},
	}, b.dashboard)

	return api
}

// toProblem is the error wire of this BFF.
func toProblem(err error) *problem.Details {
	if fault.KindOf(err) == fault.NotFound {
		return problem.Named(http.StatusNotFound, "no-such-user", "No such user", "There is no user of this id.")
	}

	return problem.Named(http.StatusServiceUnavailable, "nothing-to-show", "Nothing to show",
		"No part of the page can be had just now. Please try again.")
}
