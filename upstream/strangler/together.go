package strangler

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checkPaths looks at the paths of a route.
func checkPaths(r *Route, where string) *wrongError {
	switch {
	case r.Path != nil:
		return wrongf(0, where, "must have path or paths, not both")
	case len(r.Paths) == 0 || len(r.Paths) > maxPaths:
		return wrongf(0, where, "must have a path, or 1 to %d paths", maxPaths)
	}

	for i, p := range r.Paths {
		at := fmt.Sprintf("%s.paths[%d]", where, i)

		if wrong := checkPath(p, at); wrong != nil {
			return wrong
		}
	}

	return nil
}

func checkPath(p Path, where string) *wrongError {
	old, why := pieces(p.Old)
	if why != "" {
		return wrongf(0, where, "the old path %s", why)
	}

	made, why := pieces(p.New)
	if why != "" {
		return wrongf(0, join(where, "new"), "the new path %s", why)
	}

	from := variables(old)
	for _, name := range variables(made) {
		if !slices.Contains(from, name) {
			return wrongf(0, join(where, "new"), "has {%s}, which the old path has not", name)
		}
	}

	if p.User != "" && (!slices.Contains(from, p.User) || strings.HasSuffix(p.User, "...")) {
		return wrongf(0, join(where, "user"), "must be a variable of the old path, not %q", p.User)
	}

	if p.OldQuery != "" && (len(p.OldQuery) > maxQuery || strings.IndexFunc(p.OldQuery, unsafeInQuery) >= 0) {
		return wrongf(0, join(where, "old_query"), "must be a query such as detail=full, escaped and without ?")
	}

	return nil
}

// unsafeInQuery is true of what does not stand in an escaped query.
func unsafeInQuery(r rune) bool { return unsafeInPath(r) && !strings.ContainsRune("=&%+,", r) }

// checkTogether has each request be of one route at most.
func checkTogether(all []Route) *wrongError {
	names := map[string]bool{}
	taken := map[string]int{} // by what a request looks like

	for i := range all {
		r := &all[i]
		where := fmt.Sprintf("routes[%d]", i)

		if names[r.Name] {
			return wrongf(0, join(where, "name"), "%s is that of another route too", r.Name)
		}

		names[r.Name] = true

		for _, p := range r.Paths {
			for _, method := range r.Methods {
				for _, key := range requests(r.Service, method, p) {
					other, found := taken[key]
					if found && (other != i || strings.HasPrefix(key, oldKey)) {
						_, path, _ := strings.Cut(key, "/")

						return wrongf(0, where, "%s /%s is twice, here and in %s", method, path, all[other].Name)
					}

					taken[key] = i
				}
			}
		}
	}

	return nil
}

// oldKey begins what is asked of the old API.
const oldKey = "old "

// requests are what the requests of a path look like, to the old API and to the
// new one. What a new path does not hold all of is asked of the old API alone.
func requests(service, method string, p Path) []string {
	keys := []string{oldKey + method + " " + anyName(p.Old)}
	if service != "" && reversible(p) {
		keys = append(keys, "new "+service+" "+method+" "+anyName(p.New))
	}

	return keys
}

// reversible reports whether the old path can be told from the new one.
func reversible(p Path) bool {
	old, _ := pieces(p.Old)
	made, _ := pieces(p.New)

	return len(variables(old)) == len(variables(made))
}

const nameRule = "a letter, then letters, digits, - and _, all small, 40 at most"

// isName is true of names of routes, services and variables.
func isName(name string, most int) bool {
	if name == "" || len(name) > most || name[0] < 'a' || name[0] > 'z' {
		return false
	}

	return strings.IndexFunc(name, func(r rune) bool { return r > 'z' || r >= 'A' && r <= 'Z' || !isWord(r) }) < 0
}

// isToken is true of names of headers.
func isToken(name string) bool {
	return len(name) <= maxName && strings.IndexFunc(name, func(r rune) bool {
		return r > '~' || unsafeInPath(r) && !strings.ContainsRune("!#$%&'*+^`|", r)
	}) < 0
}

func sortedKeys[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }
