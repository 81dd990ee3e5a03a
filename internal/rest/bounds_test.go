package rest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/fanout"
	"storefront/internal/problem"
	"storefront/internal/rest"
)

func TestBounds(t *testing.T) {
	t.Parallel()

	api := rest.New(rest.NewEngine(problem.Write), rest.Info{Title: "shelves"}, toProblem)
	rest.Page(api, rest.Route{
		Path: "/api/shelf/{user_id}", Name: "Shelf", Sections: []fanout.Section{{Name: "owner"}, {Name: "books", Calls: 2, Wave: 2}},
	}, whole)

	if diff := cmp.Diff(map[string]fanout.Bound{"GET /api/shelf/{user_id}": {Calls: 3, Waves: 2}}, api.Bounds()); diff != "" {
		t.Error(diff)
	}
}

// TestUndeclaredSection: a page with a section that its route does not declare
// is a mistake in the program, and found by the first test of the page.
func TestUndeclaredSection(t *testing.T) {
	t.Parallel()

	defer func() {
		if said, _ := recover().(string); !strings.Contains(said, "/api/shelf/{user_id} does not declare section shadows") {
			t.Errorf("said %q", said)
		}
	}()

	get(t, newAPI(func(context.Context, shelfInput) (shelfView, fanout.Report, error) {
		return wholeShelf(), fanout.Report{{Section: "owner"}, {Section: "shadows"}}, nil
	}), "/api/shelf/u")
}
