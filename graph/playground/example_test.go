package playground_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"storefront/graph/playground"
)

func TestExamples(t *testing.T) {
	t.Parallel()

	for _, example := range playground.Examples() {
		t.Run(example.Name, func(t *testing.T) {
			t.Parallel()

			document, err := parser.ParseQuery(&ast.Source{Name: example.Name, Input: example.Query})
			if err != nil {
				t.Fatal(err)
			}

			if len(document.Operations) != 1 || document.Operations[0].Name != example.Name {
				t.Fatalf("want one operation, %s: %s", example.Name, example.Query)
			}

			if !strings.HasPrefix(example.Query, "# ") {
				t.Error("no comment at its head says what it shows")
			}

			checkVariables(t, example, document.Operations[0].VariableDefinitions)
		})
	}
}

// checkVariables wants a value for every variable, and a variable for every
// value: a reader copies both.
func checkVariables(t *testing.T, example playground.Example, declared ast.VariableDefinitionList) {
	t.Helper()

	given := map[string]any{}
	if example.Variables != "" {
		if err := json.Unmarshal([]byte(example.Variables), &given); err != nil {
			t.Fatal(err)
		}
	}

	if len(given) != len(declared) {
		t.Errorf("%d variables declared, %d given", len(declared), len(given))
	}

	for name := range given {
		if declared.ForName(name) == nil {
			t.Errorf("$%s is given and not declared", name)
		}
	}
}

// GraphiQL 4 opens with the first tab and leaves its variables empty.
func TestFirstExampleRunsAsItStands(t *testing.T) {
	t.Parallel()

	if first := playground.Examples()[0]; first.Variables != "" {
		t.Errorf("%s takes variables", first.Name)
	}
}
