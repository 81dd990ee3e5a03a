package main

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"storefront/internal/serve"
	"storefront/upstream/upstreamtest"
)

func TestStartPrintsWhatListensWhere(t *testing.T) {
	t.Parallel()

	p := startOver(t, upstreamtest.NewTCP(t), nil)

	for _, name := range []string{"web", "mobile", "tv", "ops"} {
		if !strings.Contains(p.stdout.String(), p.urls[name]) {
			t.Errorf("%s at %s is not told:\n%s", name, p.urls[name], p.stdout.String())
		}
	}
}

func TestBFFSettingChoosesWhatIsServed(t *testing.T) {
	t.Parallel()

	shop := upstreamtest.NewTCP(t)

	for chosen, want := range map[string][]string{
		"web":           {"ops", "web"},
		"mobile":        {"mobile", "ops"},
		"tv":            {"ops", "tv"},
		"tv,mobile":     {"mobile", "ops", "tv"},
		"web,mobile,tv": {"mobile", "ops", "tv", "web"},
	} {
		p := startOver(t, shop, settings{"BFF": chosen})
		if got := slices.Sorted(maps.Keys(p.urls)); !slices.Equal(got, want) {
			t.Errorf("BFF=%s serves %q, want %q", chosen, got, want)
		}
	}
}

// Only a service that is missing is embedded; one that is set is called where
// it is.
func TestOnlyMissingServicesAreEmbedded(t *testing.T) {
	t.Parallel()

	shop := upstreamtest.NewTCP(t)
	set := of(shop)
	delete(set, "USER_SERVICE_URL")

	p := start(t, ampleBudgets().with(set))

	if got, want := slices.Sorted(maps.Keys(p.urls)), []string{"mobile", "ops", "tv", "user service", "web"}; !slices.Equal(got, want) {
		t.Fatalf("servers are %q, want %q", got, want)
	}

	body := string(p.get(t, "mobile", "/api/dashboard/user_1").body)
	for _, want := range []string{"John Doe", "Product 1 for user_1", "delivered to user_1"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}

	if got := [...]int{len(asked(shop, upstreamtest.User)), len(asked(shop, upstreamtest.Product)), len(asked(shop, upstreamtest.Order))}; got != [...]int{0, 1, 1} {
		t.Errorf("the fake services got %v calls, want 0, 1 and 1", got)
	}
}

// The legacy customer system is embedded by itself too, and is as easy to break.
func TestOnlyTheCustomerSystemIsEmbedded(t *testing.T) {
	t.Parallel()

	set := of(upstreamtest.NewTCP(t))
	delete(set, "LEGACY_CUSTOMER_URL")

	p := start(t, ampleBudgets().with(set))

	if got, want := slices.Sorted(maps.Keys(p.urls)), []string{"legacy customer system", "mobile", "ops", "tv", "web"}; !slices.Equal(got, want) {
		t.Fatalf("servers are %q, want %q", got, want)
	}

	record := p.urls["legacy customer system"] + "/cust/12345"
	if got := p.fetch(t, record); got.status != http.StatusOK || !strings.Contains(string(got.body), `"f_name":"John","l_name":"Doe"`) {
		t.Errorf("%d %s", got.status, got.body)
	}

	p.chaos(t, http.MethodPut, "/chaos/customer", `{"preset":"down"}`)

	if got := p.fetch(t, record); got.status != http.StatusServiceUnavailable {
		t.Errorf("%d %s", got.status, got.body)
	}

	if got := p.chaos(t, http.MethodDelete, "/chaos", ""); !strings.Contains(string(got.body), `{"services":[{"service":"customer",`) {
		t.Errorf("%d %s", got.status, got.body)
	}

	if got := p.fetch(t, record); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// A second start over the same DATA_DIR finds the data of the first one and
// fills nothing anew.
func TestDataDirIsKept(t *testing.T) {
	t.Parallel()

	set := of(upstreamtest.NewTCP(t)).with(ampleBudgets()).with(settings{"DATA_DIR": t.TempDir() + "/new/folder"})
	delete(set, "USER_SERVICE_URL") // The one that is filled fastest.

	first, err := boot(program(), set)
	if err != nil {
		t.Fatal(err)
	}

	if err = first.stop(); err != nil {
		t.Fatal(err)
	}

	renameUser1(t, set["DATA_DIR"]+"/user.db", "Joan Doe")

	second := start(t, set)
	if body := string(second.get(t, "mobile", "/api/dashboard/user_1").body); !strings.Contains(body, "Joan Doe") {
		t.Errorf("no Joan Doe in %s", body)
	}
}

// The sections of a page are fetched side by side: all three services are asked
// before any has answered.
func TestSectionsAreFetchedSideBySide(t *testing.T) {
	t.Parallel()

	for name, r := range map[string]request{
		"mobile":      {Server: "mobile", Path: "/api/dashboard/user_1"},
		"web":         {Server: "web", Path: "/api/dashboard/user_1"},
		"web GraphQL": {Server: "web", GraphQL: &operation{Query: `{dashboard(userId:"u"){user{id} recommendedProducts{id} recentOrders{id}}}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			shop := upstreamtest.NewTCP(t)
			p := startOver(t, shop, nil)

			for _, service := range upstreamtest.Services() {
				shop.Fail(service, upstreamtest.Hang())
			}

			left := p.leave(t, r, func() bool {
				return shop.InFlight(upstreamtest.User) == 1 && shop.InFlight(upstreamtest.Product) == 1 && shop.InFlight(upstreamtest.Order) == 1
			}, shop)
			if left == nil {
				t.Error("there was an answer")
			}
		})
	}
}

// A base URL may have a path of its own.
func TestServiceBelowAPath(t *testing.T) {
	t.Parallel()

	shop := upstreamtest.NewTCP(t)
	below := httptest.NewServer(http.StripPrefix("/v1/people", shop.Gate(upstreamtest.User)))
	t.Cleanup(below.Close)

	p := startOver(t, shop, settings{"USER_SERVICE_URL": below.URL + "/v1/people/"})

	if got := p.get(t, "mobile", "/api/dashboard/user_1"); !strings.Contains(string(got.body), "Name of user_1") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// A service that is not there at all costs its section, and its address is not
// told.
func TestServiceThatIsNotThere(t *testing.T) {
	t.Parallel()

	// A port that nothing here ever listens on; one that was closed just now might
	// be given to another test.
	const nowhere = "127.0.0.1:1"

	p := startOver(t, upstreamtest.NewTCP(t), settings{"ORDER_SERVICE_URL": "http://" + nowhere})
	p.secrets = append(p.secrets, nowhere)

	if got := p.get(t, "mobile", "/api/dashboard/user_1"); !strings.Contains(string(got.body), `{"section":"recent_orders","state":"omitted","reason":"unavailable"}`) {
		t.Errorf("%d %s", got.status, got.body)
	}

	if got := p.graphql(t, `{dashboard(userId:"u"){recentOrders{id}}}`); !strings.Contains(string(got.body), `"UPSTREAM_UNAVAILABLE"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// A client that leaves takes its calls with it.
func TestCallsEndWithTheirClient(t *testing.T) {
	t.Parallel()

	shop := upstreamtest.NewTCP(t)
	shop.Fail(upstreamtest.Product, upstreamtest.Hang())

	p := startOver(t, shop, nil)

	if p.leave(t, request{Server: "tv", Path: "/api/browse/user_1"}, func() bool { return shop.InFlight(upstreamtest.Product) == 1 }, shop) == nil {
		t.Fatal("there was an answer")
	}

	waitUntil(t, shop, func() bool { return shop.InFlight(upstreamtest.Product) == 0 })

	if !asked(shop, upstreamtest.Product)[0].Cancelled {
		t.Error("the call was not cancelled")
	}
}

// Equal calls of one caller at the same time are one call; another caller has
// one of their own.
func TestEqualCallsAreCoalesced(t *testing.T) {
	t.Parallel()

	const each = 5

	shop := upstreamtest.NewTCP(t)
	shop.Fail(upstreamtest.Product, upstreamtest.Latency(1500*time.Millisecond))

	p := startOver(t, shop, nil)
	answers := make(chan answer, 2*each)

	for i := range 2 * each {
		go func() {
			got, err := p.try(t.Context(), request{
				Server: "tv", Path: "/api/browse/user_1",
				Headers: map[string]string{"Authorization": []string{"Bearer one", "Bearer two"}[i%2]},
			})
			if err != nil {
				t.Error(err)
			}

			answers <- got
		}()
	}

	coalesced := 0

	for range 2 * each {
		got := <-answers
		if got.status != http.StatusOK {
			t.Errorf("status %d", got.status)
		}

		if strings.HasSuffix(got.header.Get("Server-Timing"), ";desc=coalesced") {
			coalesced++
		}
	}

	if calls := len(asked(shop, upstreamtest.Product)); calls != 2 || coalesced != 2*each-2 {
		t.Errorf("%d calls, %d answers say coalesced, want 2 and %d", calls, coalesced, 2*each-2)
	}
}

// Once the process is asked to stop, /readyz says so at once, requests in flight
// are answered, and then nobody listens any more.
func TestStopLosesNoRequest(t *testing.T) {
	t.Parallel()

	shop := upstreamtest.NewTCP(t)
	shop.Fail(upstreamtest.Product, upstreamtest.Latency(time.Second))

	p := startOver(t, shop, settings{"DRAIN_GRACE": "500ms"})
	answered := make(chan answer, 1)

	go func() {
		got, err := p.try(t.Context(), request{Server: "tv", Path: "/api/browse/user_1"})
		if err != nil {
			t.Error(err)
		}

		answered <- got
	}()

	waitUntil(t, shop, func() bool { return shop.InFlight(upstreamtest.Product) == 1 })

	p.cancel()
	waitForText(t, &p.stderr, "draining")

	if got := p.get(t, "ops", "/readyz"); got.status != http.StatusServiceUnavailable || !strings.Contains(string(got.body), "draining") {
		t.Errorf("/readyz: %d %s", got.status, got.body)
	}

	if got := p.get(t, "ops", "/livez"); got.status != http.StatusOK {
		t.Errorf("/livez: %d %s", got.status, got.body)
	}

	if got := <-answered; got.status != http.StatusOK || len(got.body) == 0 {
		t.Errorf("the request in flight: %d %s", got.status, got.body)
	}

	<-p.done

	if p.code != serve.ExitOK {
		t.Errorf("exit code %d", p.code)
	}

	if got, err := p.try(t.Context(), request{Server: "tv", Path: "/api/browse/user_1"}); err == nil {
		t.Errorf("still served: %d", got.status)
	}
}
