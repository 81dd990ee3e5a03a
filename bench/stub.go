package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"storefront/bench/internal/stub"
)

// maxDelay is the longest that the stub may take for an answer.
const maxDelay = 10 * time.Second

// runStub serves the stub until ctx ends.
func runStub(ctx context.Context, args []string, stdout io.Writer) error {
	const users, maxUsers, maxPlaces = 10_000, 1_000_000, 1_000_000

	flags := newOptions("stub")
	count := flags.count("users", users, maxUsers, "how many users there are, user_1 and so on")
	delay := flags.duration("delay", 0, 0, maxDelay, "how long each answer takes")
	places := flags.upTo("places", maxPlaces, "how many answers each service makes at a time, 0 for any number")
	cacheControl := flags.flags.String("cache-control", "no-store", "Cache-Control of each answer")
	tags := flags.flags.Bool("tags", false, "give each answer an ETag, and honour If-None-Match")

	if err := flags.parse(args); err != nil {
		return err
	}

	services, err := stub.New(stub.Options{Users: *count, Delay: *delay, Places: *places, CacheControl: *cacheControl, Tags: *tags})
	if err != nil {
		return fmt.Errorf("making the answers: %w", err)
	}

	if err = services.Serve(ctx, stdout); err != nil {
		return fmt.Errorf("serving: %w", err)
	}

	return nil
}
