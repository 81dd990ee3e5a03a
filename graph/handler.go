package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"go.opentelemetry.io/otel/attribute"

	"storefront/bff/web"
	"storefront/internal/telemetry"
)

// handler speaks GraphQL over HTTP.
type handler struct {
	bff       *web.BFF
	executor  *executor.Executor
	documents *documents
	tracer    *telemetry.Tracer
}

// NewHandler returns the handler of /graphql over bff.
func NewHandler(bff *web.BFF, tracer *telemetry.Tracer) http.Handler {
	known := newDocuments()

	exec := executor.New(NewExecutableSchema(Config{Schema: schema(), Resolvers: &Resolver{}}))
	exec.SetQueryCache(known)
	exec.SetParserTokenLimit(maxTokens)
	exec.SetErrorPresenter(present)
	exec.SetRecoverFunc(recovered)

	return &handler{bff: bff, executor: exec, documents: known, tracer: tracer}
}

// schema leaves out @defer, which the library offers by itself: an answer here
// is of one piece.
func schema() *ast.Schema {
	whole := *parsedSchema
	whole.Directives = maps.Clone(whole.Directives)
	delete(whole.Directives, "defer")

	return &whole
}

// answer is a response to one operation. Data is nil when it was not executed.
type answer struct {
	Errors     gqlerror.List   `json:"errors,omitempty"`
	Data       json.RawMessage `json:"data,omitempty"`
	Extensions map[string]any  `json:"extensions,omitempty"`
}

// execute runs one operation: parse and validate, look ahead, fetch, resolve.
func (h *handler) execute(ctx context.Context, params *graphql.RawParams) answer {
	if h.documents.repetitive(params.Query) {
		return tooMuch(fmt.Sprintf("a field of one name is selected more than %d times", maxRepeats))
	}

	ctx = graphql.StartOperationTrace(ctx)

	operation, errs := h.executor.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		return answer{Errors: badInput(errs)}
	}

	operation.DisableIntrospection = false

	// Before anything else walks the operation: it may be made to be long.
	if weigh(operation, usualLengths) > maxWeight {
		return tooMuch(tooManyValues())
	}

	plan, errs := look(operation)
	if len(errs) > 0 {
		return answer{Errors: badInput(errs)}
	}

	ctx, span := h.tracer.Start(ctx, "graphql "+operationName(operation), attribute.String("graphql.operation.type", string(operation.Operation.Operation)))
	defer span.End()

	page := h.bff.Load(ctx, plan)
	if lengths := page.Lengths(); lengths.Items > usualLengths.Items && weigh(operation, lengths) > maxWeight {
		return tooMuch(tooManyValues())
	}

	noted := new(notes)
	ctx = withNotes(withPage(ctx, page), noted)

	respond, ctx := h.executor.DispatchOperation(ctx, operation)

	response := respond(ctx)
	if response == nil {
		panic(http.ErrAbortHandler) // The library's way to say that the client is gone.
	}

	// Resolvers end in any order; the same answer should look the same.
	slices.SortStableFunc(response.Errors, func(a, b *gqlerror.Error) int { return comparePath(a.Path, b.Path) })

	result := answer{Errors: response.Errors, Data: response.Data}
	if list := noted.sorted(telemetry.RecordFrom(ctx)); len(list) > 0 {
		result.Extensions = map[string]any{"degraded": list}
	}

	return result
}

// tooMuch refuses an operation that would take too long or too much memory.
func tooMuch(why string) answer {
	return answer{Errors: badInput(gqlerror.List{gqlerror.Errorf("%s", why)})}
}

func tooManyValues() string {
	return fmt.Sprintf("the operation selects more than %d values", maxWeight)
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
