package services

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"

	"golang.org/x/sync/errgroup"

	"storefront/internal/serve"
	"storefront/services/legacy"
	"storefront/services/order"
	"storefront/services/product"
	"storefront/services/user"
)

// service is what all services have in common.
type service interface {
	Handler() http.Handler
	Close() error
}

// opener opens a service over its data in a folder.
type opener func(ctx context.Context, dir string) (service, error)

// Before puts something before the handler of the service of that name. It is
// called from several goroutines at once.
type Before func(name string, handler http.Handler) http.Handler

// Options say what is embedded, and how.
type Options struct {
	// Names are the services to embed: "user", "product", "order", "customer" (the
	// legacy customer system) and "monolith".
	Names []string
	// Dir is the folder of their data, see [Folder].
	Dir string
	// Before stands before each of them.
	Before Before
	// Elsewhere are the base URLs of services that are not embedded, by name: the
	// monolith links to the pictures of "user" and "product", wherever they are.
	Elsewhere map[string]string
}

// Embed runs the named services inside app, each on a loopback port of its own,
// and returns their base URLs by name. The legacy systems listen at once and are
// opened, that is created and filled, by their first request or soon after.
func Embed(ctx context.Context, app *serve.App, o Options) (map[string]string, error) {
	urls, err := o.embedShop(ctx, app)
	if err != nil {
		return nil, err
	}

	return urls, o.embedLegacy(ctx, app, urls)
}

// embedShop opens the shop's services side by side.
func (o Options) embedShop(ctx context.Context, app *serve.App) (map[string]string, error) {
	var (
		mu    sync.Mutex
		group errgroup.Group
	)

	urls := make(map[string]string, len(o.Names))

	for _, name := range o.Names {
		if isLegacy(name) {
			continue
		}

		group.Go(func() error {
			opened, err := openShop(ctx, name, o.Dir)
			if err != nil {
				return fmt.Errorf("embedded %s service: %w", name, err)
			}

			base, err := app.Embed(ctx, name+" service", o.Before(name, opened.Handler()), opened.Close)
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

// openShop opens the shop's service of that name.
func openShop(ctx context.Context, name, dir string) (service, error) {
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

func isLegacy(name string) bool { return name == "customer" || name == "monolith" }

// embedLegacy lets the legacy systems listen, and adds them to the base URLs of
// the services that are embedded.
func (o Options) embedLegacy(ctx context.Context, app *serve.App, urls map[string]string) error {
	for _, name := range o.Names {
		if !isLegacy(name) {
			continue
		}

		title, open, err := o.legacy(name, urls)
		if err != nil {
			return err
		}

		l := newLazy(ctx, app.Log, title, func(ctx context.Context) (service, error) { return open(ctx, o.Dir) })

		if urls[name], err = app.Embed(ctx, title, o.Before(name, l.Handler()), l.Close); err != nil {
			return err
		}
	}

	return nil
}

// legacy says what the legacy system of that name is called, and opens it.
func (o Options) legacy(name string, urls map[string]string) (title string, open opener, err error) {
	if name == "customer" {
		return "legacy customer system", func(ctx context.Context, dir string) (service, error) { return legacy.OpenCustomer(ctx, dir) }, nil
	}

	pictures := legacy.Pictures{
		Users:    cmp.Or(urls["user"], o.Elsewhere["user"]),
		Products: cmp.Or(urls["product"], o.Elsewhere["product"]),
	}
	if pictures.Users == "" || pictures.Products == "" {
		return "", nil, errPictures
	}

	return name, func(ctx context.Context, dir string) (service, error) { return legacy.OpenMonolith(ctx, dir, pictures) }, nil
}

var errPictures = errors.New("embedded monolith: it has to know where the user and the product service are, which have its pictures")

// Folder makes the folder of the services' data, which is dir, or a fresh
// temporary one that goes when app stops.
func Folder(app *serve.App, dir string) (string, error) {
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
