package upstreamtest_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/upstream/upstreamtest"
)

func TestWhichRequestsAFaultIsFor(t *testing.T) {
	t.Parallel()
	const ids, forUser, single = "/products?ids=prod_1", "/products?user_id=u-7", "/products/prod_1"
	for _, test := range []struct {
		faults []upstreamtest.Fault
		ask    []string
		want   []int
	}{
		{fail(upstreamtest.Status(500).On("/products?ids")), []string{ids, forUser, single}, []int{500, 200, 200}},
		{fail(upstreamtest.Status(500).On("/products?user_id=u-7")), []string{ids, forUser, forUser + "1"}, []int{200, 500, 200}},
		{fail(upstreamtest.Status(500).On("/products")), []string{ids, forUser, single}, []int{500, 500, 200}},
		{fail(upstreamtest.Status(500).On("/products/")), []string{ids, single, single + "0"}, []int{200, 500, 500}},
		{fail(upstreamtest.Status(500).On("/products/prod_1")), []string{single, single + "0"}, []int{500, 200}},
		{fail(upstreamtest.Status(500).First(2)), []string{ids, single, ids, single}, []int{500, 500, 200, 200}},
		{fail(upstreamtest.Status(500).First(1).On("/products")), []string{single, ids, ids}, []int{200, 500, 200}},
		{
			fail(upstreamtest.Status(500).First(1), upstreamtest.Status(502).On("/products"), upstreamtest.Status(503).First(1)),
			[]string{ids, ids, single, single},
			[]int{500, 502, 503, 200},
		},
	} {
		t.Run(test.faults[0].String(), func(t *testing.T) {
			t.Parallel()
			shop := upstreamtest.New(t)
			shop.Fail(upstreamtest.Product, upstreamtest.Status(404)) // the next Fail takes its place
			shop.Fail(upstreamtest.Product, test.faults...)
			for i, path := range test.ask {
				if got := ask(t.Context(), client(shop), shop.URL(upstreamtest.Product)+path); got.status != test.want[i] {
					t.Errorf("request %d, %s: %d, want %d", i, path, got.status, test.want[i])
				}
			}
		})
	}
}

func fail(faults ...upstreamtest.Fault) []upstreamtest.Fault { return faults }

func TestSet(t *testing.T) {
	t.Parallel()
	shop := upstreamtest.New(t)
	get := func(path string) string {
		return string(ask(t.Context(), client(shop), shop.URL(upstreamtest.Product)+path).body)
	}
	own := get("/products/prod_1")
	shop.Set(upstreamtest.Product, "/products/", "any")
	shop.Set(upstreamtest.Product, "/products/prod_1", "one")
	shop.Set(upstreamtest.Product, "/products?ids", "ids")
	for path, want := range map[string]string{"/products/prod_1": "one", "/products/prod_2": "any", "/products?ids=a,b": "ids", "/products?user_id=empty": "[]"} {
		if got := get(path); got != want {
			t.Errorf("%s gives %q, want %q", path, got, want)
		}
	}
	shop.Set(upstreamtest.Product, "/products/prod_1", "")
	if got := get("/products/prod_1"); got != "any" {
		t.Errorf("with its own body taken away it gives %q", got)
	}
	shop.Set(upstreamtest.Product, "/products/", "")
	if got := get("/products/prod_1"); got != own {
		t.Errorf("with all bodies taken away it gives %q", got)
	}
}

// Bodies of a test's own need not be JSON; no fault may break on them.
func TestSay(t *testing.T) {
	t.Parallel()
	shop := upstreamtest.New(t)
	get := func(path, has string) seen {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, shop.URL(upstreamtest.User)+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("If-None-Match", has)
		return send(client(shop), r)
	}
	shop.Say(upstreamtest.User, "/users/", "Cache-Control: max-age=1", "Cache-Control: public", `Etag: "a"`)
	shop.Say(upstreamtest.User, "/users/u-2", "Vary: *")
	whole := get("/users/u-1", `"b"`)
	if want := []string{"max-age=1", "public"}; whole.status != http.StatusOK || len(whole.body) == 0 || !slices.Equal(whole.header["Cache-Control"], want) {
		t.Errorf("saw %d %v %s", whole.status, whole.header, whole.body)
	}
	if got := get("/users/u-1", `"a"`); got.status != http.StatusNotModified || len(got.body) != 0 || got.header.Get("Etag") != `"a"` {
		t.Errorf("saw %d %v %s", got.status, got.header, got.body)
	}
	if got := get("/users/u-2", `"a"`); got.status != http.StatusOK || got.header.Get("Vary") != "*" || got.header.Get("Etag") != "" {
		t.Errorf("saw %d %v", got.status, got.header)
	}
	shop.Say(upstreamtest.User, "/users/")
	if got := get("/users/u-1", `"a"`); got.status != http.StatusOK || got.header.Get("Etag") != "" || !bytes.Equal(got.body, whole.body) {
		t.Errorf("saw %d %v %s", got.status, got.header, got.body)
	}
}

func TestFaultsOnAnyBody(t *testing.T) {
	t.Parallel()
	for _, name := range upstreamtest.Names() {
		if name == "hang" || name == "stalled" || strings.Contains(name, "huge") {
			continue
		}
		fault, err := upstreamtest.Parse(name)
		if err != nil {
			fault = upstreamtest.Status(http.StatusTeapot)
		}
		t.Run(fault.String(), func(t *testing.T) {
			t.Parallel()
			shop := upstreamtest.New(t)
			shop.Fail(upstreamtest.User, fault)
			for _, body := range []string{"[", "{", "{}", "[]", "null", "[1]", "[{}]", "\xff", " [ { } ] ", `{"a":{}}`} {
				shop.Set(upstreamtest.User, "/", body)
				got := ask(t.Context(), client(shop), shop.URL(upstreamtest.User)+"/users/u-7")
				if got.status == 0 && !strings.Contains(name, "reset") {
					t.Errorf("%q: %v", body, got.err)
				}
			}
		})
	}
}

func TestRecords(t *testing.T) {
	t.Parallel()
	shop := upstreamtest.New(t)
	shop.Fail(upstreamtest.User, upstreamtest.Status(500).First(1))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, shop.URL(upstreamtest.User)+"/users/a%2Fb?x=1&y", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"User-Agent": {"me"}, "X-Request-Id": {"r-1"}, "Accept-Encoding": {"identity"}}
	plain := client(shop)
	for range 2 {
		response, err := plain.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
	first := upstreamtest.Request{
		Method: http.MethodGet,
		Path:   "/users/a%2Fb",
		Query:  "x=1&y",
		Header: request.Header,
		Fault:  "status:500 first:1",
		Done:   true,
	}
	second := first
	second.Fault = ""
	until(t, shop, func() bool { return shop.InFlight(upstreamtest.User) == 0 })
	if diff := cmp.Diff([]upstreamtest.Request{first, second}, shop.Requests(upstreamtest.User)); diff != "" {
		t.Error(diff)
	}
	if shop.Calls(upstreamtest.User) != 2 || shop.Calls(upstreamtest.Order) != 0 {
		t.Errorf("%d calls, and %d of the order service", shop.Calls(upstreamtest.User), shop.Calls(upstreamtest.Order))
	}
}

func TestRecordsAreBounded(t *testing.T) {
	t.Parallel()
	gate := upstreamtest.NewGate(http.NotFoundHandler(), "")
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	for range 25_000 {
		gate.ServeHTTP(httptest.NewRecorder(), request)
	}
	if kept := len(gate.Requests()); gate.Calls() != 25_000 || kept < 10_000 || kept > 20_000 {
		t.Errorf("%d calls, %d kept", gate.Calls(), kept)
	}
}

func TestKeep(t *testing.T) {
	t.Parallel()
	gate := upstreamtest.NewGate(http.NotFoundHandler(), "")
	serve := func(path string) {
		gate.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
	}
	for _, test := range []struct{ keep, least, most int }{{2, 2, 4}, {0, 0, 0}, {1, 1, 2}} {
		gate.Keep(test.keep)
		for range 9 {
			serve("/early")
		}
		serve("/last")
		requests := gate.Requests()
		if n := len(requests); n < test.least || n > test.most || n > 0 && requests[n-1].Path != "/last" {
			t.Errorf("told to keep %d, it has kept %+v", test.keep, requests)
		}
	}
	if gate.Calls() != 30 || gate.InFlight() != 0 || gate.MaxInFlight() != 1 {
		t.Errorf("%d calls, %d in flight, %d at most", gate.Calls(), gate.InFlight(), gate.MaxInFlight())
	}
}

func TestAtWork(t *testing.T) {
	t.Parallel()
	gate := upstreamtest.NewGate(http.NotFoundHandler(), "")
	gate.Keep(0) // the counts are there all the same
	first, second := upstreamtest.Status(500).First(2), upstreamtest.Status(502).On("/users/")
	gate.Fail(first, second)
	for _, path := range []string{"/users/1", "/orders", "/users/1", "/orders", "/users/2"} {
		gate.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
	}
	if got, want := gate.AtWork(), []upstreamtest.AtWork{{Fault: first, Met: 2}, {Fault: second, Met: 2}}; !slices.Equal(got, want) {
		t.Errorf("at work are %v, want %v", got, want)
	}
	gate.Heal()
	if atWork := gate.AtWork(); len(atWork) != 0 {
		t.Errorf("healed it has %v", atWork)
	}
}

// A real service may answer 304, or compressed: a fault has to have the body.
func TestGateBeforeAnotherService(t *testing.T) {
	t.Parallel()
	gate := upstreamtest.NewGate(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" || r.Header.Get("Accept-Encoding") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"1"`)
		_, _ = w.Write([]byte(`{"id":"1","name":"one"}`))
	}), "http://elsewhere.test")
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/things/1", http.NoBody)
	request.Header.Set("If-None-Match", `"1"`)
	for fault, want := range map[upstreamtest.Fault]string{
		upstreamtest.WrongType(): `{"id":"1","name":17}`,
		upstreamtest.NullBody():  `null`,
		upstreamtest.Redirect():  `<a href="http://elsewhere.test/things/1">Found</a>.`,
	} {
		gate.Fail(fault)
		recorder := httptest.NewRecorder()
		gate.ServeHTTP(recorder, request)
		if got := strings.TrimSpace(recorder.Body.String()); got != want {
			t.Errorf("%s gives %d %q", fault, recorder.Code, got)
		}
	}
}

func TestInFlight(t *testing.T) {
	t.Parallel()
	shop := upstreamtest.New(t)
	shop.Fail(upstreamtest.User, upstreamtest.Hang().First(5))
	var group sync.WaitGroup
	for range 5 {
		group.Go(func() { ask(t.Context(), client(shop), shop.URL(upstreamtest.User)+"/users/u-7") })
	}
	until(t, shop, func() bool { return shop.InFlight(upstreamtest.User) == 5 })
	if err := shop.Close(); err != nil {
		t.Fatal(err)
	}
	group.Wait()
	if now, most := shop.InFlight(upstreamtest.User), shop.MaxInFlight(upstreamtest.User); now != 0 || most != 5 {
		t.Errorf("%d in flight after %d, want 0 after 5", now, most)
	}
}

func TestManyAtOnceGetTheirOwn(t *testing.T) {
	t.Parallel()
	shop := upstreamtest.New(t)
	plain := client(shop)
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			me := strings.Repeat("x", 1+i) + "."
			for _, path := range []string{"/users/" + me, "/orders?user_id=" + me, "/products?user_id=" + me} {
				service := upstreamtest.Service(strings.TrimSuffix(strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '?' })[0], "s"))
				shop.Fail(service, upstreamtest.Latency(0)) // switched while others run
				if got := ask(t.Context(), plain, shop.URL(service)+path); !isOK(got) || !bytes.Contains(got.body, []byte(" "+me)) {
					t.Errorf("%s gives %d %.200s", path, got.status, got.body)
				}
				shop.Requests(service)
			}
		})
	}
	group.Wait()
}

func TestEnvAndDial(t *testing.T) {
	t.Parallel()
	shop := upstreamtest.New(t)
	if got := strings.Join(shop.Env(), " "); got != "USER_SERVICE_URL=http://user.test PRODUCT_SERVICE_URL=http://product.test ORDER_SERVICE_URL=http://order.test LEGACY_CUSTOMER_URL=http://customer.test" {
		t.Errorf("Env is %s", got)
	}
	for name, open := range networks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if conn, err := open(t).DialContext(t.Context(), "tcp", "127.0.0.1:1"); err == nil {
				t.Errorf("reached %v", conn.RemoteAddr())
			}
		})
	}
}
