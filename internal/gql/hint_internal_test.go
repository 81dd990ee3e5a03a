package gql

import (
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	gqlparser "github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

const hinted = `
directive @cacheControl(maxAge: Int, scope: CacheControlScope) on FIELD_DEFINITION | OBJECT
enum CacheControlScope { PUBLIC PRIVATE }
type Query { shop: Shop me: Me @cacheControl(maxAge: 100) plain: Plain word: String @cacheControl(maxAge: 5) other: String }
type Shop @cacheControl(maxAge: 60) { name: String stock: Int @cacheControl(maxAge: 10) owner: Me plain: Plain }
type Me @cacheControl(maxAge: 30, scope: PRIVATE) { name: String secret: String @cacheControl(scope: PRIVATE) shop: Shop }
type Plain { name: String shop: Shop }
`

// TestHint: the smallest maxAge of all that is selected, and PRIVATE if anything
// is.
func TestHint(t *testing.T) {
	t.Parallel()

	schema, err := gqlparser.LoadSchema(&ast.Source{Input: hinted})
	if err != nil {
		t.Fatal(err)
	}

	const private, public = false, true

	for text, want := range map[string]hint{
		`{shop{name}}`:       {60 * time.Second, public},
		`{shop{name stock}}`: {10 * time.Second, public},
		`{shop{name @skip(if:true) stock __typename}}`: {10 * time.Second, public},
		`{shop{stock @include(if:false) name}}`:        {60 * time.Second, public},
		`{shop{...F}} fragment F on Shop{... {stock}}`: {10 * time.Second, public},
		`{me{name}}`:                       {100 * time.Second, private}, // the field's own hint before its type's
		`{shop{owner{name}}}`:              {30 * time.Second, private},
		`{shop{plain{name}}}`:              {60 * time.Second, public}, // inherited through a type without a hint
		`{plain{shop{name}}}`:              {0, public},
		`{word}`:                           {5 * time.Second, public},
		`{word other}`:                     {0, public},
		`{word __schema{queryType{name}}}`: {0, public},
		`{__typename}`:                     {},
	} {
		document, errs := gqlparser.LoadQueryWithRules(schema, text, rules.NewDefaultRules())
		if len(errs) > 0 {
			t.Fatal(errs)
		}

		op := &graphql.OperationContext{Doc: document, Operation: document.Operations[0]}
		if got := readHints(schema).of(op); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}
