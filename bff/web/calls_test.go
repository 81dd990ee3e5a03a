package web_test

import (
	"net/http"
	"testing"

	"storefront/bff/bfftest"
	"storefront/bff/web"
	"storefront/upstream"
)

// TestCallsAreAsDeclared: the lock, which is written with that of the documents
// in package graph, is true of the routes.
func TestCallsAreAsDeclared(t *testing.T) {
	t.Parallel()
	bfftest.CallsAreAsDeclared(t, routes, web.New(nil).Routes(new(web.Settings), nothing(), nothing()).Bounds())
}

func routes(services upstream.Services) http.Handler {
	return web.New(services).Routes(new(web.Settings), nothing(), nothing())
}

func nothing() http.Handler { return http.NotFoundHandler() }
