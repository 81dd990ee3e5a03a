package mobile_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/bff/bfftest"
	"storefront/bff/mobile"
	"storefront/upstream"
	"storefront/upstream/upstreamtest"
)

const path = "/api/dashboard/u-7-x"

// The sections of u-7-x, as the mobile app sees them.
const (
	freshUser     = `{"name":"Name of u-7-x","profile_picture":"http://img.test/u-7-x/me.jpg"}`
	freshProducts = `[{"id":"u-7-x_prod_1","name":"Product 1 for u-7-x","price":999.90,"image":"http://img.test/u-7-x/p1.jpg"},` +
		`{"id":"u-7-x_prod_2","name":"Product 2 for u-7-x","price":0.1,"image":"http://img.test/u-7-x/p2.jpg?v=2"},` +
		`{"id":"u-7-x_prod_3","name":"Product 3 for u-7-x","price":1e2,"image":"http://img.test/u-7-x/p3.png"},` +
		`{"id":"u-7-x_prod_4","name":"Product 4 for u-7-x","price":12345678901234567890.12,"image":"http://img.test/u-7-x/p4_hd.webp"},` +
		`{"id":"u-7-x_prod_5","name":"Product 5 for u-7-x","price":0.30000000000000004,"image":"http://img.test/u-7-x/p5.jpg"}]`
	freshOrders = `[{"id":"u-7-x_order_1","total":999.90,"status":"on the way to u-7-x"},` +
		`{"id":"u-7-x_order_2","total":0.1,"status":"packed for u-7-x"},` +
		`{"id":"u-7-x_order_3","total":1e2,"status":"delivered to u-7-x"}]`
)

func page(user, products, orders, degraded string) string {
	text := `{"user":` + user + `,"recommended_products":` + products + `,"recent_orders":` + orders
	if degraded != "" {
		text += `,"degraded":` + degraded
	}

	return text + "}"
}

func handler(t *testing.T, shop *upstreamtest.Shop) http.Handler {
	t.Helper()

	return bfftest.Handler(t, shop, func(services upstream.Services) http.Handler {
		return mobile.New(services).Routes(&mobile.Settings{MaxAge: 30 * time.Second})
	})
}

// TestLateForNobody: whatever a service does, the page is there within the
// budget, in virtual time, with all that is in.
func TestLateForNobody(t *testing.T) {
	t.Parallel()

	const omitted = `"state":"omitted","reason":"timeout"}]`

	tests := map[string]struct {
		fail     upstreamtest.Service
		fault    upstreamtest.Fault
		want     string
		within   time.Duration
		canceled bool
	}{
		"slow, but in time": {
			upstreamtest.Order, upstreamtest.Latency(900 * time.Millisecond),
			page(freshUser, freshProducts, freshOrders, ""), 900 * time.Millisecond, false,
		},
		"hanging user service": {
			upstreamtest.User, upstreamtest.Hang(),
			page("null", freshProducts, freshOrders, `[{"section":"user",`+omitted), bfftest.Budget, true,
		},
		"late products": {
			upstreamtest.Product, upstreamtest.Latency(time.Minute),
			page(freshUser, "null", freshOrders, `[{"section":"recommended_products",`+omitted), bfftest.Budget, true,
		},
		"stalled orders": {
			upstreamtest.Order, upstreamtest.Stalled(),
			page(freshUser, freshProducts, "null", `[{"section":"recent_orders",`+omitted), bfftest.Budget, true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shop := upstreamtest.New(t)
				shop.Fail(test.fail, test.fault)

				start := time.Now()
				answer := bfftest.Get(t, handler(t, shop), path)

				if took := time.Since(start); took > test.within {
					t.Errorf("took %v, want at most %v", took, test.within)
				}

				if diff := cmp.Diff(test.want, answer.Body.String()); diff != "" {
					t.Error(diff)
				}

				synctest.Wait()

				if calls := shop.Requests(test.fail); len(calls) != 1 || calls[0].Cancelled != test.canceled {
					t.Errorf("upstream saw %+v, want one call, canceled: %v", calls, test.canceled)
				}
			})
		})
	}
}

// TestStaleSections: the last good answer stands in, says how old it is, and
// not for longer than it may.
func TestStaleSections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop := upstreamtest.New(t)
		bff := handler(t, shop)
		bfftest.Get(t, bff, path)

		shop.Fail(upstreamtest.Order, upstreamtest.Status(http.StatusServiceUnavailable))
		shop.Fail(upstreamtest.Product, upstreamtest.Garbage())
		time.Sleep(90 * time.Second)

		got := bfftest.Get(t, bff, path)
		want := page(freshUser, freshProducts, freshOrders,
			`[{"section":"recommended_products","state":"stale","reason":"invalid_response","age_seconds":90},`+
				`{"section":"recent_orders","state":"stale","reason":"unavailable","age_seconds":90}]`)

		if diff := cmp.Diff(want, got.Body.String()); diff != "" {
			t.Error(diff)
		}

		if got := got.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("a degraded page has Cache-Control %q", got)
		}

		time.Sleep(bfftest.StaleIfError)

		got = bfftest.Get(t, bff, path)
		want = page(freshUser, "null", "null",
			`[{"section":"recommended_products","state":"omitted","reason":"invalid_response"},`+
				`{"section":"recent_orders","state":"omitted","reason":"unavailable"}]`)

		if diff := cmp.Diff(want, got.Body.String()); diff != "" {
			t.Error(diff)
		}

		shop.Heal()

		got = bfftest.Get(t, bff, path)
		if diff := cmp.Diff(page(freshUser, freshProducts, freshOrders, ""), got.Body.String()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestReadsNoMoreThanItShows: what another service breaks in a field that no
// screen shows does not matter here.
func TestReadsNoMoreThanItShows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop := upstreamtest.New(t)
		shop.Set(upstreamtest.User, "/users/7", `{"id":7,"name":"N","bio":{"not":["text"]},"email":5}`)
		shop.Set(upstreamtest.Product, "/products", `[{"id":1,"name":"P","price":1.10,"rating":"many","specs":7}]`)
		shop.Set(upstreamtest.Order, "/orders", `[{"id":2,"total":0.10,"status":"","items":"none","date":1}]`)

		got := bfftest.Get(t, handler(t, shop), "/api/dashboard/7").Body.String()
		want := page(`{"name":"N","profile_picture":null}`, `[{"id":1,"name":"P","price":1.10,"image":null}]`, `[{"id":2,"total":0.10,"status":""}]`, "")

		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
