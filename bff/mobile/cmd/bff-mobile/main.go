// Command bff-mobile is the mobile BFF alone, over services run elsewhere.
package main

import (
	"cmp"
	"context"
	"os"

	"storefront/bff/mobile"
	"storefront/internal/config"
	"storefront/internal/serve"
	"storefront/upstream"
)

func main() {
	os.Exit(serve.Main(serve.Program{Name: "bff-mobile", About: "The mobile BFF alone.", Declare: declare}))
}

func declare(env *config.Env) serve.Build {
	settings, upstreams := mobile.Declare(env), upstream.Declare(env, upstream.User, upstream.Product, upstream.Order)

	return func(_ context.Context, app *serve.App) error {
		_, wrong := upstreams.Follow(app, "")
		server, err := mobile.Server(settings, upstreams, app)
		app.Add(server)

		return cmp.Or(wrong, err)
	}
}
