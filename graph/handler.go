package graph

import (
	"context"
	"maps"
	"net/http"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"storefront/bff/web"
	"storefront/internal/fresh"
	"storefront/internal/gql"
	"storefront/internal/telemetry"
)

// NewHandler returns the handler of /graphql over bff.
func NewHandler(bff *web.BFF, tracer *telemetry.Tracer) http.Handler {
	return gql.NewHandler(service(bff, bff.MaxCalls(), tracer))
}

// pages fetches what a plan needs.
type pages interface {
	Load(ctx context.Context, plan *web.Plan) *web.Page
}

func service(from pages, maxCalls int, tracer *telemetry.Tracer) gql.Service {
	return gql.Service{
		Schema:  NewExecutableSchema(Config{Schema: schema(), Resolvers: &Resolver{}}),
		Types:   projected(),
		Present: present,
		Recover: recovered,
		Tracer:  tracer,
		Trusted: trusted(),
		Look: func(op *gql.Operation) (gql.Need, gqlerror.List) {
			// Before anything else walks the operation: it may be made to be long.
			if op.Weight(maxWeight, usualLength) > maxWeight {
				return nil, tooManyValues()
			}

			plan, errs := look(op, maxCalls)
			if len(errs) > 0 {
				return nil, errs
			}

			return &run{from: from, op: op, plan: plan}, nil
		},
	}
}

// schema leaves out @defer, which the library offers by itself: an answer here
// is of one piece.
func schema() *ast.Schema {
	whole := *parsedSchema
	whole.Directives = maps.Clone(whole.Directives)
	delete(whole.Directives, "defer")

	return &whole
}

// run is one operation on its way: its plan, then its page, and what is noted
// while it is executed.
type run struct {
	from  pages
	op    *gql.Operation
	plan  *web.Plan
	page  *web.Page
	notes notes
}

type runKey struct{}

func runOf(ctx context.Context) *run {
	r, _ := ctx.Value(runKey{}).(*run)

	return r
}

// Fetch gets the page that the resolvers look things up in.
func (r *run) Fetch(ctx context.Context) (context.Context, gqlerror.List) {
	r.page = r.from.Load(ctx, r.plan)

	if lengths := r.page.Lengths(); lengths.Items > usualItems && r.op.Weigh(maxWeight, lengthsOf(lengths)) > maxWeight {
		return ctx, tooManyValues()
	}

	r.notes.record = telemetry.RecordFrom(ctx)

	return context.WithValue(ctx, runKey{}, r), nil
}

// Outcome tells what is not fresh.
func (r *run) Outcome() gql.Outcome {
	list := r.notes.sorted()
	if len(list) == 0 {
		return gql.Outcome{}
	}

	return gql.Outcome{Degraded: true, Extensions: map[string]any{"degraded": list}}
}

// Terms are those of the page.
func (r *run) Terms() fresh.Terms { return r.page.Terms() }

func tooManyValues() gqlerror.List {
	return gqlerror.List{gqlerror.Errorf("the operation selects more than %d values", maxWeight)}
}
