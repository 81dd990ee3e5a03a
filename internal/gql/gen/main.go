// Command gen makes a schema's Go code: all that gqlgen makes, and projections
// for the fields that need no resolver (see storefront/internal/gql).
//
//	go run ./internal/gql/gen gqlgen.yml
package main

import (
	"fmt"
	"os"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
)

func main() {
	if err := generate(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func generate(files []string) error {
	for _, file := range files {
		settings, err := config.LoadConfig(file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}

		if err = api.Generate(settings, api.AddPlugin(projections{})); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}

	return nil
}
