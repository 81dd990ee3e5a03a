// Package api is a schema of posts and their users, over one service.
package api

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"storefront/internal/fresh"
	"storefront/internal/gql"
	"storefront/internal/telemetry"
)

// NewHandler returns the endpoint over client.
func NewHandler(client *Client, tracer *telemetry.Tracer) http.Handler {
	return gql.NewHandler(service(func(ctx context.Context, read fields) *page { return load(ctx, client, read) }, tracer))
}

func service(load func(ctx context.Context, read fields) *page, tracer *telemetry.Tracer) gql.Service {
	return gql.Service{
		Schema:  NewExecutableSchema(Config{Resolvers: &Resolver{}}),
		Types:   projected(),
		Present: graphql.DefaultErrorPresenter,
		Recover: recovered,
		Tracer:  tracer,
		Look: func(op *gql.Operation) (gql.Need, gqlerror.List) {
			if op.Weight(maxWeight, length) > maxWeight {
				return nil, gqlerror.List{gqlerror.Errorf("the operation selects more than %d values", maxWeight)}
			}

			need, _ := op.Outline(func() any { return outline(op) }).(need)

			return &run{need: need, load: load}, nil
		},
	}
}

// projected are the projections of the schema with the fields that are looked up
// in the page.
func projected() gql.Types {
	p := newProjections()

	gql.LookMany(p.Query, "posts", p.Post, func(at gql.At, _ *gql.Root) ([]Post, bool) {
		fetched, _ := at.Context.Value(runKey{}).(*page)
		if fetched == nil || fetched.posts == nil || fetched.users != nil {
			return nil, false
		}

		return fetched.posts, true
	})
	gql.LookLeaf(p.Query, "greet", func(_ gql.At, dst []byte, _ *gql.Root) []byte { return gql.AppendString(dst, greeting) })

	return p.types()
}

// maxWeight bounds the values in an answer.
const maxWeight = 20_000

// length is how long the list of posts is taken to be.
func length(field *ast.Field, _ map[string]any) (length int, fixed bool) {
	const usual = 100

	if field.Name == "posts" {
		return usual, true
	}

	return 1, true
}

// recovered turns a panic of a resolver into an error of its field.
func recovered(ctx context.Context, v any) error {
	telemetry.RecordFrom(ctx).SetFault(fmt.Errorf("panic: %v\n%s", v, debug.Stack())) //nolint:err113 // For the log.

	return gqlerror.Errorf("internal error")
}

// need is what an operation selects of the posts.
type need struct {
	posts bool
	read  fields
}

func outline(op *gql.Operation) (n need) {
	selected := map[string]fields{"title": titles, "body": bodies, "user": users}

	for _, field := range op.Collect(op.Operation.SelectionSet, "Query") {
		if field.Name != "posts" {
			continue
		}

		n.posts = true

		for _, field := range op.Collect(field.Selections, "Post") {
			n.read |= selected[field.Name]
		}
	}

	return n
}

// run is one operation on its way.
type run struct {
	need need
	load func(ctx context.Context, read fields) *page
	page *page
}

type runKey struct{}

// Fetch gets the posts, and their users.
func (r *run) Fetch(ctx context.Context) (context.Context, gqlerror.List) {
	if r.need.posts {
		r.page = r.load(ctx, r.need.read)
	}

	return context.WithValue(ctx, runKey{}, r.page), nil
}

// Outcome is that nothing here is ever old.
func (r *run) Outcome() gql.Outcome { return gql.Outcome{} }

// Terms are that nothing is used again.
func (r *run) Terms() fresh.Terms { return fresh.Terms{} }
