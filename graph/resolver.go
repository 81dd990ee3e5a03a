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

//go:generate go tool gqlgen generate

// Resolver is the root of all resolvers. It holds nothing: what an operation
// needs is in its page.
type Resolver struct{}

type pageKey struct{}

func withPage(ctx context.Context, page *web.Page) context.Context {
	return context.WithValue(ctx, pageKey{}, page)
}

// pageOf returns what was fetched for the operation of ctx.
func pageOf(ctx context.Context) *web.Page {
	page, _ := ctx.Value(pageKey{}).(*web.Page)

	return page
}
