// Package graph is the web BFF's contract: its GraphQL schema, and how GraphQL
// is spoken over HTTP.
//
// It decides nothing about pages: before an operation is executed its
// selections are turned into a plan (lookahead.go), which bff/web fetches; the
// resolvers, one line each, then look up what is there.
package graph

import (
	"context"

	"storefront/bff/web"
)

//go:generate go -C .. run ./internal/gql/gen gqlgen.yml

// Resolver is the root of all resolvers. It holds nothing: what an operation
// needs is in its page.
type Resolver struct{}

// pageOf returns what was fetched for the operation of ctx; nil for none.
func pageOf(ctx context.Context) *web.Page {
	if run := runOf(ctx); run != nil {
		return run.page
	}

	return nil
}
