package upstream_test

import (
	"strings"
	"testing"

	"storefront/internal/cache"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/telemetry"
	"storefront/upstream"
	"storefront/upstream/upstreamtest"
	"storefront/upstream/user"
)

// TestBFFsShareNothing: what one has seen does not stand in for another.
func TestBFFsShareNothing(t *testing.T) {
	t.Parallel()

	shop, metrics := upstreamtest.NewTCP(t), telemetry.NewMetrics()
	mobile := user.New(open(t, shop, metrics, "mobile")[upstream.User], user.All)
	tv := user.New(open(t, shop, metrics, "tv")[upstream.User], user.All)

	if got, err := mobile.Get(t.Context(), "user_1"); err != nil || got.Of.Name != "Name of user_1" {
		t.Errorf("got %+v, %v", got, err)
	}

	shop.Fail(upstreamtest.User, upstreamtest.Status(503))

	if got, err := mobile.Get(t.Context(), "user_1"); err != nil || got.State != fresh.Stale {
		t.Errorf("got %+v, %v", got, err)
	}

	if got, err := tv.Get(t.Context(), "user_1"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %+v, %v", got, err)
	}

	text := scrape(t, metrics)
	for _, want := range []string{
		`upstream_last_good_entries{bff="mobile"} 1`, `upstream_last_good_entries{bff="tv"} 0`, `upstream_last_good_bytes{bff="tv"} 0`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("no %s", want)
		}
	}

	if strings.Contains(text, `upstream_last_good_bytes{bff="mobile"} 0`) {
		t.Error("the answer takes no memory")
	}
}

func TestStaleIfErrorOff(t *testing.T) {
	t.Parallel()

	shop := upstreamtest.NewTCP(t)
	client := user.New(open(t, shop, telemetry.NewMetrics(), "mobile", "STALE_IF_ERROR=0")[upstream.User], user.All)

	if _, err := client.Get(t.Context(), "user_1"); err != nil {
		t.Error(err)
	}

	shop.Fail(upstreamtest.User, upstreamtest.Status(503))

	if got, err := client.Get(t.Context(), "user_1"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestCustomersAreOptional: a program may declare no customer system, or have none
// set; else it is a service like any other.
func TestCustomersAreOptional(t *testing.T) {
	t.Parallel()

	declared := append(all(), upstream.Customer)

	for name, test := range map[string]struct {
		services []upstream.Name
		environ  []string
		there    bool
	}{
		"not declared": {all(), []string{userAt, productAt, orderAt, customerAt}, false},
		"not set":      {declared, []string{userAt, productAt, orderAt}, false},
		"set":          {declared, []string{userAt, productAt, orderAt, customerAt}, true},
	} {
		settings, err := read(upstream.Declare, test.services, test.environ...)
		if err != nil {
			t.Fatal(err)
		}

		services := settings.Open(upstream.Caller{
			BFF: "web", Budget: budget, Metrics: telemetry.NewMetrics(), Tracer: telemetry.NewTracer(nil), Caches: cache.NewRegistry(1 << 20),
		}, declared...)
		if there := services[upstream.Customer] != nil; there != test.there || services[upstream.User] == nil {
			t.Errorf("%s: there is %t", name, there)
		}
	}
}

// TestSeriesAreThereFromTheStart, for the services that a BFF calls and for no
// other.
func TestSeriesAreThereFromTheStart(t *testing.T) {
	t.Parallel()

	settings, err := read(upstream.Declare, all(), userAt, productAt, orderAt)
	if err != nil {
		t.Fatal(err)
	}

	metrics := telemetry.NewMetrics()

	services := settings.Open(upstream.Caller{
		BFF: "tv", Budget: budget, Metrics: metrics, Tracer: telemetry.NewTracer(nil), Caches: cache.NewRegistry(1 << 20),
	}, upstream.Product)
	if len(services) != 1 || services[upstream.Product] == nil {
		t.Errorf("got %v", services)
	}

	text := scrape(t, metrics)
	if !strings.Contains(text, `upstream_calls_total{bff="tv",outcome="ok",service="product"} 0`) {
		t.Error("no calls of the product service")
	}

	if strings.Contains(text, `service="user"`) {
		t.Error("a service that is never called is counted")
	}
}
