package strangler

import (
	"net/http"
	"slices"
	"strings"
)

// What is meant where a file says nothing.
const (
	usualConcurrent = 16
	usualPerSecond  = 1000
	usualRequests   = 20
	usualDiffRatio  = 0.001
	oldRoot         = "/api"
)

// fillIn returns a file that says all it means: the paths of each route are its
// Paths, with their new ones. Filled in again it is the same.
func fillIn(f File) File {
	f.Routes = slices.Clone(f.Routes)
	for i := range f.Routes {
		f.Routes[i] = fillInRoute(f.Routes[i])
	}

	if f.Shadow.MaxConcurrent == 0 {
		f.Shadow.MaxConcurrent = usualConcurrent
	}

	if f.Shadow.MaxPerSecond == 0 {
		f.Shadow.MaxPerSecond = usualPerSecond
	}

	return f
}

func fillInRoute(r Route) Route {
	if r.Path != nil && len(r.Paths) == 0 { // Both are an error, which is seen later.
		r.Paths, r.Path = []Path{*r.Path}, nil
	}

	r.Paths = slices.Clone(r.Paths)

	for i := range r.Paths {
		r.Service = fillInPath(&r.Paths[i], r.Service)
	}

	if r.Name == "" && len(r.Paths) > 0 {
		r.Name = firstWord(r.Paths[0].Old)
	}

	if len(r.Methods) == 0 {
		r.Methods = []string{http.MethodGet, http.MethodHead}
	} else if slices.Contains(r.Methods, http.MethodGet) && !slices.Contains(r.Methods, http.MethodHead) {
		r.Methods = append(slices.Clone(r.Methods), http.MethodHead)
	}

	if r.Ramp != nil {
		r.Ramp = fillInRamp(*r.Ramp, onlyReads(r.Methods))
	}

	return r
}

func fillInRamp(r Ramp, reads bool) *Ramp {
	if r.MinRequests == 0 {
		r.MinRequests = usualRequests
	}

	if r.MaxDiffRatio == nil && reads {
		r.MaxDiffRatio = new(usualDiffRatio)
	}

	return &r
}

// fillInPath returns the service of the path's route, by now.
func fillInPath(p *Path, service string) string {
	k, ofShop := shopPath(p.Old)
	if p.User == "" {
		p.User = userIn(p.Old, k)
	}

	ofShop = ofShop && p.New == "" && p.OldQuery == "" && (service == "" || service == k.service)

	if p.New == "" {
		p.New = renamed(p.Old)
	}

	if !ofShop {
		return service
	}

	p.OldQuery = k.OldQuery

	return k.service
}

// userIn is the variable of an old path that names a user, whatever its name where
// it is the shop's; "" where none does.
func userIn(old string, k known) string {
	all, _ := pieces(old)
	names := variables(all)

	if k.User != "" && len(names) == 1 {
		return names[0]
	}

	for _, usual := range []string{"user", "user_id"} {
		if slices.Contains(names, usual) {
			return usual
		}
	}

	return ""
}

// renamed is a path of the old API without its root.
func renamed(old string) string {
	if short, cut := strings.CutPrefix(old, oldRoot+"/"); cut {
		return "/" + short
	}

	return old
}

// firstWord is the first segment of a path that is one, after the root.
func firstWord(path string) string {
	all, _ := pieces(path)
	for i, p := range all {
		if !p.variable && (i > 0 || "/"+p.word != oldRoot) {
			return p.word
		}
	}

	return ""
}
