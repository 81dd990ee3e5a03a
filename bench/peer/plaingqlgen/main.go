// Command plaingqlgen is the BFF that anybody would make with gqlgen: its
// default handler, its generated code, resolvers that call the services with
// net/http and encoding/json, and a loader against N+1. Ours is compared with it.
//
// It is a module of its own, so that what it needs is nobody else's.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"

	"storefront/bench/peer/plaingqlgen/graph"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	const (
		queries       = 1000 // as in gqlgen's default server
		headerTimeout = 10 * time.Second
	)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	services := newServices()

	server := handler.New(graph.NewExecutableSchema(graph.Config{Resolvers: &resolver{services}}))
	server.AddTransport(transport.POST{})
	server.SetQueryCache(lru.New[*ast.QueryDocument](queries))

	mux := http.NewServeMux()
	mux.Handle("/graphql", services.withLoaders(server))

	failed := make(chan error, 1)

	var config net.ListenConfig

	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}

	go func() { failed <- (&http.Server{Handler: mux, ReadHeaderTimeout: headerTimeout}).Serve(listener) }()

	for _, name := range []string{"web", "posts"} {
		_, _ = fmt.Printf("  %s  http://%s\n", name, listener.Addr()) //nolint:forbidigo // That is how a program says where it listens.
	}

	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}
