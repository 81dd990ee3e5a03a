package api

//go:generate go -C ../../.. run ./internal/gql/gen bench/posts/gqlgen.yml

// Resolver is the root of all resolvers; what they look up is in the page.
type Resolver struct{}

const greeting = "Hello World!"
