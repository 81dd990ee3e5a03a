// Command bff-web is the web BFF alone, over services run elsewhere.
package main

import (
	"cmp"
	"context"
	"os"

	"storefront/bff/web"
	"storefront/graph"
	"storefront/graph/playground"
	"storefront/internal/config"
	"storefront/internal/serve"
	"storefront/upstream"
)

func main() {
	os.Exit(serve.Main(serve.Program{Name: "bff-web", About: "The web BFF alone.", Declare: declare}))
}

func declare(env *config.Env) serve.Build {
	settings, upstreams := web.Declare(env), upstream.Declare(env, upstream.User, upstream.Product, upstream.Order, upstream.Customer)

	return func(_ context.Context, app *serve.App) error {
		_, wrong := upstreams.Follow(app, "")
		bff := web.Open(settings, upstreams, app)
		server, err := bff.Server(settings, upstreams, graph.NewHandler(bff, app.Tracer), playground.Handler())
		app.Add(server)

		return cmp.Or(wrong, err, upstreams.Allow(graph.Bounds()))
	}
}
