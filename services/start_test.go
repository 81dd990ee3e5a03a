package services_test

import (
	"context"
	"testing"

	"golang.org/x/sync/errgroup"

	"storefront/services/order"
	"storefront/services/product"
	"storefront/services/user"
)

// BenchmarkFirstStart is how long three new services take until all are ready.
func BenchmarkFirstStart(b *testing.B) {
	for b.Loop() {
		openAll(b, b.TempDir())
	}
}

// BenchmarkLaterStart is the same with the data of an earlier run.
func BenchmarkLaterStart(b *testing.B) {
	dir := b.TempDir()
	openAll(b, dir)
	for b.Loop() {
		openAll(b, dir)
	}
}

// openAll opens the services side by side, as server.go does, and closes them.
func openAll(tb testing.TB, dir string) {
	tb.Helper()
	var all errgroup.Group
	all.Go(func() error { return openOne(tb.Context(), dir, user.Open) })
	all.Go(func() error { return openOne(tb.Context(), dir, product.Open) })
	all.Go(func() error { return openOne(tb.Context(), dir, order.Open) })
	if err := all.Wait(); err != nil {
		tb.Fatal(err)
	}
}

func openOne[S interface{ Close() error }](ctx context.Context, dir string, open func(context.Context, string) (S, error)) error {
	service, err := open(ctx, dir)
	if err != nil {
		return err
	}
	return service.Close()
}
