package graph

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"storefront/upstream/upstreamtest"
)

// writer makes up operations over the schema: aliases, fragments, conditions,
// fields that are selected several times, and type names, at every level.
type writer struct {
	*rand.Rand

	fragments []string
	variables map[string]any
	declared  []string
	left      int // how many sets of selections the operation may still get
}

// selectable is the schema as the writer knows it: by type, its fields, and the
// type of those that have fields.
var selectable = map[string][]struct{ name, typeName string }{
	"Dashboard": {{"user", "User"}, {"recommendedProducts", "Product"}, {"recentOrders", "Order"}},
	"User": {
		{"id", ""},
		{"name", ""},
		{"email", ""},
		{"profilePicture", ""},
		{"bio", ""},
		{"location", ""},
		{"joinedDate", ""},
		{"recommendedProducts", "Product"},
		{"orders", "Order"},
		{"customer", "Customer"},
	},
	"Customer":        {{"fullName", ""}, {"address", ""}, {"phone", ""}, {"tier", ""}, {"loyaltyPoints", ""}},
	"CustomerSummary": {{"name", ""}, {"email", ""}, {"tier", ""}, {"points", ""}},
	"Product": {
		{"id", ""}, {"name", ""}, {"price", ""}, {"image", ""}, {"description", ""}, {"specs", "Spec"}, {"reviews", ""}, {"rating", ""},
	},
	"Spec":      {{"name", ""}, {"value", ""}},
	"Order":     {{"id", ""}, {"date", ""}, {"total", ""}, {"status", ""}, {"items", "OrderItem"}, {"shippingAddress", ""}, {"trackingNumber", ""}},
	"OrderItem": {{"productId", ""}, {"quantity", ""}, {"product", "Product"}},
}

// operation returns the body of a request.
func (w *writer) operation() string {
	w.fragments, w.variables, w.declared, w.left = nil, map[string]any{}, nil, 25

	var selections strings.Builder

	for i := range 1 + w.IntN(2) {
		user := []string{"a", "odd", "old", "missing", "broken"}[w.IntN(5)]

		switch w.IntN(6) {
		case 0, 1:
			fmt.Fprintf(&selections, "r%d:dashboard(userId:%q)%s%s ", i, user, w.condition(), w.set("Dashboard", 4))
		case 2:
			fmt.Fprintf(&selections, "r%d:user(id:%q)%s ", i, user, w.set("User", 3))
		case 3:
			fmt.Fprintf(&selections, "r%d:customerSummary(id:%q)%s ", i, user, w.set("CustomerSummary", 2))
		case 4:
			fmt.Fprintf(&selections, "r%d:product(id:\"prod_%d\")%s ", i, w.IntN(4), w.set("Product", 2))
		default:
			fmt.Fprintf(&selections, "r%d:order(id:\"%s_order_%d\")%s ", i, user, w.IntN(3), w.set("Order", 3))
		}
	}

	head := "query"
	if len(w.declared) > 0 {
		head += "(" + strings.Join(w.declared, " ") + ")"
	}

	body, err := json.Marshal(map[string]any{
		"query": head + "{" + selections.String() + "} " + strings.Join(w.fragments, " "), "variables": w.variables,
	})
	if err != nil {
		panic(err)
	}

	return string(body)
}

// set returns selections of a type, at least one that no condition can take away
// from the syntax.
func (w *writer) set(typeName string, depth int) string {
	if w.left--; w.left < 0 {
		return "{__typename}"
	}

	var out strings.Builder

	out.WriteString("{")

	for range 1 + w.IntN(6) {
		switch w.IntN(10) {
		case 0:
			on := ""
			if w.IntN(2) == 0 {
				on = "on " + typeName
			}

			fmt.Fprintf(&out, "...%s%s%s ", on, w.condition(), w.set(typeName, depth))
		case 1:
			at := len(w.fragments)
			name := fmt.Sprintf("F%d", at)
			w.fragments = append(w.fragments, "") // Its place, before those inside it.
			w.fragments[at] = fmt.Sprintf("fragment %s on %s%s", name, typeName, w.set(typeName, depth))
			fmt.Fprintf(&out, "...%s%s ", name, w.condition())

			if w.IntN(3) == 0 {
				fmt.Fprintf(&out, "...%s ", name)
			}
		case 2:
			out.WriteString(w.alias("__typename", "") + w.condition() + " ")
		default:
			out.WriteString(w.field(typeName, depth))
		}
	}

	return out.String() + "}"
}

func (w *writer) field(typeName string, depth int) string {
	fields := selectable[typeName]

	f := fields[w.IntN(len(fields))]
	if f.typeName == "" {
		return w.alias(f.name, "") + w.condition() + " "
	}

	if depth == 0 {
		return "__typename "
	}

	arguments := ""

	if f.typeName == "Order" || f.typeName == "Product" && f.name != "product" {
		// One number for each field, or equal names would contradict each other.
		arguments = map[string]string{"recommendedProducts": "(first:3)", "recentOrders": "", "orders": "(first:2)"}[f.name]
	}

	return w.alias(f.name, arguments) + w.condition() + w.set(f.typeName, depth-1) + " "
}

// alias gives a field one of few other names, so that some fall together.
func (w *writer) alias(name, arguments string) string {
	if w.IntN(4) > 0 {
		return name + arguments
	}

	return fmt.Sprintf("%s_%d:%s%s", name, w.IntN(2), name, arguments)
}

// condition returns nothing, or @skip or @include of a literal or a variable.
func (w *writer) condition() string {
	if w.IntN(5) > 0 {
		return ""
	}

	directive := []string{"skip", "include"}[w.IntN(2)]
	yes := w.IntN(2) == 0

	if w.IntN(2) == 0 {
		return fmt.Sprintf("@%s(if:%t)", directive, yes)
	}

	name := fmt.Sprintf("v%d", w.IntN(3))
	if _, known := w.variables[name]; !known {
		w.variables[name] = yes
		w.declared = append(w.declared, "$"+name+":Boolean!")
	}

	return fmt.Sprintf("@%s(if:$%s)", directive, name)
}

// oddPages are of services with their worst still acceptable answers, failures,
// and answers that stand in for failures.
func oddPages(tb testing.TB) *kept {
	tb.Helper()

	shop := upstreamtest.New(tb)
	shop.Set(upstreamtest.User, "/users/odd", `{"id":"odd","name":"\u0000\u001f\"\\/<>&\u2028\ud83d\ude00\t\r\n\b\f\u007f","email":null,"bio":""}`)
	shop.Set(upstreamtest.Product, "/products?user_id=odd",
		`[{"id":7,"name":"","price":-0.0,"specs":null,"rating":1e-7,"reviews":0},`+
			`{"id":"p","name":"n","price":12345678901234567890.10,"specs":{"\"":"\\"},"image":""},`+
			`{"id":"q","name":"n","price":1E+2,"specs":{},"reviews":9223372036854775807}]`)
	shop.Set(upstreamtest.Order, "/orders?user_id=odd",
		`[{"id":"o","date":"","total":0,"status":"<s>","items":[]},{"id":"r","date":"d","total":1,"status":"s"},`+
			`{"id":"s","date":"d","total":1,"status":"s","items":[{"product_id":"prod_1","quantity":-1},`+
			`{"product_id":"../x","quantity":1},{"product_id":"unknown","quantity":1}]}]`)
	shop.Set(upstreamtest.Customer, "/cust/odd", "{\"cust_num\":\"odd\",\"f_name\":\"\xff<\\u0001\\\"&\\u2028\",\"cust_type\":7}")
	shop.Fail(upstreamtest.Customer, upstreamtest.Garbage().On("/cust/broken"))
	shop.Fail(upstreamtest.User, upstreamtest.Garbage().On("/users/broken"))
	shop.Fail(upstreamtest.Product, upstreamtest.Truncated().On("/products?user_id=broken"))
	shop.Fail(upstreamtest.Order, upstreamtest.Garbage().On("/orders?user_id=broken"))

	pages := newKept(tb, shop)

	for _, warm := range []string{
		`{dashboard(userId:"old"){user{id} recommendedProducts(first:3){id} recentOrders{id}}}`, `{user(id:"old"){orders(first:2){id} customer{tier}}}`,
	} {
		ask(tb, ours(pages.bff), marshal(tb, map[string]string{"query": warm}))
	}

	shop.Fail(upstreamtest.Customer, upstreamtest.Garbage().On("/cust/broken"), upstreamtest.Garbage().On("/cust/old"))
	shop.Fail(upstreamtest.User, upstreamtest.Garbage().On("/users/old"))
	shop.Fail(upstreamtest.Product, upstreamtest.Garbage().On("/products?user_id=old"))
	shop.Fail(upstreamtest.Order, upstreamtest.Garbage().On("/orders?user_id=old"))

	return pages
}

// TestDifferential: whatever is asked, projections answer with the very bytes
// that gqlgen answers with.
func TestDifferential(t *testing.T) {
	t.Parallel()

	pages := oddPages(t)
	plain, projected := plainly(pages), []http.Handler{ours(pages), partly(pages)}
	count := 500

	if testing.Short() {
		count = 300
	}

	var failed, stale, wrong int

	w := &writer{Rand: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // To be the same each time.
	for range count {
		body := w.operation()

		got := compare(t, plain, projected, body)
		if strings.Contains(got, `"errors"`) {
			failed++
		}

		if strings.Contains(got, `"stale"`) {
			stale++
		}

		if strings.Contains(got, "BAD_USER_INPUT") {
			wrong++
		}
	}

	if failed < count/10 || failed > count/2 || stale < count/20 || wrong > count/20 {
		t.Errorf("of %d answers %d have errors, %d of them of the request, and %d are stale: the corpus says little", count, failed, wrong, stale)
	}
}

// compare asks twice, so that what is kept is compared too.
func compare(t *testing.T, plain http.Handler, projected []http.Handler, body string) string {
	t.Helper()

	want := ask(t, plain, body)
	for _, handler := range slices.Concat(projected, projected) {
		if got := ask(t, handler, body); got != want {
			t.Fatalf("%s\ngot  %s\nwant %s", body, got, want)
		}
	}

	return want
}

func ask(tb testing.TB, handler http.Handler, body string) string {
	tb.Helper()

	r := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")

	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)

	return answer.Body.String()
}

// FuzzDifferential is the same for other corpora: each seed is one.
func FuzzDifferential(f *testing.F) {
	pages := oddPages(f)
	plain, projected := plainly(pages), []http.Handler{ours(pages), partly(pages)}

	f.Add(uint64(1), uint64(1))

	f.Fuzz(func(t *testing.T, a, b uint64) {
		compare(t, plain, projected, (&writer{Rand: rand.New(rand.NewPCG(a, b))}).operation()) //nolint:gosec // To be found again.
	})
}
