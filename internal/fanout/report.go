package fanout

import "storefront/internal/fresh"

// Standing is how one section of a page stands.
type Standing struct {
	Section string
	fresh.Status

	// Tags name what a section is about that may be used again.
	Tags []string
}

// Report is how all sections of a page stand, in the order they were asked for.
type Report []Standing

// Degraded returns the sections that are not fresh; nil for a whole page.
func (r Report) Degraded() []Standing {
	var degraded []Standing

	for _, s := range r {
		if s.State != fresh.Fresh {
			degraded = append(degraded, s)
		}
	}

	return degraded
}

// Terms are on what terms the page may be used again.
func (r Report) Terms() fresh.Terms {
	terms := fresh.Whole()
	for _, s := range r {
		terms = terms.With(s.Status, s.Tags...)
	}

	return terms
}
