package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"go.opentelemetry.io/otel/attribute"

	"storefront/bff/web"
	"storefront/internal/telemetry"
)

const (
	// maxTokens bounds the work of parsing and validating a document. Some rules
	// of validation compare all pairs of fields.
	maxTokens = 1200
	// usualItems is how many items an order is taken to have before it is known.
	usualItems = 5
)

// handler speaks GraphQL over HTTP.
type handler struct {
	bff      *web.BFF
	executor *executor.Executor
	tracer   *telemetry.Tracer
}

// NewHandler returns the handler of /graphql over bff.
func NewHandler(bff *web.BFF, tracer *telemetry.Tracer) http.Handler {
	exec := executor.New(NewExecutableSchema(Config{Resolvers: &Resolver{}}))
	exec.SetQueryCache(newDocuments())
	exec.SetParserTokenLimit(maxTokens)
	exec.SetErrorPresenter(present)
	exec.SetRecoverFunc(recovered)

	return &handler{bff: bff, executor: exec, tracer: tracer}
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

	// Before anything else walks the operation: it may be made to be long.
	if weigh(operation, usualItems) > maxWeight {
		return tooMuch(), true
	}

	plan, errs := look(operation)
	if len(errs) > 0 {
		return answer{Errors: badInput(errs)}, true
	}

	ctx, span := h.tracer.Start(ctx, "graphql "+operationName(operation), attribute.String("graphql.operation.type", string(operation.Operation.Operation)))
	defer span.End()

	page := h.bff.Load(ctx, plan)
	if items := page.MostItems(); items > usualItems && weigh(operation, items) > maxWeight {
		return tooMuch(), true
	}

	noted := new(notes)
	ctx = withNotes(withPage(ctx, page), noted)

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

// tooMuch refuses an operation whose answer would be too large to be made.
func tooMuch() answer {
	return answer{Errors: badInput(gqlerror.List{gqlerror.Errorf("the operation selects more than %d values", maxWeight)})}
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
