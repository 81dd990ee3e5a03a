package graph

import (
	"context"

	"github.com/maypok86/otter/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// documents keeps parsed and validated operations, bounded by their memory.
type documents struct {
	cache *otter.Cache[string, *ast.QueryDocument]
}

func newDocuments() *documents {
	const (
		maxBytes = 16 << 20
		// A parsed document was measured to take up to 200 times the memory of
		// its text (fields of one letter); the rest is the entry itself.
		perByte  = 200
		perEntry = 1 << 10
	)

	return &documents{cache: otter.Must(&otter.Options[string, *ast.QueryDocument]{
		MaximumWeight: maxBytes,
		Weigher: func(text string, _ *ast.QueryDocument) uint32 {
			return uint32(perEntry + perByte*len(text)) //nolint:gosec // A text is bounded by the body.
		},
	})}
}

// Get returns the document of that text.
func (d *documents) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	return d.cache.GetIfPresent(text)
}

// Add keeps a document. One that would push out many others is not kept.
func (d *documents) Add(_ context.Context, text string, document *ast.QueryDocument) {
	const longest = 8 << 10

	if len(text) <= longest {
		d.cache.Set(text, document)
	}
}
