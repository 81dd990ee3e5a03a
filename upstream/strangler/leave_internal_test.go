package strangler

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

const products = "- path: /api/products\n  mode: old\n"

const (
	stock   = "services: {stock: 'http://stock.test'}\nroutes:\n- {path: {old: '/api/stock/{id}', "
	usersAt = "- {path: '/api/users/{id}', mode: old}\n"
)

// leaving is files in which a route is that stands somewhere, and then is not; why
// is "" where it may go.
var leaving = map[string]struct{ before, after, why string }{
	"at old":                {usersOld + products, "routes:\n" + products, "must still have GET /api/users/{id} for user: route users stands at old, and would move at once. Set it to new first, or start again"},
	"in shadow":             {usersRoute + "  mode: shadow\n" + products, "routes:\n" + products, "route users stands at shadow"},
	"on its way":            {usersRoute + "  mode: percent\n  percent: 100\n" + products, "routes:\n" + products, "route users stands at percent 100"},
	"at new":                {usersNew + products, "routes:\n" + products, ""},
	"renamed":               {usersOld, usersRoute + "  name: people\n  mode: old\n", ""},
	"renamed, and moved":    {usersOld, usersRoute + "  name: people\n  mode: new\n", ""},
	"another variable":      {usersOld, "routes:\n- {path: {old: '/api/users/{user}', new: '/users/{user}'}, service: user, mode: old}\n", ""},
	"another service":       {usersOld, "routes:\n- {path: {old: '/api/users/{id}', new: '/users/{id}'}, service: order, mode: old}\n", "GET /api/users/{id} for user"},
	"another new path":      {usersOld, "routes:\n- {path: {old: '/api/users/{id}', new: '/people/{id}'}, service: user, mode: old}\n", "GET /api/users/{id} for user"},
	"one of its paths":      {"routes:\n- {paths: [/api/products, '/api/products/{id}'], mode: old}\n", "routes:\n" + products, "GET /api/products/{id} for product: route products stands at old"},
	"split in two":          {"routes:\n- {paths: [/api/products, '/api/products/{id}'], mode: old}\n", "routes:\n" + products + "- {name: one, path: '/api/products/{id}', mode: old}\n", ""},
	"a method":              {"routes:\n- {name: w, path: /api/carts, methods: [POST, PUT], mode: old}\n", "routes:\n- {name: w, path: /api/carts, methods: [PUT], mode: old}\n", "must still have POST /api/carts: route w stands at old, and would move at once. Start again"},
	"it gets a service":     {"routes:\n- {path: /api/carts, mode: old}\n", "routes:\n- {path: /api/carts, service: order, mode: old}\n", ""},
	"a service of the file": {stock + "new: '/stock/{id}'}, service: stock, mode: old}\n", stock + "new: '/articles/{id}'}, service: stock, mode: old}\n", ""},
	"it is gone":            {stock + "new: '/stock/{id}'}, service: stock, mode: old}\n" + usersAt, "routes:\n" + usersAt, "must still have GET /api/stock/{id} for stock"},
	"under a wider route":   {"routes:\n- {path: /api/carts, mode: old}\n- {name: rest, path: '/{rest...}', mode: old}\n", "routes:\n- {name: rest, path: '/{rest...}', mode: old}\n", ""},
	"a wider route moves":   {"routes:\n- {path: /api/carts, mode: old}\n- {name: rest, path: '/{rest...}', mode: old}\n", "routes:\n- {name: rest, path: '/{rest...}', service: order, mode: new}\n", "GET /api/carts: route carts"},
	"at new, and old below": {usersNew + "- {name: rest, path: '/{rest...}', mode: old}\n", "routes:\n- {name: rest, path: '/{rest...}', mode: old}\n", "A wider route would have the old system answer"},
	"of a wider route":      {usersOld + "- {name: rest, path: '/{rest...}', mode: old}\n", "routes:\n- {name: rest, path: '/{rest...}', mode: old}\n", "GET /api/users/{id} for user"},
}

// TestLeaves: a route that does not stand at new may not be dropped while running,
// neither from the file nor by an operator.
func TestLeaves(t *testing.T) {
	t.Parallel()

	for name, test := range leaving {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := open(t, yamlFile(t), test.before)
				was := o.shown(t)["revision"]

				answer := o.ask(t, http.MethodPut, "/strangler/routes", test.after)
				if detail, _ := decoded(t, answer)["detail"].(string); test.why != "" && (answer.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(detail, test.why)) {
					t.Errorf("got %d: %s", answer.StatusCode, detail)
				}

				if test.why == "" && answer.StatusCode != http.StatusOK || test.why != "" && o.content(t) != test.before {
					t.Errorf("got %d; the file: %s", answer.StatusCode, o.content(t))
				}

				o = open(t, yamlFile(t), test.before)
				save(t, o.file, test.after)
				looked(1)

				shown := o.shown(t)
				if wrong, _ := shown["file_error"].(string); test.why != "" && (shown["revision"] != was || !strings.Contains(wrong, ": routes: must still have ") || !strings.Contains(wrong, test.why)) {
					t.Errorf("%s: %s", shown["revision"], wrong)
				} else if test.why == "" && (shown["revision"] == was || wrong != "") {
					t.Errorf("%s is in force: %s", shown["revision"], wrong)
				}
			})
		})
	}
}

// TestLeavesOnceNew: what an operator is told to do is all that there is to do.
func TestLeavesOnceNew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := open(t, yamlFile(t), usersOld+products)
		save(t, o.file, "routes:\n"+products)
		looked(1)

		if o.place("users") != "old" || o.shown(t)["file_error"] == nil {
			t.Fatalf("it has left: %v", o.shown(t))
		}

		if answer := o.ask(t, http.MethodPatch, "/strangler/routes/users", `{"mode":"new"}`); answer.StatusCode != http.StatusOK {
			t.Error(answer.Status)
		}

		if shown := o.shown(t); o.routes.Load().named("users") != nil || shown["file_error"] != nil || shown["not_written"] != nil {
			t.Errorf("it has not left: %v", shown)
		}
	})
}

// TestLeavesNothingElse: a file that could not be in force knows nothing of what was
// changed meanwhile, and undoes none of it.
func TestLeavesNothingElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const moving = "- path: /api/products\n  mode: percent\n  percent: 50\n"

		o := open(t, yamlFile(t), usersOld+moving)
		save(t, o.file, "routes:\n"+moving) // It is refused: users would move.
		looked(1)

		for _, change := range []struct{ route, to string }{{"products", `{"mode":"old"}`}, {"users", `{"mode":"new"}`}} {
			if answer := o.ask(t, http.MethodPatch, "/strangler/routes/"+change.route, change.to); answer.StatusCode >= http.StatusBadRequest {
				t.Errorf("%s: %s", change.route, answer.Status)
			}
		}

		looked(60) // Also when it is tried again to write what could not be written.

		if o.place("products") != "old" || o.place("users") != "new" {
			t.Errorf("products at %s, users at %s", o.place("products"), o.place("users"))
		}
	})
}

// TestStartWithout takes a file as it is, and says which services it is not about.
func TestStartWithout(t *testing.T) {
	t.Parallel()

	o := open(t, yamlFile(t), usersOld)
	if o.events.count("level=WARN", "no route is about a service", "service=product") != 1 || o.events.count("no route is about a service") != 2 {
		t.Errorf("log: %s", o.events.text.String())
	}
}
