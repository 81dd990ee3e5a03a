package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// move changes where a route stands, as an operator does.
func (p *process) move(t *testing.T, route, change string) {
	t.Helper()

	got := p.ask(t, request{
		Server: "ops", Method: http.MethodPatch, Path: "/strangler/routes/" + route,
		Headers: map[string]string{"Content-Type": "application/json"}, Body: change,
	})
	if got.status != http.StatusOK {
		t.Fatalf("%s to %s: %d %s", route, change, got.status, got.body)
	}
}

// place is where a route stands, such as "percent 25".
func (p *process) place(t *testing.T, route string) string {
	t.Helper()

	var routes struct {
		Routes []struct {
			Name    string `json:"name"`
			Mode    string `json:"mode"`
			Percent int    `json:"percent"`
		} `json:"routes"`
	}

	got := p.get(t, "ops", "/strangler/routes")
	if err := json.Unmarshal(got.body, &routes); err != nil {
		t.Fatalf("%v: %d %s", err, got.status, got.body)
	}

	for _, r := range routes.Routes {
		if r.Name == route {
			return fmt.Sprintf("%s %d", r.Mode, r.Percent)
		}
	}

	return ""
}

// allOld are routes of the whole shop that the old system answers.
const allOld = `{"routes":[
	{"name":"users","paths":["/api/users/{id}"],"mode":"old"},
	{"name":"products","paths":["/api/products","/api/products/{id}"],"mode":"old"},
	{"name":"orders","paths":["/api/orders","/api/orders/{id}"],"mode":"old"}]}`

// routesFile writes routes into a file.
func routesFile(t *testing.T, routes string) string {
	t.Helper()

	const private = 0o600

	file := filepath.Join(t.TempDir(), "strangler.json")
	if err := os.WriteFile(file, []byte(routes), private); err != nil {
		t.Fatal(err)
	}

	return file
}

// system is an old or a new one behind a door that counts who passes, and can be
// shut as by a system that is stopped.
type system struct {
	*httptest.Server

	isShut atomic.Bool
	asked  atomic.Int64
}

func newSystem(t *testing.T, next http.Handler) *system {
	t.Helper()

	s := &system{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)

		if s.isShut.Load() {
			panic(http.ErrAbortHandler) // The connection breaks without an answer.
		}

		next.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)

	return s
}

// passOn is a system that runs elsewhere; it is asked by its own name.
func passOn(t *testing.T, base string) http.Handler {
	t.Helper()

	to, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}

	transport := &http.Transport{MaxIdleConnsPerHost: 100, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)

	return &httputil.ReverseProxy{
		Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // Calls that nobody waits for any more.
	}
}

// The whole way of a migration and back: whatever answers, and while it changes,
// no client of the old API and of no BFF notices anything.
func TestMigration(t *testing.T) {
	t.Parallel()

	// The systems of the program that all tests share: nobody else moves there.
	all := shared.get(t)
	all.fetch(t, all.urls["monolith"]+"/api/users/user_1") // It is opened by the first who asks.

	monolith := newSystem(t, passOn(t, all.urls["monolith"]))
	news := map[string]*system{}
	set := ampleBudgets().with(settings{"FACADE_BUDGET": "10s", "MONOLITH_URL": monolith.URL, "STRANGLER_ROUTES": routesFile(t, allOld)})

	for route, service := range map[string]string{"users": "user", "products": "product", "orders": "order"} {
		news[route] = newSystem(t, passOn(t, all.urls[service+" service"]))
		set[strings.ToUpper(service)+"_SERVICE_URL"] = news[route].URL
	}

	p := start(t, set)
	b := newBystanders(t, p)
	trip := &trip{t, p, b, news, monolith}

	trip.phase("all old")

	for n, route := range []string{"users", "products", "orders"} {
		p.move(t, route, `{"mode":"new"}`)
		trip.phase(route+" new", []string{"users", "products", "orders"}[:n+1]...)
	}

	monolith.isShut.Store(true)
	trip.phase("monolith stopped", "users", "products", "orders")
	monolith.isShut.Store(false)

	for n, route := range []string{"orders", "products", "users"} {
		p.move(t, route, `{"mode":"old"}`)
		trip.phase(route+" old", []string{"users", "products", "orders"}[:2-n]...)
	}

	b.end(t)
}

// trip is a migration under way.
type trip struct {
	t *testing.T

	p        *process
	clients  *bystanders
	news     map[string]*system
	monolith *system
}

// phase looks at a phase until every client has been answered some more times,
// and sees that it was the right system that answered.
func (w *trip) phase(name string, moved ...string) {
	w.t.Helper()

	// Who asked before the last move may still be on the way to where it was.
	w.clients.waitForRound(w.t)

	before := map[string]int64{"monolith": w.monolith.asked.Load()}
	for route, s := range w.news {
		before[route] = s.asked.Load()
	}

	w.clients.waitForRound(w.t)

	for route, s := range w.news {
		if is := s.asked.Load() > before[route]; is != slices.Contains(moved, route) {
			w.t.Errorf("%s: the new system of the %s answers: %t", name, route, is)
		}
	}

	if is := w.monolith.asked.Load() > before["monolith"]; is != (len(moved) < len(w.news)) {
		w.t.Errorf("%s: the monolith answers: %t", name, is)
	}
}

// bystanders are clients who ask for the same things all the time, and are to
// notice nothing.
type bystanders struct {
	asks  []request
	was   []string
	count []atomic.Int64 // answers, by request

	mu    sync.Mutex
	wrong []string

	group sync.WaitGroup
	stop  context.CancelFunc
}

// newBystanders has them learn what there is, and begin.
func newBystanders(t *testing.T, p *process) *bystanders {
	t.Helper()

	b := &bystanders{asks: []request{
		{Server: "facade", Path: "/api/users/user_1"},
		{Server: "facade", Path: "/api/products"},
		{Server: "facade", Path: "/api/products?user_id=user_2&limit=3"},
		{Server: "facade", Path: "/api/orders/order_1"},
		{Server: "facade", Path: "/api/orders?user_id=user_3&limit=3"},
		{Server: "mobile", Path: "/api/dashboard/user_4"},
		{Server: "tv", Path: "/api/browse/user_5"},
		{Server: "web", Path: "/api/dashboard/user_6"},
		{Server: "web", GraphQL: &operation{Query: `{dashboard(userId:"user_7"){user{name email} recommendedProducts(first:3){id name price image} recentOrders{id total status}}}`}},
	}}
	b.count = make([]atomic.Int64, len(b.asks))

	for _, r := range b.asks {
		got, err := p.try(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}

		if got.status != http.StatusOK || bytes.Contains(got.body, []byte(`"degraded"`)) || bytes.Contains(got.body, []byte(`"errors"`)) {
			t.Fatalf("%s %s: %d %s", r.Server, r.Path, got.status, got.body)
		}

		b.was = append(b.was, string(got.body))
	}

	ctx, stop := context.WithCancel(context.Background())
	b.stop = stop

	t.Cleanup(func() {
		b.stop()
		b.group.Wait()
	})

	for n := range b.asks {
		b.group.Go(func() { b.run(ctx, p, n) })
	}

	return b
}

// run asks for one thing again and again, at a pace that leaves the machine to
// the others.
func (b *bystanders) run(ctx context.Context, p *process, n int) {
	const pace = 10 * time.Millisecond

	ticker := time.NewTicker(pace)
	defer ticker.Stop()

	for {
		got, err := p.try(ctx, b.asks[n])
		if ctx.Err() != nil {
			return
		}

		if why := b.differs(n, got, err); why != "" {
			b.mu.Lock()
			b.wrong = append(b.wrong, b.asks[n].Server+" "+b.asks[n].Path+": "+why)
			b.mu.Unlock()
		}

		b.count[n].Add(1)

		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}

// differs says how an answer is not what it was, "" where it is: pages are equal,
// the old API says at least what it said.
func (b *bystanders) differs(n int, got answer, err error) string {
	switch {
	case err != nil:
		return err.Error()
	case got.status != http.StatusOK:
		return fmt.Sprintf("%d %s", got.status, got.body)
	case string(got.body) == b.was[n]:
		return ""
	case b.asks[n].Server != "facade":
		return fmt.Sprintf("%s, it was %s", got.body, b.was[n])
	}

	was, err := parse([]byte(b.was[n]))
	if err != nil {
		return err.Error()
	}

	is, err := parse(got.body)
	if err != nil {
		return err.Error()
	}

	return lacks("$", was, is)
}

// lacks is the first place where one value is not in another, "" for none.
func lacks(path string, was, is any) string {
	switch was := was.(type) {
	case map[string]any:
		object, _ := is.(map[string]any)
		for name, value := range was {
			if why := lacks(path+"."+name, value, object[name]); why != "" {
				return why
			}
		}

		return ""
	case []any:
		list, _ := is.([]any)
		for n, value := range was {
			if n >= len(list) {
				return path + " is shorter"
			}

			if why := lacks(fmt.Sprintf("%s[%d]", path, n), value, list[n]); why != "" {
				return why
			}
		}

		return ""
	default:
		if was != is {
			return fmt.Sprintf("%s is %v, it was %v", path, is, was)
		}

		return ""
	}
}

// waitForRound waits until each has had some more answers, the first of which
// may have been on its way before.
func (b *bystanders) waitForRound(t *testing.T) {
	t.Helper()

	const more = 4

	for n := range b.count {
		enough := b.count[n].Load() + more

		repeat(t, func(context.Context) bool { return b.count[n].Load() >= enough })
	}
}

// end stops them, and tells what they have noticed.
func (b *bystanders) end(t *testing.T) {
	t.Helper()
	b.stop()
	b.group.Wait()

	total := int64(0)
	for n := range b.count {
		total += b.count[n].Load()
	}

	if len(b.wrong) > 0 {
		const most = 5

		t.Errorf("%d of %d answers were wrong: %q", len(b.wrong), total, b.wrong[:min(most, len(b.wrong))])
	}
}

// saying is a user service, or an old system, that calls everybody by one name.
func saying(t *testing.T, name string) *system {
	t.Helper()

	return newSystem(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"id": path.Base(r.URL.Path), "name": name}) // It fails where the caller has left.
	}))
}

// between are the settings of a program between two systems that can be told
// apart.
func between(t *testing.T, file string) settings {
	t.Helper()

	s := saying(t, "new")

	return ampleBudgets().with(settings{
		"FACADE_BUDGET": "10s", "MONOLITH_URL": saying(t, "old").URL, "STRANGLER_ROUTES": file,
		"USER_SERVICE_URL": s.URL, "PRODUCT_SERVICE_URL": s.URL, "ORDER_SERVICE_URL": s.URL,
	})
}

// says is what a program's facade calls a user.
func (p *process) says(t *testing.T, user string) string {
	t.Helper()

	var found struct {
		Name string `json:"name"`
	}

	got, err := p.try(t.Context(), request{Server: "facade", Path: "/api/users/" + user}) // What it says is the systems' word.
	if err == nil {
		err = json.Unmarshal(got.body, &found)
	}

	if err != nil {
		t.Fatalf("%v: %d %s", err, got.status, got.body)
	}

	return found.Name
}

// sides is who answers each of some users.
func (p *process) sides(t *testing.T) string {
	t.Helper()

	const users = 20

	var all []string
	for n := range users {
		all = append(all, p.says(t, fmt.Sprintf("user_%d", n)))
	}

	return strings.Join(all, " ")
}

// A restart changes nothing: each user stays where they were.
func TestRoutesSurviveARestart(t *testing.T) {
	t.Parallel()

	set := between(t, routesFile(t, allOld))

	first, err := boot(program(), set)
	if err != nil {
		t.Fatal(err)
	}

	first.move(t, "users", `{"mode":"percent","percent":40}`)
	want := first.sides(t)

	if err = first.stop(); err != nil {
		t.Fatal(err)
	}

	second := start(t, set)
	if got := second.place(t, "users"); got != "percent 40" {
		t.Errorf("the users stand at %s", got)
	}

	if got := second.sides(t); got != want || !strings.Contains(got, "new") || !strings.Contains(got, "old") {
		t.Errorf("they are answered by\n%s, it was\n%s", got, want)
	}
}

// Programs that follow one file agree, whichever of them an operator has asked.
func TestReplicasFollowOneFile(t *testing.T) {
	t.Parallel()

	set := between(t, routesFile(t, allOld))
	first, second := start(t, set), start(t, set)

	for _, step := range []struct {
		by           *process
		change, says string
	}{
		{first, `{"mode":"new"}`, "new"},
		{second, `{"mode":"old"}`, "old"},
		{first, `{"mode":"percent","percent":100}`, "new"},
	} {
		step.by.move(t, "users", step.change)

		for _, p := range []*process{first, second} {
			repeat(t, func(context.Context) bool { return p.says(t, "user_1") == step.says })
		}
	}

	first.move(t, "users", `{"mode":"percent","percent":40}`)
	repeat(t, func(context.Context) bool { return second.place(t, "users") == "percent 40" })

	if one, other := first.sides(t), second.sides(t); one != other {
		t.Errorf("users are answered by\n%s at one, and at the other by\n%s", one, other)
	}
}

// recorder is systems that say which side they are on.
type recorder struct {
	mu    sync.Mutex
	asked []string // "new /users/user_1"
}

// on notes who asks next on that side.
func (r *recorder) on(side string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r.mu.Lock()
		r.asked = append(r.asked, side+" "+request.URL.RequestURI())
		r.mu.Unlock()

		next.ServeHTTP(w, request)
	})
}

func (r *recorder) taken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()

	asked := r.asked
	r.asked = nil

	return asked
}

// Half of the users are on the new side: each with all that is asked for them, by
// whichever client, and also where it does not name them.
func TestUsersStayOnOneSide(t *testing.T) {
	t.Parallel()

	const users = 16

	all, systems := shared.get(t), &recorder{}
	all.fetch(t, all.urls["monolith"]+"/api/users/user_1") // It is opened by the first who asks.

	set := ampleBudgets().with(settings{
		"FACADE_BUDGET": "10s", "STRANGLER_ROUTES": routesFile(t, strings.ReplaceAll(allOld, `"old"`, `"percent","percent":50`)),
		"MONOLITH_URL": newSystem(t, systems.on("old", passOn(t, all.urls["monolith"]))).URL,
	})
	for _, service := range []string{"user", "product", "order"} {
		set[strings.ToUpper(service)+"_SERVICE_URL"] = newSystem(t, systems.on("new", passOn(t, all.urls[service+" service"]))).URL
	}

	p, seen := start(t, set), map[string]int{}

	for n := range users {
		user := fmt.Sprintf("user_%d", n+1)
		mine := ""

		for _, r := range []request{
			{Server: "facade", Path: "/api/users/" + user},
			{Server: "facade", Path: "/api/products?limit=2&user_id=" + user},
			{Server: "facade", Path: "/api/orders?limit=2&user_id=" + user},
			{Server: "mobile", Path: "/api/dashboard/" + user},
			{Server: "tv", Path: "/api/browse/" + user},
			{Server: "web", Path: "/api/dashboard/" + user},
			{Server: "web", GraphQL: &operation{Query: `{dashboard(userId:"` + user + `"){user{name} recommendedProducts(first:3){name} recentOrders{id items{product{name}}}}}`}},
			{Server: "web", GraphQL: &operation{Query: `{user(id:"` + user + `"){orders(first:2){items{product{name price}}}} product(id:"prod_1"){name}}`}},
		} {
			if got := p.ask(t, r); got.status != http.StatusOK || bytes.Contains(got.body, []byte(`"errors"`)) {
				t.Fatalf("%s %s: %d %s", r.Server, r.Path, got.status, got.body)
			}

			for _, asked := range systems.taken() {
				side, target, _ := strings.Cut(asked, " ")
				if mine == "" {
					mine = side
				}

				if side != mine {
					t.Errorf("%s is on the %s side, and %s asks the %s one for %s", user, mine, r.Server, side, target)
				}
			}
		}

		seen[mine]++
	}

	if len(seen) != 2 || seen["new"] == 0 || seen["old"] == 0 {
		t.Errorf("the users are on the sides %v", seen)
	}
}
