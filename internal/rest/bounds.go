package rest

import (
	"fmt"
	"maps"
	"slices"

	"storefront/internal/fanout"
)

// Bounds are the most upstream calls that each route can cause, by method and
// path, as the sections of the routes declare it.
func (a *API) Bounds() map[string]fanout.Bound { return maps.Clone(a.bounds) }

// check panics where a page reports a section that its route does not declare: a
// mistake in the program, which every test of the screen finds.
func (r *Route) check(report fanout.Report) {
	for i := range report {
		if !slices.ContainsFunc(r.Sections, func(s fanout.Section) bool { return s.Name == report[i].Section }) {
			panic(fmt.Sprintf("route %s does not declare section %s", r.Path, report[i].Section))
		}
	}
}
