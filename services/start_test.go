package services_test

import (
	"context"
	"testing"

	"golang.org/x/sync/errgroup"

	"storefront/services/legacy"
	"storefront/services/order"
	"storefront/services/product"
	"storefront/services/user"
)

// opened are services that are opened side by side.
type opened []func(ctx context.Context, dir string) error

// shop are those that a start opens.
func shop() opened { return opened{once(user.Open), once(product.Open), once(order.Open)} }

// customer and monolith are opened by their first request.
func customer() opened { return opened{once(legacy.OpenCustomer)} }

func monolith() opened {
	return opened{once(func(ctx context.Context, dir string) (*legacy.Monolith, error) {
		return legacy.OpenMonolith(ctx, dir, legacy.Pictures{Users: "http://users.test", Products: "http://products.test"})
	})}
}

// BenchmarkFirstStart is how long three new services take until all are ready.
func BenchmarkFirstStart(b *testing.B) { benchmarkFirst(b, shop()) }

// BenchmarkLaterStart is the same with the data of an earlier run.
func BenchmarkLaterStart(b *testing.B) { benchmarkLater(b, shop()) }

// BenchmarkFirstAsked is how long the first request ever to a legacy system
// waits for it to be opened.
func BenchmarkFirstAsked(b *testing.B) {
	b.Run("customer", func(b *testing.B) { benchmarkFirst(b, customer()) })
	b.Run("monolith", func(b *testing.B) { benchmarkFirst(b, monolith()) })
}

// BenchmarkLaterAsked is the same with the data of an earlier run.
func BenchmarkLaterAsked(b *testing.B) {
	b.Run("customer", func(b *testing.B) { benchmarkLater(b, customer()) })
	b.Run("monolith", func(b *testing.B) { benchmarkLater(b, monolith()) })
}

func benchmarkFirst(b *testing.B, services opened) {
	b.Helper()
	for b.Loop() {
		services.open(b, b.TempDir())
	}
}

func benchmarkLater(b *testing.B, services opened) {
	b.Helper()
	dir := b.TempDir()
	services.open(b, dir)
	for b.Loop() {
		services.open(b, dir)
	}
}

// open opens the services side by side, as server.go does, and closes them.
func (o opened) open(tb testing.TB, dir string) {
	tb.Helper()
	var all errgroup.Group
	for _, open := range o {
		all.Go(func() error { return open(tb.Context(), dir) })
	}
	if err := all.Wait(); err != nil {
		tb.Fatal(err)
	}
}

// once opens a service and closes it.
func once[S interface{ Close() error }](open func(context.Context, string) (S, error)) func(context.Context, string) error {
	return func(ctx context.Context, dir string) error {
		service, err := open(ctx, dir)
		if err != nil {
			return err
		}
		return service.Close()
	}
}
