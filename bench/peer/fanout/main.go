// Command fanout is the floor of a BFF on net/http that has nothing at hand: it
// calls the services that a page needs side by side, looks at nothing of what
// they say, and answers with bytes that were made before.
//
// ANSWERS names a folder of files NAME.json, see command fixed.
package main

import (
	"context"
	"net/http"
	"path"

	"golang.org/x/sync/errgroup"

	"storefront/bench/peer/internal/serve"
	"storefront/bench/peer/internal/upstream"
)

func main() { serve.Main(handlers()) }

func handlers() (map[string]http.Handler, error) {
	answers, err := serve.Answers()
	client := upstream.New()

	all := func(id string) []string {
		return []string{client.User + "/users/" + id, client.Product + "/products?user_id=" + id, client.Order + "/orders?user_id=" + id}
	}
	products := func(id string) []string { return []string{client.Product + "/products?user_id=" + id} }

	return map[string]http.Handler{
		"mobile": page(client, all, answers["mobile"]),
		"tv":     page(client, products, answers["tv"]),
		"web":    page(client, all, answers["web-rest"]),
	}, err
}

// page answers GET …/{user_id}.
func page(client *upstream.Client, urls func(id string) []string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := callAll(r.Context(), client, urls(path.Base(r.URL.Path))); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)

			return
		}

		serve.JSON(w, body)
	})
}

func callAll(ctx context.Context, client *upstream.Client, urls []string) error {
	group, ctx := errgroup.WithContext(ctx)

	for _, url := range urls {
		group.Go(func() error { return client.Discard(ctx, url) })
	}

	return group.Wait() //nolint:wrapcheck // It says which call failed.
}
