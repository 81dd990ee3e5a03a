// Command plainbff is the BFF that anybody would write by hand with net/http,
// errgroup and encoding/json, and no more: nothing is cached, shared, limited,
// measured or logged. Ours is compared with it.
//
// Each page has a port of its own, as with ours. The web page is the one over
// REST.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/sync/errgroup"

	"storefront/bench/peer/internal/serve"
	"storefront/bench/peer/internal/upstream"
)

// How much the pages show.
const (
	mobileProducts, mobileOrders = 5, 3
	webProducts, webOrders       = 10, 5
	tvProducts                   = 20
)

func main() { serve.Main(handlers(), nil) }

func handlers() map[string]http.Handler {
	p := &pages{client: upstream.New()}

	return map[string]http.Handler{
		"mobile": route("GET /api/dashboard/{id}", p.mobile),
		"web":    route("GET /api/dashboard/{id}", p.web),
		"tv":     route("GET /api/browse/{id}", p.tv),
	}
}

// route is a server of one page, made for the user of the path.
func route(pattern string, page func(ctx context.Context, id string) (any, error)) http.Handler {
	mux := http.NewServeMux()

	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		view, err := page(r.Context(), r.PathValue("id"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)

			return
		}

		body, err := json.Marshal(view)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)

			return
		}

		serve.JSON(w, body)
	})

	return mux
}

type pages struct{ client *upstream.Client }

func (p *pages) mobile(ctx context.Context, id string) (any, error) {
	view, err := dashboardOf[mobileUser, mobileProduct, mobileOrder](ctx, p.client, id)
	view.Products, view.Orders = first(view.Products, mobileProducts), first(view.Orders, mobileOrders)

	return view, err
}

func (p *pages) web(ctx context.Context, id string) (any, error) {
	view, err := dashboardOf[user, product, order](ctx, p.client, id)
	view.Products, view.Orders = first(view.Products, webProducts), first(view.Orders, webOrders)

	return view, err
}

func (p *pages) tv(ctx context.Context, id string) (any, error) {
	var products []tvSource

	err := get(ctx, p.client, p.client.Product+"/products?user_id="+id, &products)
	view := browse{Products: make([]tvProduct, 0, tvProducts)}

	for _, product := range first(products, tvProducts) {
		image, found := strings.CutSuffix(product.Image, ".jpg")
		if found {
			image += "_hd.jpg"
		}

		view.Products = append(view.Products, tvProduct{
			ID: product.ID, Name: product.Name, Price: product.Price, ImageHD: image, Rating: product.Rating,
		})
	}

	return view, err
}

// dashboardOf calls all services side by side.
func dashboardOf[U, P, O any](ctx context.Context, client *upstream.Client, id string) (dashboard[U, P, O], error) {
	var view dashboard[U, P, O]

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return get(ctx, client, client.User+"/users/"+id, &view.User) })
	group.Go(func() error { return get(ctx, client, client.Product+"/products?user_id="+id, &view.Products) })
	group.Go(func() error { return get(ctx, client, client.Order+"/orders?user_id="+id, &view.Orders) })

	err := group.Wait()

	return view, err //nolint:wrapcheck // It says which call failed.
}

// get calls a service and decodes what it says.
func get(ctx context.Context, client *upstream.Client, url string, to any) error {
	body, err := client.Read(ctx, url)
	if err == nil {
		err = json.Unmarshal(body, to)
	}

	if err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}

	return nil
}

func first[T any](list []T, most int) []T { return list[:min(most, len(list))] }
