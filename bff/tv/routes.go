// Package tv is the TV BFF: one long row of large pictures, over REST.
//
// Each screen is in the file named after it, top to bottom: what is fetched,
// what may be missing, what it looks like. The package knows no other BFF.
package tv

import (
	"net/http"

	"storefront/internal/fanout"
	"storefront/internal/problem"
	"storefront/internal/rest"
	"storefront/internal/serve"
	"storefront/upstream"
	"storefront/upstream/product"
)

// BFF answers the TV apps.
type BFF struct {
	products *product.Client
}

// New returns the BFF over those services. Its client reads no field that its
// screens do not show.
func New(services upstream.Services) *BFF {
	return &BFF{
		products: product.New(services[upstream.Product], product.Name|product.Price|product.Image|product.Rating),
	}
}

// Server returns the BFF as a server of app, or an error if a page may cause too
// many calls.
func Server(settings *Settings, upstreams *upstream.Settings, app *serve.App) (serve.Server, error) {
	bff := New(upstreams.Open(upstream.Caller{
		BFF: "tv", Budget: settings.Budget, Metrics: app.Metrics, Tracer: app.Tracer, Caches: app.Caches, Log: app.Log,
	}, upstream.Product))
	routes := bff.Routes(settings)

	return serve.Server{
		Name: "tv", Addr: settings.Addr, About: "TV BFF: /api/browse/user_1, /docs",
		Handler: routes,
		Options: serve.Options{
			BFF: "tv", Budget: settings.Budget, MaxBody: maxBody, Problem: problem.Write,
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
		Title:       "storefront: TV BFF",
		Description: "Pages for TV apps. A page shows what can be had: `degraded` says what is not fresh.",
		Version:     "1.0.0",
	}, toProblem)

	rest.Page(api, rest.Route{
		Path: "/api/browse/{user_id}", Name: "Browse", MaxAge: settings.MaxAge, NoSubject: true,
		Summary:     "Products for a user to browse",
		Description: "Up to 20 products recommended for the user, with large pictures.",
		Sections:    []fanout.Section{browseProducts},
	}, b.browse)

	return api
}

// toProblem is the error wire of this BFF.
func toProblem(error) *problem.Details {
	return problem.Named(http.StatusServiceUnavailable, "nothing-to-show", "Nothing to show",
		"The products cannot be had just now. Please try again.")
}
