// Package page keeps whole rendered answers, so that equal questions are
// answered with equal bytes: those asked at the same time by one rendering, and
// later ones for as long as every part of the answer is fresh.
//
// It knows neither routes nor what an answer says. A handler states with
// [Whole] that its answer has no error and no missing part; what is not stated
// is never used again.
package page

import (
	"context"

	"storefront/internal/fresh"
)

// Draft is an answer while its handler makes it.
type Draft struct {
	whole bool
	terms fresh.Terms
}

// DraftKey is the key of a request's draft, for contexts that answer for it
// themselves; the value is a *[Draft].
type DraftKey struct{}

// WithDraft returns a context whose handler's answer is d.
func WithDraft(ctx context.Context, d *Draft) context.Context {
	return context.WithValue(ctx, DraftKey{}, d)
}

// DraftOf returns the draft of the request of ctx; where there is none, one that
// nobody reads.
func DraftOf(ctx context.Context) *Draft {
	if d, ok := ctx.Value(DraftKey{}).(*Draft); ok {
		return d
	}

	return new(Draft)
}

// Whole states that the answer to the request of ctx is whole: it may be given
// to all who ask the same as the same client now, and to later ones on terms.
func Whole(ctx context.Context, terms fresh.Terms) {
	d := DraftOf(ctx)
	d.whole, d.terms = true, terms
}

// Whole reports whether the handler has stated that its answer is whole, and on
// what terms it may be used again.
func (d *Draft) Whole() (terms fresh.Terms, whole bool) { return d.terms, d.whole }
