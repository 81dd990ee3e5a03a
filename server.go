// Command storefront is `go run .`: the three BFFs, the operations port and the
// services that are not run elsewhere, in one process.
package main

import (
	"context"
	"os"
	"slices"

	"storefront/bff/mobile"
	"storefront/bff/tv"
	"storefront/bff/web"
	"storefront/graph"
	"storefront/graph/playground"
	"storefront/internal/config"
	"storefront/internal/problem"
	"storefront/internal/serve"
	"storefront/services"
	"storefront/upstream"
	"storefront/upstream/strangler"
	"storefront/upstream/upstreamtest/chaos"
)

func main() { os.Exit(serve.Main(program())) }

func program() serve.Program {
	return serve.Program{
		Name: "storefront", Declare: declare,
		About: "The web, mobile and TV BFFs, with the services behind them where none are set.",
	}
}

// declare says what the program is made of.
func declare(env *config.Env) serve.Build {
	var bffs []string

	all := []string{"web", "mobile", "tv"}
	env.List(&bffs, "BFF", all, all, "which BFFs are served")

	webSettings, mobileSettings, tvSettings := web.Declare(env), mobile.Declare(env), tv.Declare(env)
	upstreams := upstream.DeclareEmbeddable(env, upstream.User, upstream.Product, upstream.Order, upstream.Customer)

	facade := strangler.DeclareFacade(env)

	var dataDir string

	env.Path(&dataDir, "DATA_DIR", "a fresh temporary folder", "where the embedded services keep their data")

	return func(ctx context.Context, app *serve.App) error {
		dir, err := embed(ctx, app, upstreams, dataDir)
		if err != nil {
			return err
		}

		moving, err := upstreams.Follow(app, dir)
		if err != nil {
			return err
		}

		add := func(server serve.Server, wrong error) {
			app.Add(server)

			if err == nil {
				err = wrong
			}
		}

		if slices.Contains(bffs, "web") {
			err = upstreams.Allow(graph.Bounds())
			bff := web.Open(webSettings, upstreams, app)
			add(bff.Server(webSettings, upstreams, graph.NewHandler(bff, app.Tracer), playground.Handler()))
		}

		if slices.Contains(bffs, "mobile") {
			add(mobile.Server(mobileSettings, upstreams, app))
		}

		if slices.Contains(bffs, "tv") {
			add(tv.Server(tvSettings, upstreams, app))
		}

		facade.Serve(moving, app)

		return err
	}
}

// embed runs the services that are missing, behind what can break them, and
// returns the folder of their data.
func embed(ctx context.Context, app *serve.App, upstreams *upstream.Settings, dir string) (string, error) {
	dir, err := services.Folder(app, dir)
	if err != nil {
		return "", err
	}

	trouble := chaos.New(chaos.Options{Log: app.Log, Refuse: problem.Refuse})
	app.Defer(trouble.Close)

	embedded, err := services.Embed(ctx, app, services.Options{
		Names: upstreams.Missing(), Dir: dir, Before: trouble.Before, Elsewhere: upstreams.Known(),
	})
	if err != nil {
		return "", err
	}

	for pattern, handler := range trouble.Routes() {
		app.Ops(pattern, handler)
	}

	return dir, upstreams.Locate(embedded)
}
