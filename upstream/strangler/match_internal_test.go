package strangler

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"storefront/internal/telemetry"
)

// matching has one route of each kind.
const matching = `
services: {crm: http://crm.test}
routes:
- {path: '/api/users/{id}', mode: new}
- {paths: [/api/products, '/api/products/{id}'], mode: old}
- {name: best, path: /api/products/best, service: product, mode: new}
- {paths: ['/api/orders', '/api/orders/{id}'], mode: shadow}
- {name: tenants, path: {old: '/api/{tenant}/files/{all...}', new: '/files/{all...}'}, service: crm, mode: new}
- {name: swapped, path: {old: '/a/{x}/{y}', new: '/b/{y}/{x}'}, service: crm, mode: old}
- {name: writes, path: /api/orders, service: order, methods: [POST], mode: new}
`

func TestWays(t *testing.T) {
	t.Parallel()

	table := open(t, yamlFile(t), matching)

	tests := map[string]struct {
		service        string // "": by the old side
		method, target string
		route          string // "": none
		side           Side
		old, new       string
	}{
		"by the new side":             {"user", "GET", "/users/7", "users", New, "/api/users/7?detail=full", "/users/7"},
		"with a query":                {"user", "GET", "/users/7?a=b", "users", New, "/api/users/7?a=b&detail=full", "/users/7?a=b"},
		"escaped":                     {"user", "GET", "/users/a%20b%C3%A9", "users", New, "/api/users/a%20b%C3%A9?detail=full", "/users/a%20b%C3%A9"},
		"no query of the old side":    {"product", "GET", "/products?user_id=7&limit=5", "products", Old, "/api/products?user_id=7&limit=5", "/products?user_id=7&limit=5"},
		"a word before a variable":    {"product", "GET", "/products/best", "best", New, "/api/products/best", "/products/best"},
		"a shadow is old":             {"order", "GET", "/orders", "orders", Old, "/api/orders", "/orders"},
		"of another service":          {"order", "GET", "/users/7", "", New, "", ""},
		"of no service":               {"cart", "GET", "/users/7", "", New, "", ""},
		"what no old path is told by": {"crm", "GET", "/files/a", "", New, "", ""},
		"variables change places":     {"crm", "GET", "/b/1/2", "swapped", Old, "/a/2/1", "/b/1/2"},
		"of another method":           {"order", "POST", "/orders", "writes", New, "/api/orders", "/orders"},

		"by the old side":              {"", "GET", "/api/users/7", "users", New, "/api/users/7", "/users/7"},
		"HEAD is GET":                  {"", "HEAD", "/api/users/7", "users", New, "/api/users/7", "/users/7"},
		"the old query is ours alone":  {"", "GET", "/api/orders/7?a=b", "orders", Old, "/api/orders/7?a=b", "/orders/7?a=b"},
		"an empty query":               {"", "GET", "/api/orders/7?", "orders", Old, "/api/orders/7?", "/orders/7?"},
		"a rest":                       {"", "GET", "/api/t1/files/a/b%20c/d", "tenants", New, "/api/t1/files/a/b%20c/d", "/files/a/b%20c/d"},
		"writes":                       {"", "POST", "/api/orders", "writes", New, "/api/orders", "/orders"},
		"a method of none":             {"", "DELETE", "/api/orders", "", New, "", ""},
		"a method that is none":        {"", "get", "/api/orders", "", New, "", ""},
		"a path of none":               {"", "GET", "/api/carts", "", New, "", ""},
		"too short":                    {"", "GET", "/api/users", "", New, "", ""},
		"too long":                     {"", "GET", "/api/users/7/8", "", New, "", ""},
		"an empty segment":             {"", "GET", "/api/users/", "", New, "", ""},
		"another case":                 {"", "GET", "/API/users/7", "", New, "", ""},
		"a word that is escaped":       {"", "GET", "/api/%75sers/7", "", New, "", ""},
		"a step up":                    {"", "GET", "/api/users/..", "", New, "", ""},
		"a step up in a rest":          {"", "GET", "/api/t/files/../../users/7", "", New, "", ""},
		"a step nowhere":               {"", "GET", "/api/users/.", "", New, "", ""},
		"an escaped step up":           {"", "GET", "/api/users/%2e%2E", "", New, "", ""},
		"half an escaped step up":      {"", "GET", "/api/t/files/.%2e/x", "", New, "", ""},
		"an escaped slash":             {"", "GET", "/api/users/7%2F..", "", New, "", ""},
		"an escaped backslash":         {"", "GET", "/api/users/7%5c8", "", New, "", ""},
		"a backslash":                  {"", "GET", `/api/users/7\8`, "", New, "", ""},
		"an escape of an escape":       {"", "GET", "/api/users/%252e%252e", "", New, "", ""},
		"no escape":                    {"", "GET", "/api/users/%zz", "", New, "", ""},
		"half an escape":               {"", "GET", "/api/users/%2", "", New, "", ""},
		"an escaped zero":              {"", "GET", "/api/users/%00", "", New, "", ""},
		"an escaped line":              {"", "GET", "/api/users/%0d%0a", "", New, "", ""},
		"parameters of a segment":      {"", "GET", "/api/users/..;a=b", "", New, "", ""},
		"more parameters of a segment": {"", "GET", "/api/users/7;a=b", "users", New, "/api/users/7;a=b", "/users/7"},
		"parameters of a word":         {"", "GET", "/api/users;a=b/7", "users", New, "/api/users;a=b/7", "/users/7"},
		"parameters in our own":        {"user", "GET", "/users/7;a=b", "", New, "", ""},
		"two slashes":                  {"", "GET", "/api/t/files//etc", "", New, "", ""},
		"another host":                 {"", "GET", "//api/users/7", "", New, "", ""},
		"a whole URL":                  {"", "GET", "http://api/users/7", "", New, "", ""},
		"bytes that are no ASCII":      {"user", "GET", "/users/é", "", New, "", ""},
		"a blank":                      {"user", "GET", "/users/a b", "", New, "", ""},
		"a fragment":                   {"", "GET", "/api/users/a#b", "", New, "", ""},
		"nothing":                      {"", "GET", "", "", New, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var (
				w     way
				found bool
			)

			routes := table.routes.Load()
			if test.service != "" {
				w, found = routes.byNew(table.Table, test.service, test.method, test.target, "")
			} else {
				var err error

				w, err = routes.byOld(table.Table, test.method, test.target, "", http.Header{}.Get)
				found = err == nil
			}

			if found != (test.route != "") {
				t.Fatalf("found: %v", found)
			}

			if !found {
				return
			}

			got := fmt.Sprint(w.route.Name, " ", w.side, " ", w.target(Old), " ", w.target(New), " ", w.safe)
			if want := fmt.Sprint(test.route, " ", test.side, " ", test.old, " ", test.new, " ", test.method != "POST"); got != want {
				t.Errorf("\ngot  %s\nwant %s", got, want)
			}
		})
	}
}

// All that follows may be nothing.
func TestRests(t *testing.T) {
	t.Parallel()

	table := open(t, yamlFile(t), `
services: {crm: http://crm.test}
routes:
- {name: all, path: '/{rest...}', mode: old}
- {name: moved, path: {old: '/api/{rest...}', new: '/v2/{rest...}'}, service: crm, mode: new}
- {name: one, path: '/api/users/{id}', mode: new}
`)

	for target, want := range map[string]string{
		"/":                "all old / /",
		"/?a=b":            "all old /?a=b /?a=b",
		"/a":               "all old /a /a",
		"/a/b/":            "all old /a/b/ /a/b/",
		"/api":             "all old /api /api",
		"/api/":            "moved new /api/ /v2/",
		"/api/?a=b":        "moved new /api/?a=b /v2/?a=b",
		"/api/a/b":         "moved new /api/a/b /v2/a/b",
		"/api/users/":      "moved new /api/users/ /v2/users/",
		"/api/users/7":     "one new /api/users/7 /users/7",
		"crm /v2/":         "moved new /api/ /v2/",
		"crm /v2/a%20b/c":  "moved new /api/a%20b/c /v2/a%20b/c",
		"crm /v2":          "none",
		"//":               "none",
		"/api//":           "none",
		"/api/..":          "none",
		"":                 "none",
		"crm /v3/anything": "none",
	} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()

			var (
				w     way
				found bool
				r     = table.routes.Load()
			)

			if path, ours := strings.CutPrefix(target, "crm "); ours {
				w, found = r.byNew(table.Table, "crm", http.MethodGet, path, "")
			} else {
				var err error

				w, err = r.byOld(table.Table, http.MethodGet, target, "", http.Header{}.Get)
				found = err == nil
			}

			got := "none"
			if found {
				got = fmt.Sprint(w.route.Name, " ", w.side, " ", w.target(Old), " ", w.target(New))
			}

			if got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// percent is one route that is moving.
func percent(t *testing.T, n int) *routes {
	t.Helper()

	return open(t, "", "", func(o *Options) {
		o.Default = Shop(ModePercent)
		for i := range o.Default.Routes {
			o.Default.Routes[i].Percent = n
		}
	}).routes.Load()
}

// onNew reports whether a user is answered by the new side.
func onNew(t *testing.T, r *routes, user string) bool {
	t.Helper()

	w, found := r.byNew(nil, "user", http.MethodGet, "/users/"+user, "")
	if !found {
		t.Fatal("no route")
	}

	return w.side == New
}

// Whom the new system answers it goes on to answer while the number grows, and
// every number is met.
func TestUsersStay(t *testing.T) {
	t.Parallel()

	const users = 100_000

	before := make([]bool, users)

	for n := 0; n <= 100; n += 10 {
		r, count := percent(t, n), 0

		for i := range before {
			now := onNew(t, r, fmt.Sprintf("user-%d", i))
			if before[i] && !now {
				t.Fatalf("user-%d went back at %d percent", i, n)
			}

			before[i] = now

			if now {
				count++
			}
		}

		if share := 100 * float64(count) / users; share < float64(n)-2 || share > float64(n)+2 || n == 0 && count > 0 || n == 100 && count < users {
			t.Errorf("at %d percent it is %.2f", n, share)
		}
	}
}

// The numbers of other versions and processes are these.
func TestBucketsNeverChange(t *testing.T) {
	t.Parallel()

	for user, want := range map[string]int{"": 42, "user-1": 77, "42": 76, "é": 43} {
		if got := bucket(user); got != want {
			t.Errorf("%q is in %d, not %d", user, got, want)
		}
	}
}

func TestWhoseRequest(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ principal, path, query, want string }{
		"the query's":             {"p", "/orders/7", "a=b&user_id=a%20b", "a b"},
		"spelled else":            {"", "/orders/7", "user_id=a+b", "a b"},
		"named otherwise":         {"p", "/orders/7", "a=b&user%5Fid=8", "8"},
		"all escaped":             {"p", "/orders/7", "%75%73%65%72%5f%69%64=8", "8"},
		"no such name":            {"p", "/orders/7", "user%zzid=8&xuser_id=8&user+id=8&user_id", "p"},
		"no such escape":          {"", "/orders/7", "user_id=%zz", "%zz"},
		"an empty one":            {"p", "/orders/7", "user_id=&user_id=9", "9"},
		"the path's":              {"p", "/users/a%20b", "xuser_id=8", "a b"},
		"the path's first":        {"p", "/users/7", "user_id=8", "7"},
		"the principal's":         {"p", "/orders/7", "", "p"},
		"the principal's at last": {"p", "/orders/7", "user_id=8", "8"},
		"nobody's":                {"", "/orders/7", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			path := Path{Old: "/api/users/{id}", New: "/users/{id}", User: "id"}
			if strings.HasPrefix(test.path, "/orders") {
				path = Path{Old: "/api/orders/{id}", New: "/orders/{id}"}
			}

			var values spans

			e := newEntry(&route{}, New, path)
			if !e.match(test.path, &values) {
				t.Fatal("no match")
			}

			if got := e.whose(test.principal, test.path, test.query, &values); got != test.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

// A user is on the same side of all routes, by whichever side they enter and with
// whatever token; what is nobody's stays where it is as well.
func TestUsersStayTogether(t *testing.T) {
	t.Parallel()

	r := percent(t, 50)

	for i := range 1000 {
		user := "u" + strconv.Itoa(i)
		want := onNew(t, r, user)

		for _, token := range []string{"", "one", "another"} {
			for path, service := range map[string]string{
				"/users/" + user: "user", "/products?limit=5&user_id=" + user: "product", "/products/1?user_id=" + user: "product",
				"/orders?user_id=" + user: "order", "/orders/7?user_id=" + user: "order",
			} {
				if fresh, old := bothWays(t, r, service, path, token); (fresh == New) != want || old != fresh {
					t.Fatalf("%s is on both sides, with %q", path, token)
				}
			}
		}
	}

	sides := map[Side]int{}

	for i := range 1000 {
		service, path := "product", "/products?limit="+strconv.Itoa(i)
		if i%2 == 0 {
			service, path = "order", "/orders/"+strconv.Itoa(i)
		}

		fresh, old := bothWays(t, r, service, path, "")
		again, _ := bothWays(t, r, service, path, "")
		sides[fresh]++

		if fresh != old || fresh != again {
			t.Fatalf("%s is on both sides", path)
		}
	}

	if sides[New] < 300 || sides[Old] < 300 {
		t.Errorf("what is nobody's is all on one side: %v", sides)
	}
}

// bothWays are the sides of a path of a new service, and of that of the old API.
func bothWays(t *testing.T, r *routes, service, path, principal string) (fresh, old Side) {
	t.Helper()

	f, found := r.byNew(nil, service, http.MethodGet, path, principal)
	o, err := r.byOld(nil, http.MethodGet, "/api"+path, principal, http.Header{}.Get)

	if !found || err != nil {
		t.Fatal(path, found, err)
	}

	return f.side, o.side
}

const writing = "routes:\n- {name: writes, path: '/api/orders/{id}', service: order, methods: [PUT], mode: %s, idempotency_key: Idempotency-Key}\n"

// What is repeated goes to where it went first, however the route moves.
func TestKeysStay(t *testing.T) {
	t.Parallel()

	file := yamlFile(t)
	table := open(t, file, fmt.Sprintf(writing, "percent, percent: 100"))

	put := func(principal, key string) (Side, error) {
		w, err := table.routes.Load().byOld(table.Table, http.MethodPut, "/api/orders/7", principal, http.Header{"Idempotency-Key": {key}}.Get)

		return w.side, err
	}

	if _, err := put("", ""); !errors.Is(err, errNeedsKey) {
		t.Errorf("without a key: %v", err)
	}

	if side, err := put("a", "1"); err != nil || side != New {
		t.Error(side, err)
	}

	if moved, err := table.move(move{"writes", place{ModePercent, 100}, place{ModeOld, 0}, "guard", ""}); err != nil || !moved {
		t.Fatal(moved, err)
	}

	if side, err := put("", ""); err != nil || side != Old {
		t.Error("without a key, in mode old:", side, err)
	}

	for key, want := range map[string]Side{"1": New, "2": Old} {
		if side, err := put("a", key); err != nil || side != want {
			t.Error(key, side, err)
		}
	}

	if side, err := put("b", "1"); err != nil || side != New {
		t.Error("with a token that is newer:", side, err)
	}

	for i := range maxKeys {
		if _, err := put("c", "other-"+strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}

	if side, err := put("a", "1"); err != nil || side != Old {
		t.Error("a key that is forgotten:", side, err)
	}

	if n := len(table.keys.sides); n != maxKeys {
		t.Error("keys are not bounded:", n)
	}
}

// A key whose first request has reached nobody goes where the route stands, unless
// there was a second one that may have.
func TestKeysOfNobody(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		first func(http.ResponseWriter, *http.Request) // of the new side; nil: nothing listens
		again bool                                     // a second request comes before it is known
		want  Side
	}{
		"nothing listens":             {want: Old},
		"nothing listens, sent twice": {again: true, want: New},
		"it breaks off":               {first: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, want: New},
		"it fails":                    {first: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, want: New},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			table := open(t, yamlFile(t), fmt.Sprintf(writing, "new"), func(o *Options) {
				o.Services["order"] = []string{"http://127.0.0.1:1"}
				if test.first != nil {
					o.Services["order"] = []string{serveAt(t, http.HandlerFunc(test.first))}
				}
			})

			transport := NewTransport(table.Table, time.Second, telemetry.NewTracer(nil))
			t.Cleanup(func() { _ = transport.Close() })

			put := func() (side Side) {
				w, err := table.routes.Load().byOld(table.Table, http.MethodPut, "/api/orders/7", "", http.Header{"Idempotency-Key": {"1"}}.Get)
				if err != nil {
					t.Error(err)
				}

				return w.side
			}

			find := transport.find
			transport.find = func(r *http.Request) (way, error) {
				w, err := find(r)
				if test.again {
					put()
				}

				return w, err
			}

			for range 2 {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://facade/api/orders/7", strings.NewReader("{}"))
				do(t, err)

				r.Header.Set("Idempotency-Key", "1")

				if response, err := transport.RoundTrip(r); err == nil {
					_ = response.Body.Close()
				}
			}

			if moved, err := table.move(move{"writes", place{ModeNew, 0}, place{ModeOld, 0}, "guard", ""}); err != nil || !moved {
				t.Fatal(moved, err)
			}

			if got := put(); got != test.want {
				t.Errorf("it goes to the %s side", got)
			}

			if n := len(table.keys.order); n != 1 {
				t.Errorf("%d keys are remembered", n)
			}
		})
	}
}

// One key goes to one side in every process and after a restart, while the route
// stands where it does.
func TestKeysAreOfAllProcesses(t *testing.T) {
	t.Parallel()

	file := yamlFile(t)
	one, two := open(t, file, fmt.Sprintf(writing, "percent, percent: 50")), open(t, file, "")
	sides := map[Side]int{}

	for i := range 1000 {
		var got [2]Side

		for j, table := range []opened{one, two} {
			path := "/api/orders/" + strconv.Itoa(j) // A key is one, whatever the path.

			w, err := table.routes.Load().byOld(table.Table, http.MethodPut, path, "", http.Header{"Idempotency-Key": {strconv.Itoa(i)}}.Get)
			if err != nil {
				t.Fatal(err)
			}

			got[j] = w.side
		}

		if sides[got[0]]++; got[0] != got[1] {
			t.Fatalf("key %d is on both sides", i)
		}
	}

	if sides[New] < 400 || sides[Old] < 400 {
		t.Errorf("keys are not spread: %v", sides)
	}
}

func BenchmarkByNew(b *testing.B) {
	for _, mode := range []string{"new", "percent, percent: 50", "old"} {
		b.Run(strings.Fields(mode)[0], func(b *testing.B) {
			d, err := parse([]byte(strings.ReplaceAll(`routes:
- {path: '/api/users/{id}', mode: M}
- {paths: [/api/products, '/api/products/{id}'], mode: M}
- {paths: ['/api/orders', '/api/orders/{id}'], mode: M}
`, "M", strings.Replace(mode, ",", ", ", 1))), shopServices())
			if err != nil {
				b.Fatal(err)
			}

			r := newRoutes(d.whole, Options{Services: shopServices(), Metrics: benchMetrics()}, &routes{})

			b.ReportAllocs()

			for b.Loop() {
				w, found := r.byNew(nil, "product", http.MethodGet, "/products?user_id=user-12345&limit=10", "")
				if !found || w.target(w.side) == "" {
					b.Fatal("no way")
				}
			}
		})
	}
}

// TestTokensMoveNoWrite: who asks again with the same key does so with another
// token, and is to reach the same system.
func TestTokensMoveNoWrite(t *testing.T) {
	t.Parallel()

	for key := range 20 {
		sides := map[Side]bool{}

		for token := range 8 {
			table := open(t, yamlFile(t), fmt.Sprintf(writing, "percent, percent: 50")) // A replica of its own.
			header := http.Header{"Idempotency-Key": {strconv.Itoa(key)}}

			w, err := table.routes.Load().byOld(table.Table, http.MethodPut, "/api/orders/7", strconv.Itoa(token), header.Get)
			if err != nil {
				t.Fatal(err)
			}

			sides[w.side] = true
		}

		if len(sides) != 1 {
			t.Errorf("key %d goes to both sides", key)
		}
	}
}

// Of a user who is named a key is theirs alone: another user's goes where that
// user is, though it reads the same.
func TestKeysAreOfTheirUsers(t *testing.T) {
	t.Parallel()

	const ofUsers = "routes:\n- {name: writes, path: '/api/users/{id}', methods: [PUT], mode: percent, percent: 50, idempotency_key: Idempotency-Key}\n"

	table := open(t, yamlFile(t), ofUsers)

	put := func(user, token string) Side {
		w, err := table.routes.Load().byOld(table.Table, http.MethodPut, "/api/users/"+user, token, http.Header{"Idempotency-Key": {"1"}}.Get)
		if err != nil {
			t.Fatal(err)
		}

		return w.side
	}

	was, sides := map[string]Side{}, map[Side]int{}

	for i := range 100 {
		user := strconv.Itoa(i)
		was[user] = put(user, "first")
		sides[was[user]]++

		if (was[user] == New) != (bucket(user) < 50) {
			t.Errorf("user %s is kept from their side by another one's key", user)
		}
	}

	if moved, err := table.move(move{"writes", place{ModePercent, 50}, place{ModeOld, 0}, "guard", ""}); err != nil || !moved {
		t.Fatal(moved, err)
	}

	for user, side := range was {
		if put(user, "second") != side {
			t.Errorf("what user %s asks again goes to the other side", user)
		}
	}

	if sides[New] == 0 || sides[Old] == 0 {
		t.Errorf("users are all on one side: %v", sides)
	}
}

// A token that is renewed between a write and its repetition moves nothing, though
// the route has moved between them.
func TestNewTokensAfterAMove(t *testing.T) {
	t.Parallel()

	table := open(t, yamlFile(t), fmt.Sprintf(writing, "percent, percent: 50"))

	put := func(key, token string) Side {
		w, err := table.routes.Load().byOld(table.Table, http.MethodPut, "/api/orders/7", token, http.Header{"Idempotency-Key": {key}}.Get)
		if err != nil {
			t.Fatal(err)
		}

		return w.side
	}

	was := map[string]Side{}
	for i := range 100 {
		was[strconv.Itoa(i)] = put(strconv.Itoa(i), "first")
	}

	for _, to := range []place{{ModePercent, 100}, {ModePercent, 10}, {ModeOld, 0}, {ModeNew, 0}} {
		if moved, err := table.move(move{"writes", table.routes.Load().named("writes").place(), to, "operator", ""}); err != nil || !moved {
			t.Fatal(moved, err)
		}

		for key, side := range was {
			if put(key, "token of "+to.String()) != side {
				t.Errorf("key %s is done twice, at %s", key, to)
			}
		}
	}
}
