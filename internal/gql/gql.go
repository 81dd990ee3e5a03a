// Package gql is GraphQL over HTTP around gqlgen's executor, for any schema: the
// transport, documents that are parsed and validated once, guards against
// operations that cost too much, and projections, which write the parts of an
// answer that need no resolver.
//
// It knows no schema. What an operation needs before it is executed, and what
// became of it, a [Service] says.
package gql

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"storefront/internal/fresh"
	"storefront/internal/telemetry"
)

// Service is one schema, with what its operations need.
type Service struct {
	Schema graphql.ExecutableSchema
	// Types are the schema's projections; nil where gqlgen writes everything.
	Types Types
	// Present gives an error of a field its wire.
	Present graphql.ErrorPresenterFunc
	// Recover turns a panic of a resolver into an error of its field.
	Recover graphql.RecoverFunc
	// Look reads from an operation what it needs. Its errors are mistakes of the
	// whole request: nothing is fetched or executed then.
	Look   func(op *Operation) (Need, gqlerror.List)
	Tracer *telemetry.Tracer
	// Trusted are texts of documents that are parsed and validated at once, and
	// that a client may name by [DocumentID] instead of sending them.
	Trusted []string
}

// Need is what one operation needs, found out before a resolver runs.
type Need interface {
	// Fetch gets it and returns the context for the resolvers. Errors refuse the
	// operation, as those of Look do.
	Fetch(ctx context.Context) (context.Context, gqlerror.List)
	// Outcome says what became of it, once the operation is executed.
	Outcome() Outcome
	// Terms are on what terms all that was fetched may be used again. They are
	// asked for only of whole answers that the schema allows to be kept.
	Terms() fresh.Terms
}

// Outcome is what the needs of an executed operation came to.
type Outcome struct {
	// Extensions are the answer's `extensions`.
	Extensions map[string]any
	// Degraded is true where something in the answer is not fresh.
	Degraded bool
}

// handler speaks GraphQL over HTTP.
type handler struct {
	Service

	validator *executor.Executor
	documents *documents
	trusted   trusted
	hints     *hints
	root      *ast.Type // of queries
}

// NewHandler returns the endpoint of service.
func NewHandler(service Service) http.Handler {
	known := newDocuments()

	exec := executor.New(service.Schema)
	exec.SetQueryCache(known)
	exec.SetParserTokenLimit(maxTokens)
	exec.SetRecoverFunc(service.Recover)

	schema := service.Schema.Schema()

	return &handler{
		Service: service, validator: exec, documents: known, trusted: known.trust(schema, service.Trusted),
		hints: readHints(schema), root: ast.NonNullNamedType(schema.Query.Name, nil),
	}
}
