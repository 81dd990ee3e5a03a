package strangler

import (
	"context"
	"log/slog"
	"slices"
)

// checkLeaves refuses that a file which is read while running has no route any
// more for what another one has in force that does not stand at new: our own clients
// would ask the service for all of it at once, and those of a facade be told that
// there is nothing. Who deletes a line seldom means that. Under another name, or in
// several routes, it may go on.
// services are those that settings know; of others our own clients ask nothing.
func checkLeaves(was, next File, services map[string][]string) *wrongError {
	have := map[string]bool{}

	eachRequest(next, func(_ *Route, _ string, _ Path, keys []string) {
		for _, key := range keys {
			have[key] = true
		}
	})

	var wrong *wrongError

	eachRequest(was, func(r *Route, method string, p Path, keys []string) {
		if wrong != nil {
			return
		}

		if r.Mode == ModeNew {
			if !have[keys[0]] && staysOld(next, method, p.Old) { // It would move back, writes too.
				wrong = leaves(r, method, p, "A wider route would have the old system answer. Keep it as long as that stands there, or start again")
			}

			return
		}

		asked := have[keys[0]] || staysOld(next, method, p.Old)
		if services[r.Service] != nil {
			asked = !slices.ContainsFunc(keys, func(key string) bool { return !have[key] })
		}

		if !asked {
			wrong = leaves(r, method, p, wayOut(r))
		}
	})

	return wrong
}

// eachRequest calls do with what the requests of each path of each route look like:
// that of the old API first.
func eachRequest(f File, do func(r *Route, method string, p Path, keys []string)) {
	for i := range f.Routes {
		r := &f.Routes[i]
		for _, p := range r.Paths {
			for _, method := range r.Methods {
				do(r, method, p, requests(r.Service, method, p))
			}
		}
	}
}

// staysOld reports whether a wider route has the old system answer an old path.
func staysOld(f File, method, old string) bool {
	wanted, _ := pieces(old) // They were checked.

	return slices.ContainsFunc(f.Routes, func(r Route) bool {
		return (r.Mode == ModeOld || r.Mode == ModeShadow) && slices.Contains(r.Methods, method) && slices.ContainsFunc(r.Paths, func(p Path) bool {
			wide, _ := pieces(p.Old)

			return covers(wide, wanted)
		})
	})
}

// covers reports whether whatever one path has another one has too.
func covers(wide, narrow []piece) bool {
	for i, p := range wide {
		switch {
		case p.rest:
			return true
		case i >= len(narrow), narrow[i].rest, !p.variable && (narrow[i].variable || narrow[i].word != p.word):
			return false
		}
	}

	return len(wide) == len(narrow)
}

// wayOut is what to do about a route that is meant to leave.
func wayOut(r *Route) string {
	if r.Service == "" {
		return "Start again to drop it"
	}

	return "Set it to new first, or start again"
}

// leaves says what of a route would leave, and what to do instead.
func leaves(r *Route, method string, p Path, instead string) *wrongError {
	what := method + " " + p.Old
	if r.Service != "" {
		what += " for " + r.Service
	}

	return wrongf(0, "routes", "must still have %s: route %s stands at %s, and would move at once. %s", what, r.Name, r.place(), instead)
}

// follows reads a file that is to come after the one that is in force. left is true
// where it is one that may be in force once a route has moved.
func (t *Table) follows(data []byte) (d *document, left bool, err error) {
	if d, err = parse(data, t.options.Services); err != nil {
		return nil, false, err
	}

	if wrong := checkLeaves(t.now.Load().document.whole, d.whole, t.options.Services); wrong != nil {
		d.locate(wrong)

		return nil, true, wrong
	}

	return d, false, nil
}

// warnOfNone says at the start which services no route is about: for all that a
// program knows then that is meant.
func (t *Table) warnOfNone(ctx context.Context, f File) {
	for _, name := range sortedKeys(t.options.Services) {
		if t.options.Services[name] == nil || slices.ContainsFunc(f.Routes, func(r Route) bool { return r.Service == name }) {
			continue
		}

		t.options.Log.LogAttrs(ctx, slog.LevelWarn, "no route is about a service", slog.String("service", name))
	}
}
