package gqltest

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"storefront/internal/fresh"
	"storefront/internal/gql"
	"storefront/internal/telemetry"
)

// maker makes up trees with nulls everywhere, and operations over them.
type maker struct{ *rand.Rand }

func (m maker) leaf() *Leaf {
	if m.IntN(6) == 0 {
		return nil
	}

	leaf := &Leaf{Name: fmt.Sprintf("leaf\n%d", m.IntN(9)), ID: "i\"d", Size: m.IntN(99) - 50}
	if m.IntN(2) == 0 {
		leaf.Note = new("note")
	}

	return leaf
}

func (m maker) leaves() []*Leaf {
	if m.IntN(4) == 0 {
		return nil
	}

	leaves := make([]*Leaf, m.IntN(3))
	for i := range leaves {
		leaves[i] = m.leaf()
	}

	return leaves
}

func (m maker) node(depth int) *Node {
	if m.IntN(6) == 0 || depth == 0 {
		return nil
	}

	node := &Node{
		Name: "node", Color: AllColor[m.IntN(2)], Flag: m.IntN(2) == 0, Loud: "loud", Child: m.node(depth - 1), Must: m.leaf(),
		Leaves: m.leaves(), Gaps: m.leaves(), Words: []string{"a", "\t"}[:m.IntN(3)], Grid: [][]*Leaf{m.leaves()},
	}
	if m.IntN(2) == 0 {
		node.Tint, node.Count, node.Ratio, node.Echo = new(ColorGreen), new(m.IntN(9)), new(0.5), new(7)
	}

	if child := m.node(depth - 1); child != nil {
		node.Named, node.Thing = *child, child
	}

	return node
}

func (m maker) set(typeName string, depth int) string {
	leaves := map[string][]string{
		"Node": {"name", "color", "tint", "count", "flag", "ratio", "words", "loud", "echo(x:2)", "x:name", "__typename"},
		"Leaf": {"name", "id", "size", "note", "n:note", "__typename"}, "Named": {"name", "__typename"}, "Thing": {"__typename"},
	}[typeName]
	branches := map[string][][2]string{
		"Node": {
			{"child", "Node"},
			{"must", "Leaf"},
			{"leaves", "Leaf"},
			{"gaps", "Leaf"},
			{"grid", "Leaf"},
			{"named", "Named"},
			{"thing", "Thing"},
			{"asked", "Leaf"},
			{"c:child", "Node"},
		},
	}[typeName]

	var out strings.Builder

	for range 1 + m.IntN(4) {
		switch {
		case depth > 0 && len(branches) > 0 && m.IntN(2) == 0:
			branch := branches[m.IntN(len(branches))]
			out.WriteString(branch[0] + m.set(branch[1], depth-1) + " ")
		case m.IntN(6) == 0:
			on := []string{typeName, "Leaf", "Node"}[m.IntN(3)]
			if on != typeName && typeName != "Named" && typeName != "Thing" {
				on = typeName
			}

			out.WriteString("... on " + on + m.set(on, depth-1) + " ")
		default:
			out.WriteString(leaves[m.IntN(len(leaves))] + []string{"", "", "", "@skip(if:true)", "@include(if:true)"}[m.IntN(5)] + " ")
		}
	}

	return "{" + out.String() + "}"
}

func (m maker) operation() string {
	var out strings.Builder
	for i := range 1 + m.IntN(2) {
		fmt.Fprintf(&out, "r%d:%s%s ", i, []string{"root", "maybe", "many", "gaps"}[m.IntN(4)], m.set("Node", 3))
	}

	return "{" + out.String() + "}"
}

// TestDifferential: nulls where there must be none, and all that a projection
// leaves to gqlgen, give the same bytes as gqlgen alone, errors and paths too.
func TestDifferential(t *testing.T) {
	t.Parallel()

	const seeds = 800

	var null, refused int

	for seed := range uint64(seeds) {
		m := maker{rand.New(rand.NewPCG(seed, 3))} //nolint:gosec // To be the same each time.
		forest := []*Node{m.node(3), m.node(3)}[:m.IntN(3)]
		operation := m.operation()
		want := ask(t, forest, nil, operation)

		if strings.Contains(want, "must not be null") || strings.Contains(want, "which the schema does not allow") {
			null++
		}

		if strings.Contains(want, gql.CodeBadInput) {
			refused++
		}

		for name, types := range map[string]gql.Types{"generated": newProjections().types(), "with look-ups": projected()} {
			if got := ask(t, forest, types, operation); got != want {
				t.Fatalf("seed %d, %s: %s\ngot  %s\nwant %s", seed, name, operation, got, want)
			}
		}
	}

	if null < seeds/10 || refused > seeds/10 {
		t.Errorf("of %d answers %d have nulls that must not be, and %d are of operations that are wrong: the corpus says little", seeds, null, refused)
	}
}

func ask(t *testing.T, forest []*Node, types gql.Types, operation string) string {
	t.Helper()

	handler := gql.NewHandler(gql.Service{
		Schema:  NewExecutableSchema(Config{Resolvers: &Resolver{}, Directives: DirectiveRoot{Loud: loud}}),
		Types:   types,
		Present: graphql.DefaultErrorPresenter, Recover: graphql.DefaultRecover, Tracer: telemetry.NewTracer(nil),
		Look: func(*gql.Operation) (gql.Need, gqlerror.List) { return need{forest}, nil },
	})

	body, err := json.Marshal(map[string]string{"query": operation})
	if err != nil {
		t.Fatal(err)
	}

	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")

	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)

	return answer.Body.String()
}

type need struct{ forest []*Node }

func (n need) Fetch(ctx context.Context) (context.Context, gqlerror.List) {
	return context.WithValue(ctx, forestKey{}, n.forest), nil
}

func (need) Outcome() gql.Outcome { return gql.Outcome{} }

func (need) Terms() fresh.Terms { return fresh.Terms{} }
