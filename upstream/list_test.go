package upstream_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/cache"
	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/internal/telemetry"
	"storefront/upstream"
	"storefront/upstream/order"
	"storefront/upstream/product"
	"storefront/upstream/upstreamtest"
)

// faults has every fault by name, and what it makes of a list.
func faults() map[upstreamtest.Fault]fault.Kind {
	return map[upstreamtest.Fault]fault.Kind{
		upstreamtest.Latency(10 * time.Millisecond):   fault.None,
		upstreamtest.Hang():                           fault.Timeout,
		upstreamtest.Stalled():                        fault.Timeout,
		upstreamtest.SlowDrip(100 * time.Millisecond): fault.Timeout,
		upstreamtest.Status(503):                      fault.Unavailable,
		upstreamtest.Status(429):                      fault.Overload,
		upstreamtest.Status(400):                      fault.InvalidResponse,
		upstreamtest.NotFound():                       fault.InvalidResponse, // a list is no one thing
		upstreamtest.Redirect():                       fault.InvalidResponse,
		upstreamtest.ResetBeforeHeaders():             fault.Unavailable,
		upstreamtest.ResetMidBody():                   fault.Unavailable,
		upstreamtest.Truncated():                      fault.Unavailable,
		upstreamtest.StaleKeepalive():                 fault.None, // the first answer on a connection is good
		upstreamtest.Huge():                           fault.InvalidResponse,
		upstreamtest.HugeSized():                      fault.InvalidResponse,
		upstreamtest.HugeGzip():                       fault.InvalidResponse,
		upstreamtest.HeadersHuge():                    fault.Unavailable,
		upstreamtest.Empty():                          fault.InvalidResponse,
		upstreamtest.NullBody():                       fault.InvalidResponse,
		upstreamtest.Garbage():                        fault.InvalidResponse,
		upstreamtest.TrailingGarbage():                fault.InvalidResponse,
		upstreamtest.WrongContentType():               fault.InvalidResponse,
		upstreamtest.WrongType():                      fault.InvalidResponse,
		upstreamtest.WrongElement():                   fault.InvalidResponse,
		upstreamtest.WrongUser():                      fault.None, // a list does not say whose it is
		upstreamtest.DuplicateKeys():                  fault.None,
		upstreamtest.InvalidUTF8():                    fault.None,
		upstreamtest.DeepNesting():                    fault.InvalidResponse,
		upstreamtest.IgnoreLimit():                    fault.None, // cut
	}
}

func TestEveryFaultIsThere(t *testing.T) {
	t.Parallel()

	named := map[string]bool{}
	for f := range faults() {
		named[f.Name()] = true
	}

	for _, name := range upstreamtest.Names() {
		if !named[name] {
			t.Errorf("%s is not", name)
		}
	}
}

// limit is how many products and orders are asked for: fewer than there are.
const limit = 3

// TestLists meets each fault with the real clients of both services that
// answer in lists.
func TestLists(t *testing.T) {
	t.Parallel()

	for f, want := range faults() {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shop := upstreamtest.New(t)
				shop.Fail(upstreamtest.Product, f)
				shop.Fail(upstreamtest.Order, f)

				services := connect(shop)
				products, err := product.New(services[upstream.Product], product.All).Recommended(t.Context(), "user_1", limit)
				checkList(t, len(products.Of), err, want)

				orders, err := order.New(services[upstream.Order], order.All).Recent(t.Context(), "user_1", limit)
				checkList(t, len(orders.Of), err, want)
			})
		})
	}
}

// connect gives the services of shop in memory.
func connect(shop *upstreamtest.Shop) upstream.Services {
	transport := resilience.NewTransport()
	transport.DialContext = shop.DialContext

	return upstream.Connect("test", map[upstream.Name]string{
		upstream.Product: shop.URL(upstreamtest.Product), upstream.Order: shop.URL(upstreamtest.Order),
	}, telemetry.NewMetrics(), resilience.Options{
		Transport: transport, AttemptTimeout: budget,
		LastGood: cache.NewLastGood(time.Minute, 100, 1<<20), Tracer: telemetry.NewTracer(nil),
	})
}

func checkList(t *testing.T, length int, err error, want fault.Kind) {
	t.Helper()

	if wantLength := map[bool]int{true: limit}[want == fault.None]; fault.KindOf(err) != want || length != wantLength {
		t.Errorf("got %d elements, %v; want %d, %v", length, err, wantLength, want)
	}
}

// TestOneCallForAll: the page and the loader ask for the same at the same time.
func TestOneCallForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop := upstreamtest.New(t)
		shop.Fail(upstreamtest.Product, upstreamtest.Latency(10*time.Millisecond))

		client := product.New(connect(shop)[upstream.Product], product.All)
		ask := func(ctx context.Context) { _, _ = client.ByID(ctx, []string{"prod_1", "prod_2"}) }

		for range 10 {
			go ask(t.Context())
		}

		time.Sleep(20 * time.Millisecond)
		synctest.Wait()

		if n := shop.Calls(upstreamtest.Product); n != 1 {
			t.Errorf("%d calls, want 1", n)
		}
	})
}
