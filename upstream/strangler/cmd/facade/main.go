// Command facade is the strangler facade alone, over systems run elsewhere.
package main

import (
	"context"
	"os"

	"storefront/internal/config"
	"storefront/internal/serve"
	"storefront/upstream"
	"storefront/upstream/strangler"
)

func main() {
	os.Exit(serve.Main(serve.Program{Name: "facade", About: "The strangler facade alone, for clients of the old API.", Declare: declare}))
}

func declare(env *config.Env) serve.Build {
	settings, upstreams := strangler.DeclareFacadeAlone(env), upstream.DeclareMoving(env, upstream.User, upstream.Product, upstream.Order)

	return func(_ context.Context, app *serve.App) error {
		table, err := upstreams.Follow(app, "")
		if err == nil {
			settings.Serve(table, app)
		}

		return err
	}
}
