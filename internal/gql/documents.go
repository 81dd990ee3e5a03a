package gql

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"storefront/internal/cache"
)

const (
	// maxTokens bounds the work of parsing a document.
	maxTokens = 1200
	// maxRepeats bounds the work of validating it: fields of one name are
	// compared in pairs.
	maxRepeats = 100
)

// documents keeps parsed and validated documents, bounded by their memory. It is
// the executor's cache of documents as well.
type documents struct {
	cache *cache.Bounded[*document]
}

func newDocuments() *documents {
	const (
		maxBytes = 16 << 20
		// A parsed document was measured to take up to 200 times the memory of
		// its text (fields of one letter), and what is compiled from it another
		// 60 times; the rest is the entry itself.
		perByte  = 260
		perEntry = 1 << 10
	)

	return &documents{cache: cache.NewBounded(maxBytes, func(text string, _ *document) int64 {
		return int64(perEntry + perByte*len(text))
	})}
}

type documentKey struct{}

// slot is where the document of one request gets to from the executor's use of
// the cache, also where it is too long to be kept.
type slot struct{ found *document }

func withSlot(ctx context.Context, s *slot) context.Context {
	return context.WithValue(ctx, documentKey{}, s)
}

// get returns what is known of a validated text, or nil.
func (d *documents) get(text string) *document {
	found, _ := d.cache.Get(text)

	return found
}

// Get returns the document of that text.
func (d *documents) Get(ctx context.Context, text string) (*ast.QueryDocument, bool) {
	found := d.get(text)
	if found == nil {
		return nil, false
	}

	if s, ok := ctx.Value(documentKey{}).(*slot); ok {
		s.found = found
	}

	return found.ast, true
}

// Add keeps a document.
func (d *documents) Add(ctx context.Context, text string, parsed *ast.QueryDocument) {
	made := d.keep(text, parsed)
	if s, ok := ctx.Value(documentKey{}).(*slot); ok {
		s.found = made
	}
}

// keep keeps a document. One that would push out many others is not kept.
func (d *documents) keep(text string, parsed *ast.QueryDocument) *document {
	const longest = 8 << 10

	made := newDocument(parsed)
	if len(text) <= longest {
		d.cache.Put(text, made)
	}

	return made
}

// parse returns the document of that text, or nil where it has no syntax; the
// executor will say why.
func (d *documents) parse(text string) *ast.QueryDocument {
	if known := d.get(text); known != nil {
		return known.ast
	}

	document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, maxTokens)
	if err != nil {
		return nil
	}

	return document
}

// onlyQueries reports whether the operation asked for is a query, so that a
// link or a picture on another site can change nothing.
func (d *documents) onlyQueries(params *graphql.RawParams) bool {
	document := d.parse(params.Query)
	if document == nil {
		return true
	}

	operation := document.Operations.ForName(params.OperationName)

	return operation == nil || operation.Operation == ast.Query
}

// repetitive reports whether a text selects fields of one name so often that
// validating it would take too long.
func (d *documents) repetitive(text string) bool {
	document := d.parse(text)
	if document == nil {
		return false
	}

	names := map[string]int{}
	for _, operation := range document.Operations {
		countNames(operation.SelectionSet, names)
	}

	for _, fragment := range document.Fragments {
		countNames(fragment.SelectionSet, names)
	}

	for _, times := range names {
		if times > maxRepeats {
			return true
		}
	}

	return false
}

func countNames(set ast.SelectionSet, names map[string]int) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			names[selection.Alias]++
			countNames(selection.SelectionSet, names)
		case *ast.InlineFragment:
			countNames(selection.SelectionSet, names)
		case *ast.FragmentSpread: // counted where it is defined
		}
	}
}
