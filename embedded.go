package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"

	"golang.org/x/sync/errgroup"

	"storefront/internal/serve"
	"storefront/services/order"
	"storefront/services/product"
	"storefront/services/user"
	"storefront/upstream"
)

// service is what the embedded services have in common.
type service interface {
	Handler() http.Handler
	Close() error
}

// embed runs the services whose URL is not set, each on a loopback port of its
// own, and sets it.
func embed(ctx context.Context, app *serve.App, upstreams *upstream.Settings, dir string) error {
	open := map[upstream.Name]func(context.Context, string) (service, error){
		upstream.User:    func(ctx context.Context, dir string) (service, error) { return user.Open(ctx, dir) },
		upstream.Product: func(ctx context.Context, dir string) (service, error) { return product.Open(ctx, dir) },
		upstream.Order:   func(ctx context.Context, dir string) (service, error) { return order.Open(ctx, dir) },
	}
	for name := range open {
		if !upstreams.Missing(name) {
			delete(open, name)
		}
	}

	if len(open) == 0 {
		return nil
	}

	dir, err := dataFolder(app, dir)
	if err != nil {
		return err
	}

	var group errgroup.Group

	for name, open := range open {
		group.Go(func() error {
			opened, err := open(ctx, dir)
			if err != nil {
				return fmt.Errorf("embedded %s service: %w", name, err)
			}

			return serveEmbedded(ctx, app, upstreams, name, opened)
		})
	}

	return group.Wait() //nolint:wrapcheck // Wrapped above.
}

func serveEmbedded(ctx context.Context, app *serve.App, upstreams *upstream.Settings, name upstream.Name, opened service) error {
	base, err := app.Embed(ctx, string(name)+" service", opened.Handler(), opened.Close)
	if err != nil {
		return err //nolint:wrapcheck // It says which.
	}

	parsed, err := url.Parse(base)
	if err != nil {
		return fmt.Errorf("embedded %s service: %w", name, err)
	}

	upstreams.Set(name, parsed)

	return nil
}

// dataFolder returns the folder of the embedded services' data; a fresh one is
// removed when the program stops.
func dataFolder(app *serve.App, dir string) (string, error) {
	if dir != "" {
		const private = 0o700
		if err := os.MkdirAll(dir, private); err != nil {
			return "", fmt.Errorf("DATA_DIR: %w", err)
		}

		return dir, nil
	}

	dir, err := os.MkdirTemp("", "storefront-")
	if err != nil {
		return "", fmt.Errorf("temporary folder: %w", err)
	}

	app.Defer(func() error { return os.RemoveAll(dir) })

	return dir, nil
}
