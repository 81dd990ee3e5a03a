package graph

import (
	"context"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/gql"
	"storefront/internal/rest"
	"storefront/internal/telemetry"
)

// section is how a resolver returns what was fetched: the value, or the error
// that its absence is. What is not fresh is noted for `extensions.degraded`.
func section[T any](ctx context.Context, v fresh.Value[T]) (T, error) {
	if v.State == fresh.Fresh {
		return v.Of, nil
	}

	if v.Reason != fault.NotFound {
		runOf(ctx).notes.add(ctx, v.Status)
	}

	if v.State == fresh.Omitted {
		return v.Of, absence(v.Reason)
	}

	return v.Of, nil
}

// optional is section for what may not exist: that is null and no error.
func optional[T any](ctx context.Context, v fresh.Value[T]) (T, error) {
	if v.State == fresh.Omitted && v.Reason == fault.NotFound {
		return v.Of, nil
	}

	return section(ctx, v)
}

// degraded is one entry of `extensions.degraded`.
type degraded struct {
	Path       ast.Path `json:"path"`
	State      string   `json:"state"`
	Reason     string   `json:"reason"`
	AgeSeconds *int     `json:"age_seconds,omitempty"`

	field  string // the schema's name of the field, such as Dashboard.user
	status fresh.Status
}

// notes gathers what is not fresh in one answer. Resolvers run side by side.
type notes struct {
	record *telemetry.Record
	mu     sync.Mutex
	list   []degraded
}

func (n *notes) add(ctx context.Context, status fresh.Status) {
	field := graphql.GetFieldContext(ctx)

	n.mu.Lock()
	defer n.mu.Unlock()

	n.list = append(n.list, degraded{
		Path: field.Path(), State: status.State.String(), Reason: rest.Reason(status.Reason), AgeSeconds: rest.Age(status),
		field: field.Object + "." + field.Field.Name, status: status,
	})
}

// sorted returns the notes in the order of their paths, and records each field
// that is not fresh once.
func (n *notes) sorted() []degraded {
	slices.SortFunc(n.list, func(a, b degraded) int { return gql.ComparePath(a.Path, b.Path) })

	if len(n.list) == 0 {
		return nil
	}

	recorded := map[string]bool{}

	for _, d := range n.list {
		if !recorded[d.field] {
			recorded[d.field] = true
			n.record.AddDegraded(d.field, d.status)
		}
	}

	return n.list
}
