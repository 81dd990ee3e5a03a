package gql

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// trusted are texts of documents that a client may name instead of sending them,
// by id. Whether other documents are taken too does not depend on them.
type trusted map[string]string

// DocumentID is how a client names a trusted document.
func DocumentID(text string) string {
	sum := sha256.Sum256([]byte(text))

	return "sha256:" + hex.EncodeToString(sum[:])
}

// Parse returns the valid document of a text of this program, which is as long
// as it is.
func Parse(schema *ast.Schema, text string) (*ast.QueryDocument, gqlerror.List) {
	return gqlparser.LoadQueryWithRules(schema, text, rules.NewDefaultRules())
}

// trust has documents known before the first request. One that is not valid is a
// mistake in the program.
func (d *documents) trust(schema *ast.Schema, texts []string) trusted {
	known := make(trusted, len(texts))

	for _, text := range texts {
		parsed, errs := Parse(schema, text)
		if len(errs) > 0 {
			panic(errs)
		}

		d.keep(text, parsed)
		known[DocumentID(text)] = text
	}

	return known
}
