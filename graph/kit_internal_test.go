package graph

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"

	"storefront/bff/bfftest"
	"storefront/bff/web"
	"storefront/internal/gql"
	"storefront/internal/telemetry"
	"storefront/upstream"
	"storefront/upstream/upstreamtest"
)

// kept fetches each plan once, so that what is measured and compared is GraphQL.
type kept struct {
	bff   *web.BFF
	pages map[string]*web.Page
}

func newKept(tb testing.TB, shop *upstreamtest.Shop) *kept {
	tb.Helper()

	return &kept{bff: web.New(bfftest.Services(tb, shop, telemetry.NewMetrics())), pages: map[string]*web.Page{}}
}

// Load returns the page of an equal plan, if there was one.
func (k *kept) Load(ctx context.Context, plan *web.Plan) *web.Page {
	key := plan.String()
	if k.pages[key] == nil {
		k.pages[key] = k.bff.Load(ctx, plan)
	}

	return k.pages[key]
}

// still is a page that is there already.
type still struct {
	from pages
	page *web.Page
}

// Load returns the first page for all plans.
func (s *still) Load(ctx context.Context, plan *web.Plan) *web.Page {
	if s.page == nil {
		s.page = s.from.Load(ctx, plan)
	}

	return s.page
}

// ours is the endpoint as it is.
func ours(from pages) http.Handler {
	return gql.NewHandler(service(from, upstream.DefaultMaxCalls, telemetry.NewTracer(nil)))
}

// partly is the endpoint with gqlgen above what is projected: what happens where
// something cannot be looked up.
func partly(from pages) http.Handler {
	part := service(from, upstream.DefaultMaxCalls, telemetry.NewTracer(nil))
	part.Types = newProjections().types()

	return gql.NewHandler(part)
}

// plainly is the endpoint with everything executed by gqlgen.
func plainly(from pages) http.Handler {
	plain := service(from, upstream.DefaultMaxCalls, telemetry.NewTracer(nil))
	plain.Types = nil

	return gql.NewHandler(plain)
}

// standard does what gqlgen's own server with its POST transport does.
func standard(from pages) http.Handler {
	exec := executor.New(NewExecutableSchema(Config{Resolvers: &Resolver{}}))
	exec.SetQueryCache(graphql.MapCache[*ast.QueryDocument]{})
	exec.SetErrorPresenter(present)

	var page *web.Page

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := graphql.StartOperationTrace(r.Context())
		start := graphql.Now()

		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}

		params := &graphql.RawParams{Headers: r.Header}
		if err = json.Unmarshal(body, params); err != nil {
			panic(err)
		}

		params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}

		operation, errs := exec.CreateOperationContext(ctx, params)
		if len(errs) > 0 {
			panic(errs)
		}

		if page == nil {
			page = from.Load(ctx, planOf(operation))
		}

		respond, ctx := exec.DispatchOperation(context.WithValue(ctx, runKey{}, &run{page: page}), operation)

		answer, err := json.Marshal(respond(ctx))
		if err != nil {
			panic(err)
		}

		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	})
}

// planOf is the plan of an operation outside our own handler.
func planOf(operation *graphql.OperationContext) *web.Plan {
	plan, errs := look(gql.NewOperation(operation), upstream.DefaultMaxCalls)
	if len(errs) > 0 {
		panic(errs)
	}

	return plan
}
