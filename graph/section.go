package graph

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"storefront/internal/fault"
	"storefront/internal/fresh"
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
		notesOf(ctx).add(ctx, v.Status)
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
	mu   sync.Mutex
	list []degraded
}

type notesKey struct{}

func withNotes(ctx context.Context, n *notes) context.Context {
	return context.WithValue(ctx, notesKey{}, n)
}

func notesOf(ctx context.Context) *notes {
	n, _ := ctx.Value(notesKey{}).(*notes)

	return n
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
func (n *notes) sorted(record *telemetry.Record) []degraded {
	slices.SortFunc(n.list, func(a, b degraded) int { return comparePath(a.Path, b.Path) })

	recorded := map[string]bool{}

	for _, d := range n.list {
		if !recorded[d.field] {
			recorded[d.field] = true
			record.AddDegraded(d.field, d.status)
		}
	}

	return n.list
}

// comparePath puts two paths of one answer in the order of a reader.
func comparePath(a, b ast.Path) int { return slices.CompareFunc(a, b, compareStep) }

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
