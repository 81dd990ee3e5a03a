// Command bff-tv is the TV BFF alone, over services run elsewhere.
package main

import (
	"cmp"
	"context"
	"os"

	"storefront/bff/tv"
	"storefront/internal/config"
	"storefront/internal/serve"
	"storefront/upstream"
)

func main() {
	os.Exit(serve.Main(serve.Program{Name: "bff-tv", About: "The TV BFF alone.", Declare: declare}))
}

func declare(env *config.Env) serve.Build {
	settings, upstreams := tv.Declare(env), upstream.Declare(env, upstream.Product)

	return func(_ context.Context, app *serve.App) error {
		_, wrong := upstreams.Follow(app, "")
		server, err := tv.Server(settings, upstreams, app)
		app.Add(server)

		return cmp.Or(wrong, err)
	}
}
