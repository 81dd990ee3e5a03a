package services

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"sync"

	"golang.org/x/sync/errgroup"

	"storefront/internal/serve"
	"storefront/services/order"
	"storefront/services/product"
	"storefront/services/user"
)

// service is what all services have in common.
type service interface {
	Handler() http.Handler
	Close() error
}

// open opens the service of that name over its data in dir.
func open(ctx context.Context, name, dir string) (service, error) {
	switch name {
	case "user":
		return user.Open(ctx, dir)
	case "product":
		return product.Open(ctx, dir)
	case "order":
		return order.Open(ctx, dir)
	default:
		return nil, fmt.Errorf("there is no %s service", name) //nolint:err113 // A mistake in the program.
	}
}

// Before puts something before the handler of the service of that name. It is
// called from several goroutines at once.
type Before func(name string, handler http.Handler) http.Handler

// Embed runs the named services inside app, each on a loopback port of its own
// and behind before, and returns their base URLs by name. Their data is in dir;
// where dir is "", in a fresh temporary folder that goes when app stops.
func Embed(ctx context.Context, app *serve.App, names []string, dir string, before Before) (map[string]string, error) {
	urls := make(map[string]string, len(names))
	if len(names) == 0 {
		return urls, nil
	}

	dir, err := dataFolder(app, dir)
	if err != nil {
		return nil, err
	}

	var (
		mu    sync.Mutex
		group errgroup.Group
	)

	for _, name := range names {
		group.Go(func() error {
			opened, err := open(ctx, name, dir)
			if err != nil {
				return fmt.Errorf("embedded %s service: %w", name, err)
			}

			base, err := app.Embed(ctx, name+" service", before(name, opened.Handler()), opened.Close)
			if err != nil {
				return err
			}

			mu.Lock()
			defer mu.Unlock()

			urls[name] = base

			return nil
		})
	}

	return urls, group.Wait() //nolint:wrapcheck // Wrapped above.
}

// dataFolder makes the folder of the services' data.
func dataFolder(app *serve.App, dir string) (string, error) {
	if dir != "" {
		const private = 0o700
		if err := os.MkdirAll(dir, private); err != nil {
			return "", fmt.Errorf("folder for data: %w", err)
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
