// Command posts is the schema of a well-known GraphQL benchmark on the pipe of
// the BFFs: posts with who wrote them, over a service that is asked anew for
// each rendering. Nothing is kept.
package main

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"time"

	"storefront/bench/posts/api"
	"storefront/internal/cache"
	"storefront/internal/config"
	"storefront/internal/problem"
	"storefront/internal/resilience"
	"storefront/internal/serve"
	"storefront/internal/telemetry"
)

func main() {
	os.Exit(serve.Main(serve.Program{Name: "bench-posts", About: "Posts with who wrote them, for benchmarks.", Declare: declare}))
}

const (
	name    = "posts"
	path    = "/graphql"
	budget  = 2 * time.Second
	maxBody = 100 << 10
)

func declare(env *config.Env) serve.Build {
	var (
		addr string
		base *url.URL
	)

	env.Addr(&addr, "POSTS_ADDR", "127.0.0.1:8090", "where posts are to be had: GraphQL")
	env.URL(&base, "POSTS_SERVICE_URL", "base URL of the posts service")

	return func(_ context.Context, app *serve.App) error {
		service := resilience.NewService(name, base.String(), app.Metrics.Upstream(name, name), resilience.Options{ //nolint:contextcheck // A circuit opens for all.
			Lean:      true,
			Transport: resilience.NewTransport(), AttemptTimeout: budget, LastGood: cache.NewLastGood(0, 1, 1), Tracer: app.Tracer,
		})

		app.Add(serve.Server{
			Name: name, Addr: addr, About: "posts: " + path,
			Handler: routes(api.NewHandler(api.NewClient(service), app.Tracer)),
			Options: serve.Options{
				BFF: name, Budget: budget, MaxBody: maxBody, Problem: problem.Write,
				Reuse: []serve.Reuse{{Prefix: path, ByAccept: true}},
			},
		})

		return nil
	}
}

// routes lets GET and POST of one path through.
func routes(graphql http.Handler) http.Handler {
	mux := http.NewServeMux()

	for _, method := range []string{http.MethodGet, http.MethodPost} {
		mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) {
			telemetry.RecordFrom(r.Context()).SetRoute(path)
			graphql.ServeHTTP(w, r)
		})
	}

	return mux
}
