package tv_test

import (
	"net/http"
	"testing"

	"storefront/bff/bfftest"
	"storefront/bff/tv"
	"storefront/upstream"
)

func TestCallsLock(t *testing.T) {
	t.Parallel()
	bfftest.CallsLock(t, "calls.lock", tv.New(nil).Routes(new(tv.Settings)).Bounds())
}

// TestCallsAreAsDeclared: the lock is true, neither too low nor too high.
func TestCallsAreAsDeclared(t *testing.T) {
	t.Parallel()
	bfftest.CallsAreAsDeclared(t, func(services upstream.Services) http.Handler {
		return tv.New(services).Routes(new(tv.Settings))
	}, tv.New(nil).Routes(new(tv.Settings)).Bounds())
}
