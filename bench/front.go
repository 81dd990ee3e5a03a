package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"

	"storefront/bench/internal/front"
)

// runFront stands before a service until ctx ends.
func runFront(ctx context.Context, args []string, stdout io.Writer) (err error) {
	flags := newOptions("front")
	to := flags.flags.String("to", "", "base URL of the service")
	lie := flags.flags.Float64("lie", 0, "share of the answers that are wrong, 0 to 1")
	field := flags.flags.String("field", "location", "the field of theirs that is")
	seed := flags.flags.Uint64("seed", 1, "which ones follows from it")

	var base *url.URL

	flags.checks = append(flags.checks, func() (err error) {
		if base, err = url.Parse(*to); err != nil || base.Host == "" {
			return fmt.Errorf("%w: -to is %q but must be the URL of a service", errUsage, *to)
		}

		if !(*lie >= 0 && *lie <= 1) {
			return fmt.Errorf("%w: -lie is %v but must be 0 to 1", errUsage, *lie)
		}

		return nil
	})

	if err = flags.parse(args); err != nil {
		return err
	}

	f := front.New(front.Options{To: base, Lie: *lie, Field: *field, Seed: *seed})
	defer func() { err = errors.Join(err, f.Close()) }()

	if err = f.Serve(ctx, stdout); err != nil {
		return fmt.Errorf("serving: %w", err)
	}

	return nil
}
