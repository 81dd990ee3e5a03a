// Package web is the web BFF: whole pages for browsers, over GraphQL and REST.
//
// Each screen is in the file named after it, top to bottom: what is fetched,
// what may be missing, what it looks like. What a GraphQL operation selects is
// fetched in query.go; how GraphQL is spoken is the business of package graph.
// The package knows no other BFF.
package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"storefront/internal/fanout"
	"storefront/internal/rest"
	"storefront/internal/serve"
	"storefront/upstream"
	"storefront/upstream/customer"
	"storefront/upstream/order"
	"storefront/upstream/product"
	"storefront/upstream/user"
)

// BFF answers browsers.
type BFF struct {
	users     *user.Client
	products  *product.Client
	orders    *order.Client
	customers *customer.Client
	maxCalls  int
}

// New returns the BFF over those services, of which the legacy customer system
// may be missing. It reads every field: its screens show them all.
func New(services upstream.Services) *BFF { return over(services, nil) }

func over(services upstream.Services, records *customer.Counts) *BFF {
	return &BFF{
		users:     user.New(services[upstream.User], user.All),
		products:  product.New(services[upstream.Product], product.All),
		orders:    order.New(services[upstream.Order], order.All),
		customers: customer.New(services[upstream.Customer], records),
		maxCalls:  upstream.DefaultMaxCalls,
	}
}

// MaxCalls is the most upstream calls that one GraphQL operation may take.
func (b *BFF) MaxCalls() int { return b.maxCalls }

// Open returns the BFF over the services of app.
func Open(settings *Settings, upstreams *upstream.Settings, app *serve.App) *BFF {
	services := upstreams.Open(upstream.Caller{
		BFF: "web", Budget: settings.Budget, Metrics: app.Metrics, Tracer: app.Tracer, Caches: app.Caches, Log: app.Log,
	}, upstream.User, upstream.Product, upstream.Order, upstream.Customer)
	bff := over(services, customer.NewCounts(app.Metrics, "web"))
	bff.maxCalls = upstreams.MaxCalls

	if services[upstream.Customer] == nil {
		app.Log.Info("no customers: LEGACY_CUSTOMER_URL is not set")
	}

	return bff
}

// Server returns the BFF as a server, with the handlers of /graphql and of the
// playground at /, or an error if a page may cause too many calls.
func (b *BFF) Server(settings *Settings, upstreams *upstream.Settings, graphql, playground http.Handler) (serve.Server, error) {
	routes := b.Routes(settings, graphql, playground)

	return serve.Server{
		Name: "web", Addr: settings.Addr, About: "web BFF: / playground, /graphql, /api/dashboard/user_1, /docs",
		Handler: routes,
		Options: serve.Options{
			BFF: "web", Budget: settings.Budget, MaxBody: maxBody, Problem: writeProblem,
			Reuse:   []serve.Reuse{{Prefix: "/api/"}, {Prefix: "/graphql", ByAccept: true}},
			Limited: []string{"/api/", "/graphql"},
		},
	}, upstreams.Allow(routes.Bounds())
}

// maxBody is the longest request body, in bytes: a GraphQL operation with its
// variables.
const maxBody = 100 << 10

// Routes returns the handler of all screens.
func (b *BFF) Routes(settings *Settings, graphql, playground http.Handler) *rest.API {
	engine := rest.NewEngine(writeProblem)
	api := rest.New(engine, rest.Info{
		Title:       "storefront: web BFF",
		Description: "Pages for browsers; the same data and more is at /graphql. A page with one dead part is still a page: `degraded` says what is missing.",
		Version:     "1.0.0",
	}, toProblem)

	rest.Page(api, rest.Route{
		Path: "/api/dashboard/{user_id}", Name: "Dashboard", MaxAge: settings.MaxAge,
		Summary:     "A user's start page",
		Description: "The user, up to 10 products recommended for them and their 5 newest orders, each with every field.",
		Sections:    []fanout.Section{dashboardUser, dashboardProducts, dashboardOrders},
	}, b.dashboard)

	rest.Page(api, rest.Route{
		Path: "/api/customers/{customer_id}/summary", Name: "CustomerSummary", MaxAge: settings.MaxAge,
		Summary:     "A customer in short",
		Description: "What the customer system knows of somebody: name, email, tier and points.",
		Sections:    []fanout.Section{summaryCustomer},
	}, b.customerSummary)

	engine.Match([]string{http.MethodGet, http.MethodPost}, "/graphql", gin.WrapH(graphql))
	engine.GET("/", gin.WrapH(playground))
	engine.GET("/playground/*asset", gin.WrapH(playground))

	return api
}
