package mobile_test

import (
	"net/http"
	"testing"

	"storefront/bff/bfftest"
	"storefront/bff/mobile"
	"storefront/upstream"
)

func TestCallsLock(t *testing.T) {
	t.Parallel()
	bfftest.CallsLock(t, "calls.lock", mobile.New(nil).Routes(new(mobile.Settings)).Bounds())
}

// TestCallsAreAsDeclared: the lock is true, neither too low nor too high.
func TestCallsAreAsDeclared(t *testing.T) {
	t.Parallel()
	bfftest.CallsAreAsDeclared(t, func(services upstream.Services) http.Handler {
		return mobile.New(services).Routes(new(mobile.Settings))
	}, mobile.New(nil).Routes(new(mobile.Settings)).Bounds())
}
