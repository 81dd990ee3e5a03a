package gql

import (
	"context"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// projector writes the subtrees of one operation that need no resolver: gqlgen
// calls the resolver above them, and gets back JSON in place of the value.
type projector struct {
	types Types
	root  *ast.Type // of queries
	op    *Operation
}

// field is a field middleware. What it cannot write it hands on as it is.
func (p *projector) field(ctx context.Context, resolve graphql.Resolver) (any, error) {
	value, err := resolve(ctx)
	if err != nil || value == nil {
		return value, err
	}

	at := graphql.GetFieldContext(ctx)
	if at == nil || at.Field.Field == nil || len(at.Field.Selections) == 0 {
		return value, nil
	}

	plan := p.op.variant.plans.get(p, at.Field)
	if plan == nil {
		return value, nil
	}

	if written := write(&Request{ctx, p.op.Variables}, plan, value, at.Field.Definition.Type); written != nil {
		return written, nil
	}

	return value, nil
}

// whole writes an operation of which everything is there to be looked up; nil
// where gqlgen has to execute it.
func (p *projector) whole(ctx context.Context) *written {
	plan := p.op.variant.whole.get(func() values {
		query, known := p.types[p.root.NamedType]
		if !known || p.op.Operation.Operation != ast.Query {
			return nil
		}

		return p.plan(query, &compiler{operation: p.op.OperationContext}, p.op.Operation.SelectionSet)
	})
	if plan == nil {
		return nil
	}

	return write(&Request{ctx, p.op.Variables}, plan, new(Root), p.root)
}

// plans are what was compiled of a variant of an operation. Few are added and
// many are read.
type plans struct {
	all   atomic.Pointer[map[*ast.Field][]planned]
	mu    sync.Mutex // for those who add
	steps int        // in all plans
}

// planned is the plan of a field with these selections; nil where gqlgen has to
// execute them. One field can have several: with a fragment that is spread in
// two places, where other fields are merged into it.
type planned struct {
	selections ast.SelectionSet
	plan       values
}

func (s *plans) get(p *projector, field graphql.CollectedField) values {
	if plan, known := s.find(field); known {
		return plan
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	if plan, known := s.find(field); known {
		return plan
	}

	c := &compiler{operation: p.op.OperationContext, steps: s.steps}
	plan := p.compile(c, field)
	s.steps = c.steps

	more := map[*ast.Field][]planned{}
	if all := s.all.Load(); all != nil {
		maps.Copy(more, *all)
	}

	more[field.Field] = append(slices.Clip(more[field.Field]), planned{selections: field.Selections, plan: plan})
	s.all.Store(&more)

	return plan
}

func (s *plans) find(field graphql.CollectedField) (plan values, known bool) {
	all := s.all.Load()
	if all == nil {
		return nil, false
	}

	for _, candidate := range (*all)[field.Field] {
		if slices.Equal(candidate.selections, field.Selections) {
			return candidate.plan, true
		}
	}

	return nil, false
}

func (p *projector) compile(c *compiler, field graphql.CollectedField) values {
	object, known := p.types[field.Definition.Type.Name()]
	if !known {
		return nil
	}

	return p.plan(object, c, field.Selections)
}

func (*projector) plan(object compiled, c *compiler, set ast.SelectionSet) values {
	plan, ok := object.compile(c, set)
	if !ok {
		return nil
	}

	return plan
}

// maxPooled keeps one large answer from staying in memory for good.
const maxPooled = 256 << 10

var buffers = sync.Pool{New: func() any { return new([]byte) }} //nolint:gochecknoglobals // A pool is shared by nature.

// written is a subtree that is written already.
type written struct{ json *[]byte }

// write runs plan; nil where it gives up.
func write(r *Request, plan values, value any, typ *ast.Type) (w *written) {
	buffer, _ := buffers.Get().(*[]byte)

	defer func() {
		if recover() != nil {
			w = nil // gqlgen, which walks the same value, will say where it is.
		}
	}()

	json := plan.appendAny(r, (*buffer)[:0], value, typ)
	if json == nil {
		buffers.Put(buffer)

		return nil
	}

	*buffer = json

	return &written{buffer}
}

// MarshalGQL hands the subtree over. It is called once, or not at all where an
// error further up takes its place.
func (w *written) MarshalGQL(to io.Writer) {
	_, _ = to.Write(*w.json) // The writer is a buffer.

	w.release()
}

// release gives the memory of the subtree back.
func (w *written) release() {
	if cap(*w.json) <= maxPooled {
		buffers.Put(w.json)
	}
}
