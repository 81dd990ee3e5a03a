package main

import (
	"context"
	"io"
	"time"

	"storefront/bench/internal/child"
	"storefront/bench/internal/profile"
)

// goroutines are those of a program that no kept connection needs.
func goroutines(ctx context.Context, process *child.Process) (busy profile.Goroutines, err error) {
	err = fetch(ctx, process.URL("ops")+"/debug/pprof/goroutine?debug=1", func(body io.Reader) error {
		all, err := profile.ReadGoroutines(body)
		busy = all.Busy()

		return err
	})

	return busy, err
}

// settle waits until a program has no more goroutines than it had before, and
// says which are left when it has not come to that in a few seconds. What is
// under way when the last answer is sent may take its budget to end.
func settle(ctx context.Context, process *child.Process, before profile.Goroutines) (left profile.Goroutines, err error) {
	const patience, pause = 5 * time.Second, 50 * time.Millisecond

	for begin := time.Now(); ; {
		now, err := goroutines(ctx, process)
		if err != nil || now.Total() <= before.Total() {
			return nil, err
		}

		if time.Since(begin) > patience {
			return now.More(before), nil
		}

		if !sleep(ctx, pause) {
			return nil, context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
		}
	}
}
