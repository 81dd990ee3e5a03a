package main

import (
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"storefront/upstream/upstreamtest"
)

// asks are requests that make calls to every service, or to those that the BFF
// needs.
func asks() map[string]request {
	return map[string]request{
		"mobile":      {Server: "mobile", Path: "/api/dashboard/user_1"},
		"tv":          {Server: "tv", Path: "/api/browse/user_1"},
		"web":         {Server: "web", Path: "/api/dashboard/user_1"},
		"web GraphQL": {Server: "web", GraphQL: &operation{Query: `{dashboard(userId:"u"){user{id} recommendedProducts{id} recentOrders{items{product{id}}}}}`}},
	}
}

// asked are the requests that a service got from a BFF. Ports of a machine are
// used again and again: another program may knock for whom had one before.
func asked(shop *upstreamtest.Shop, service upstreamtest.Service) []upstreamtest.Request {
	return slices.DeleteFunc(shop.Requests(service), func(r upstreamtest.Request) bool {
		return r.Header.Get("User-Agent") != "storefront"
	})
}

// sent are all requests that the services of shop got from a BFF.
func sent(shop *upstreamtest.Shop) []upstreamtest.Request {
	return slices.Concat(asked(shop, upstreamtest.User), asked(shop, upstreamtest.Product), asked(shop, upstreamtest.Order))
}

// Each upstream request carries traceparent, X-Request-Id and what is left of
// the budget in whole milliseconds.
func TestUpstreamRequestsCarryTheirContext(t *testing.T) {
	t.Parallel()

	const (
		traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
		budget  = 10 * time.Second
	)

	for name, r := range asks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			shop := upstreamtest.NewTCP(t)
			p := startOver(t, shop, nil)
			r.Headers = map[string]string{"X-Request-Id": "the-clients-own", "Traceparent": "00-" + traceID + "-00f067aa0ba902b7-01"}
			p.ask(t, r)

			for _, call := range sent(shop) {
				if got := call.Header.Values("X-Request-Id"); len(got) != 1 || got[0] != "the-clients-own" {
					t.Errorf("%s: X-Request-Id is %q", call.Path, got)
				}

				if got := call.Header.Get("Traceparent"); !regexp.MustCompile(`^00-` + traceID + `-[0-9a-f]{16}-01$`).MatchString(got) {
					t.Errorf("%s: traceparent is %q, want trace %s", call.Path, got, traceID)
				}

				left, err := strconv.Atoi(call.Header.Get("X-Request-Timeout-Ms"))
				if err != nil || left <= 0 || time.Duration(left)*time.Millisecond > budget {
					t.Errorf("%s: X-Request-Timeout-Ms is %q", call.Path, call.Header.Get("X-Request-Timeout-Ms"))
				}
			}

			if len(sent(shop)) == 0 {
				t.Error("no service was asked")
			}
		})
	}
}

// A trace begins here where the client has none, or one that is malformed; all
// calls of one request belong to it.
func TestTraceBeginsHere(t *testing.T) {
	t.Parallel()

	whole := regexp.MustCompile(`^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$`)

	for _, traceparent := range []string{"", "00-nonsense", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"} {
		shop := upstreamtest.NewTCP(t)
		p := startOver(t, shop, nil)
		got := p.get(t, "mobile", "/api/dashboard/user_1", "Traceparent", traceparent)

		ids := map[string]bool{}

		for _, call := range sent(shop) {
			parts := whole.FindStringSubmatch(call.Header.Get("Traceparent"))
			if parts == nil || parts[1] == "00000000000000000000000000000000" {
				t.Fatalf("traceparent is %q", call.Header.Get("Traceparent"))
			}

			ids[parts[1]] = true

			if id := call.Header.Get("X-Request-Id"); id != got.header.Get("X-Request-Id") {
				t.Errorf("the service got the request id %q, the client %q", id, got.header.Get("X-Request-Id"))
			}
		}

		if len(ids) != 1 {
			t.Errorf("%q: the calls belong to the traces %v", traceparent, ids)
		}
	}
}

// What is left of the budget shrinks: the products of items are asked for after
// the orders have come, late as they were.
func TestBudgetShrinks(t *testing.T) {
	t.Parallel()

	const late = 300 * time.Millisecond

	shop := upstreamtest.NewTCP(t)
	shop.Fail(upstreamtest.Order, upstreamtest.Latency(late))

	p := startOver(t, shop, nil)
	p.graphql(t, `{order(id:"u_order_1"){items{product{id}}}}`)

	left := func(service upstreamtest.Service) int {
		n, err := strconv.Atoi(asked(shop, service)[0].Header.Get("X-Request-Timeout-Ms"))
		if err != nil {
			t.Fatal(err)
		}

		return n
	}

	if first, second := left(upstreamtest.Order), left(upstreamtest.Product); first-second < int(late.Milliseconds()) {
		t.Errorf("the order service is told %d ms, the product service %d ms later %d ms", first, late.Milliseconds(), second)
	}
}
