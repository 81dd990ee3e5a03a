package main

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"storefront/upstream/upstreamtest"
)

// waitUntil waits until the services of shop have come to a state.
func waitUntil(t *testing.T, shop *upstreamtest.Shop, state func() bool) {
	t.Helper()

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()

	if err := shop.Until(ctx, state); err != nil {
		t.Fatal(err)
	}
}

// leave sends a request, and leaves without an answer once the services have
// come to a state. It returns the error that the client sees, nil when there was
// an answer all the same.
func (p *process) leave(t *testing.T, r request, when func() bool, shop *upstreamtest.Shop) error {
	t.Helper()

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)

	go func() {
		_, err := p.try(ctx, r)
		ended <- err
	}()

	waitUntil(t, shop, when)
	cancel()

	return <-ended
}

// waitForText waits until a log holds a text.
func waitForText(t *testing.T, log *output, text string) {
	t.Helper()

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()

	for {
		grew := log.more() // Before the look, lest a line slips through.
		if strings.Contains(log.String(), text) {
			return
		}

		select {
		case <-grew:
		case <-ctx.Done():
			t.Fatalf("no %q in the log:\n%s", text, log.String())
		}
	}
}

// renameUser1 changes the data of a user service that does not run.
func renameUser1(t *testing.T, file, name string) {
	t.Helper()

	db, err := sql.Open("sqlite", file) // The driver comes with the program.
	if err != nil {
		t.Fatal(err)
	}

	if _, err = db.ExecContext(t.Context(), `UPDATE users SET name = ? WHERE id = 'user_1'`, name); err != nil {
		t.Error(err)
	}

	if err = db.Close(); err != nil {
		t.Error(err)
	}
}
