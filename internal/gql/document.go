package gql

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// maxConditions is how many variables in @skip and @include a document may
	// have for what is compiled from it to be kept.
	maxConditions = 16
	// maxVariants is how many outcomes of these conditions are kept.
	maxVariants = 8
)

// document is a validated document with what is worked out from it once.
type document struct {
	ast *ast.QueryDocument
	// conditions are the variables that decide what is selected.
	conditions []string
	operations []*known
}

// known is what is worked out of one operation of a document.
type known struct {
	definition *ast.OperationDefinition
	weight     atomic.Int64 // plus one; 0 is not known yet

	mu       sync.RWMutex
	variants map[uint32]*variant
}

// variant is an operation whose conditions are decided: what it selects depends
// on nothing any more.
type variant struct {
	plans plans
	whole onced[values]

	outline  onced[any]
	cacheFor onced[hint]
}

// onced is a value that is made when it is asked for the first time.
type onced[T any] struct {
	once  sync.Once
	value T
}

func (o *onced[T]) get(makeIt func() T) T {
	o.once.Do(func() { o.value = makeIt() })

	return o.value
}

func newDocument(parsed *ast.QueryDocument) *document {
	d := &document{ast: parsed}

	for _, operation := range parsed.Operations {
		d.operations = append(d.operations, &known{definition: operation, variants: map[uint32]*variant{}})
		d.addConditions(operation.SelectionSet)
	}

	for _, fragment := range parsed.Fragments {
		d.addConditions(fragment.SelectionSet)
	}

	return d
}

// addConditions notes the variables in @skip and @include below set.
func (d *document) addConditions(set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			d.addVariables(selection.Directives)
			d.addConditions(selection.SelectionSet)
		case *ast.InlineFragment:
			d.addVariables(selection.Directives)
			d.addConditions(selection.SelectionSet)
		case *ast.FragmentSpread: // its selections are looked at where it is defined
			d.addVariables(selection.Directives)
		}
	}
}

func (d *document) addVariables(directives ast.DirectiveList) {
	for _, directive := range directives {
		if !isCondition(directive) {
			continue
		}

		for _, argument := range directive.Arguments {
			if argument.Value.Kind == ast.Variable && !slices.Contains(d.conditions, argument.Value.Raw) {
				d.conditions = append(d.conditions, argument.Value.Raw)
			}
		}
	}
}

// isCondition reports whether directive is one of those that the executor
// decides while it collects fields.
func isCondition(directive *ast.Directive) bool {
	return directive.Name == "skip" || directive.Name == "include"
}

// operation returns what is known of an operation and of the variant that these
// variables make of it. condition names a variable that decides what is
// selected and is no Boolean; there is no variant then.
func (d *document) operation(op *graphql.OperationContext) (k *known, v *variant, condition string) {
	for _, k = range d.operations {
		if k.definition == op.Operation {
			break
		}
	}

	decided := uint32(0)

	for i, name := range d.conditions {
		value, given := op.Variables[name]
		yes, isBool := value.(bool)

		switch {
		case !isBool && (given || op.Operation.VariableDefinitions.ForName(name) != nil):
			return k, nil, name
		case yes && i < maxConditions:
			decided |= 1 << i
		}
	}

	if len(d.conditions) > maxConditions {
		return k, new(variant), ""
	}

	return k, k.variant(decided), ""
}

func (k *known) variant(decided uint32) *variant {
	k.mu.RLock()
	v := k.variants[decided]
	k.mu.RUnlock()

	if v != nil {
		return v
	}

	k.mu.Lock()
	defer k.mu.Unlock()

	if v = k.variants[decided]; v != nil {
		return v
	}

	v = new(variant)
	if len(k.variants) < maxVariants {
		k.variants[decided] = v
	}

	return v
}
