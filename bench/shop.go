package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"storefront/bench/internal/shop"
)

// runShop serves the services that can fail until ctx ends.
func runShop(ctx context.Context, args []string, stdout io.Writer) (err error) {
	if err = newOptions("shop").parse(args); err != nil {
		return err
	}

	services := shop.New() //nolint:contextcheck // What it starts ends with Close.
	defer func() { err = errors.Join(err, services.Close()) }()

	if err = services.Serve(ctx, stdout); err != nil {
		return fmt.Errorf("serving: %w", err)
	}

	return nil
}
