package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"go.opentelemetry.io/otel/attribute"

	"storefront/bff/web"
	"storefront/internal/telemetry"
)

const (
	// maxTokens bounds the work of parsing and validating a document.
	maxTokens = 4000
	// maxComplexity bounds the values in an answer: one for each field, times
	// the length of each list around it.
	maxComplexity = 20_000
	// cachedDocuments is how many parsed documents are kept.
	cachedDocuments = 1000
	// itemsPerOrder is how many items an order is taken to have.
	itemsPerOrder = 5
)

// handler speaks GraphQL over HTTP.
type handler struct {
	bff      *web.BFF
	executor *executor.Executor
	tracer   *telemetry.Tracer
}

// NewHandler returns the handler of /graphql over bff.
func NewHandler(bff *web.BFF, tracer *telemetry.Tracer) http.Handler {
	config := Config{Resolvers: &Resolver{}}
	config.Complexity = complexity()

	exec := executor.New(NewExecutableSchema(config))
	exec.SetQueryCache(lru.New[*ast.QueryDocument](cachedDocuments))
	exec.SetParserTokenLimit(maxTokens)
	exec.SetErrorPresenter(present)
	exec.SetRecoverFunc(recovered)
	exec.Use(extension.FixedComplexityLimit(maxComplexity))

	return &handler{bff: bff, executor: exec, tracer: tracer}
}

// complexity counts a list as often as it is long.
func complexity() (c ComplexityRoot) {
	list := func(child int, first int64) int { return 1 + child*int(max(1, min(first, maxFirst))) }
	c.Dashboard.RecommendedProducts = list
	c.Dashboard.RecentOrders = list
	c.User.RecommendedProducts = list
	c.User.Orders = list
	c.Order.Items = func(child int) int { return 1 + child*itemsPerOrder }

	return c
}

// answer is a response to one operation. Data is nil when it was not executed.
type answer struct {
	Errors     gqlerror.List   `json:"errors,omitempty"`
	Data       json.RawMessage `json:"data,omitempty"`
	Extensions map[string]any  `json:"extensions,omitempty"`
}

// execute runs one operation: parse and validate, look ahead, fetch, resolve.
// ok is false when the client is gone.
func (h *handler) execute(ctx context.Context, params *graphql.RawParams) (result answer, ok bool) {
	ctx = graphql.StartOperationTrace(ctx)

	operation, errs := h.executor.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		return answer{Errors: badInput(errs)}, true
	}

	operation.DisableIntrospection = false

	plan, errs := look(operation)
	if len(errs) > 0 {
		return answer{Errors: badInput(errs)}, true
	}

	ctx, span := h.tracer.Start(ctx, "graphql "+operationName(operation), attribute.String("graphql.operation.type", string(operation.Operation.Operation)))
	defer span.End()

	noted := new(notes)
	ctx = withNotes(withPage(ctx, h.bff.Load(ctx, plan)), noted)

	respond, ctx := h.executor.DispatchOperation(ctx, operation)

	response := respond(ctx)
	if response == nil {
		return answer{}, false
	}

	// Resolvers end in any order; the same answer should look the same.
	slices.SortStableFunc(response.Errors, func(a, b *gqlerror.Error) int { return comparePath(a.Path, b.Path) })

	result = answer{Errors: response.Errors, Data: response.Data}
	if list := noted.sorted(telemetry.RecordFrom(ctx)); len(list) > 0 {
		result.Extensions = map[string]any{"degraded": list}
	}

	return result, true
}

// operationName names an operation in a trace, in bounded length.
func operationName(operation *graphql.OperationContext) string {
	const longest = 64

	name := operation.Operation.Name
	if name == "" {
		return "anonymous"
	}

	return name[:min(len(name), longest)]
}
