package gql

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"storefront/internal/fresh"
)

// CodeBadInput is the code of an error that is the request's own fault.
const CodeBadInput = "BAD_USER_INPUT"

// answer is a response to one operation. Data is nil when it was not executed.
type answer struct {
	errors     gqlerror.List
	data       []byte
	extensions map[string]any
	written    *written // where data are from; nil from gqlgen

	// whole is true where nothing is missing or old; terms are on what terms the
	// answer may be given to others, and maxAge is how long a client may keep it.
	whole  bool
	terms  fresh.Terms
	maxAge time.Duration
}

// execute runs one operation: parse and validate, look ahead, fetch, resolve.
func (h *handler) execute(ctx context.Context, params *graphql.RawParams) answer {
	op, errs := h.open(ctx, params)
	if len(errs) > 0 {
		return answer{errors: BadInput(errs)}
	}

	need, errs := h.Look(op)
	if len(errs) > 0 {
		return answer{errors: BadInput(errs)}
	}

	inner, span := h.span(ctx, op)
	defer span.End()

	inner, errs = need.Fetch(inner)
	if len(errs) > 0 {
		return answer{errors: BadInput(errs)}
	}

	result := h.run(inner, op)
	outcome := need.Outcome()
	result.extensions = outcome.Extensions

	if len(result.errors) == 0 && !outcome.Degraded && op.Operation.Operation == ast.Query {
		h.whole(op, need, &result)
	}

	return result
}

func (h *handler) span(ctx context.Context, op *Operation) (context.Context, trace.Span) {
	return h.Tracer.Start(ctx, "graphql "+operationName(op), attribute.String("graphql.operation.type", string(op.Operation.Operation)))
}

// open parses and validates an operation, or finds it parsed and validated.
func (h *handler) open(ctx context.Context, params *graphql.RawParams) (*Operation, gqlerror.List) {
	var (
		made *graphql.OperationContext
		errs gqlerror.List
	)

	known := h.documents.get(params.Query)
	if known != nil {
		made, errs = h.reopen(known, params)
	} else {
		known, made, errs = h.validate(ctx, params)
	}

	if len(errs) > 0 {
		return nil, errs
	}

	op := &Operation{OperationContext: made}

	var condition string

	op.known, op.variant, condition = known.operation(made)
	if condition != "" {
		return nil, gqlerror.List{gqlerror.Errorf("$%s must be a Boolean", condition)}
	}

	return op, nil
}

// validate opens an operation of a document that is not known.
func (h *handler) validate(ctx context.Context, params *graphql.RawParams) (*document, *graphql.OperationContext, gqlerror.List) {
	if h.documents.repetitive(params.Query) {
		return nil, nil, gqlerror.List{gqlerror.Errorf("a field of one name is selected more than %d times", maxRepeats)}
	}

	at := new(slot)

	made, errs := h.validator.CreateOperationContext(withSlot(graphql.StartOperationTrace(ctx), at), params)
	if len(errs) > 0 {
		return nil, nil, errs
	}

	made.DisableIntrospection = false

	return at.found, made, nil
}

// reopen opens an operation of a known document, as the executor does.
func (h *handler) reopen(known *document, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	operation := known.ast.Operations.ForName(params.OperationName)
	if operation == nil {
		return nil, gqlerror.List{gqlerror.Errorf("operation %s not found", params.OperationName)}
	}

	variables, err := validator.VariableValues(h.Schema.Schema(), operation, params.Variables)
	if wrong, ok := errors.AsType[*gqlerror.Error](err); ok {
		return nil, gqlerror.List{wrong}
	}

	return &graphql.OperationContext{
		RawQuery: params.Query, OperationName: params.OperationName, Variables: variables, Doc: known.ast,
		Extensions: params.Extensions, Headers: params.Headers, Operation: operation, RecoverFunc: h.Recover,
		ResolverMiddleware:     func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) },
		RootResolverMiddleware: func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler { return next(ctx) },
	}, nil
}

// run writes an operation from what was fetched or, where it takes more than
// that, has gqlgen execute it.
func (h *handler) run(ctx context.Context, op *Operation) answer {
	if h.Types != nil {
		projector := &projector{types: h.Types, root: h.root, op: op}
		if written := projector.whole(ctx); written != nil {
			return answer{data: *written.json, written: written}
		}

		op.ResolverMiddleware = projector.field
	}

	response := h.dispatch(ctx, op)

	// Resolvers end in any order; the same answer should look the same.
	slices.SortStableFunc(response.Errors, func(a, b *gqlerror.Error) int { return ComparePath(a.Path, b.Path) })

	return answer{errors: response.Errors, data: response.Data}
}

// dispatch executes an operation, as the executor does: it has no extensions.
func (h *handler) dispatch(ctx context.Context, op *Operation) *graphql.Response {
	ctx = graphql.WithResponseContext(graphql.WithOperationContext(ctx, op.OperationContext), h.Present, h.Recover)

	respond := h.Schema.Exec(ctx)
	if ctx.Err() != nil {
		panic(http.ErrAbortHandler) // The client is gone.
	}

	response := respond(ctx)
	response.Errors = append(response.Errors, graphql.GetErrors(ctx)...)

	return response
}

// whole notes that nothing is missing in the answer, and on what terms it may be
// used again: those of all its parts, and as long as the schema says at most.
func (h *handler) whole(op *Operation, need Need, result *answer) {
	says := op.variant.cacheFor.get(func() hint { return h.hints.of(op.OperationContext) })

	result.whole, result.maxAge = true, says.maxAge
	if says.maxAge <= 0 {
		return
	}

	result.terms = need.Terms().For(says.maxAge)
	result.terms.Public = result.terms.Public && says.public

	if !result.terms.Until.IsZero() {
		result.maxAge = min(result.maxAge, time.Until(result.terms.Until))
	}
}

// BadInput gives errors of a request their code.
func BadInput(list gqlerror.List) gqlerror.List {
	for _, err := range list {
		err.Extensions = map[string]any{"code": CodeBadInput}
	}

	return list
}

// operationName names an operation in a trace, in bounded length.
func operationName(op *Operation) string {
	const longest = 64

	name := op.Operation.Name
	if name == "" {
		return "anonymous"
	}

	return name[:min(len(name), longest)]
}

// ComparePath puts two paths of one answer in the order of a reader.
func ComparePath(a, b ast.Path) int { return slices.CompareFunc(a, b, compareStep) }

// compareStep puts the steps of two paths in order: indexes by size, names by
// letter. At the same place of two paths of one answer both are of one kind.
func compareStep(a, b ast.PathElement) int {
	if a, ok := a.(ast.PathIndex); ok {
		if b, ok := b.(ast.PathIndex); ok {
			return cmp.Compare(a, b)
		}
	}

	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}
