package graph_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/bff/bfftest"
	"storefront/upstream/upstreamtest"
)

// TestOneCallForAllProducts: however orders are reached, the products of all
// their items take one call.
func TestOneCallForAllProducts(t *testing.T) {
	t.Parallel()

	const items = `{items{product{name}}}`

	tests := map[string]struct {
		operation          string
		ids, users, orders int
	}{
		"one list":            {`{dashboard(userId:"a"){recentOrders(first:50)` + items + `}}`, 1, 0, 1},
		"two aliases":         {`{dashboard(userId:"a"){x:recentOrders(first:2)` + items + ` y:recentOrders(first:20)` + items + `}}`, 1, 0, 1},
		"two dashboards":      {`{x:dashboard(userId:"a"){recentOrders` + items + `} y:dashboard(userId:"b"){recentOrders` + items + `}}`, 1, 0, 2},
		"two depths":          {`{dashboard(userId:"a"){recentOrders` + items + ` user{orders(first:9)` + items + `}}}`, 1, 1, 1},
		"a list and an order": {`{user(id:"a"){orders` + items + `} order(id:"b_order_2")` + items + `}`, 1, 1, 2},
		"fragments":           {`{dashboard(userId:"a"){...d}} fragment d on Dashboard{recentOrders{...o}} fragment o on Order` + items, 1, 0, 1},
		"skipped":             {`{dashboard(userId:"a"){recentOrders{items{productId product @skip(if:true){name}}}}}`, 0, 0, 1},
		"not selected":        {`{dashboard(userId:"a"){recentOrders{items{productId}}}}`, 0, 0, 1},
		"only introspected":   {`{dashboard(userId:"a"){__typename}}`, 0, 0, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shop := upstreamtest.New(t)

				answer := query(t, handler(t, shop), test.operation)
				if strings.Contains(answer, "errors") || strings.Contains(answer, "null") {
					t.Errorf("answer %s", answer)
				}

				ids := 0

				for _, r := range shop.Requests(upstreamtest.Product) {
					if strings.HasPrefix(r.Query, "ids=") {
						ids++
					}
				}

				if ids != test.ids || shop.Calls(upstreamtest.Product) != test.ids {
					t.Errorf("%d calls for ids of %d to the product service, want %d", ids, shop.Calls(upstreamtest.Product), test.ids)
				}

				if users, orders := shop.Calls(upstreamtest.User), shop.Calls(upstreamtest.Order); users != test.users || orders != test.orders {
					t.Errorf("%d user and %d order calls, want %d and %d", users, orders, test.users, test.orders)
				}
			})
		})
	}
}

// TestLateOrdersDoNotHoldUpOthers: the orders of one user hang; the products of
// another user's orders are on the page all the same, within the budget.
func TestLateOrdersDoNotHoldUpOthers(t *testing.T) {
	t.Parallel()

	const operation = `{x:dashboard(userId:"a"){recentOrders(first:1){items{product{id}}}} y:dashboard(userId:"b"){recentOrders(first:9){items{product{id}}}}}`

	tests := map[string]struct {
		fault upstreamtest.Fault
		calls int
		b     string
	}{
		"hanging":              {upstreamtest.Hang(), 1, `"y":{"recentOrders":null}`},
		"late, but in time":    {upstreamtest.Latency(bfftest.Budget * 8 / 10), 2, `"y":{"recentOrders":[{"items":[{"product":{"id":"`},
		"early enough to wait": {upstreamtest.Latency(bfftest.Budget * 4 / 10), 1, `"y":{"recentOrders":[{"items":[{"product":{"id":"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shop := upstreamtest.New(t)
				shop.Fail(upstreamtest.Order, test.fault.On("/orders?user_id=b"))

				start := time.Now()
				answer := query(t, handler(t, shop), operation)

				if took := time.Since(start); took > bfftest.Budget {
					t.Errorf("took %v", took)
				}

				if !strings.Contains(answer, `"x":{"recentOrders":[{"items":[{"product":{"id":"`) || !strings.Contains(answer, test.b) {
					t.Errorf("answer %s", answer)
				}

				if got := shop.Calls(upstreamtest.Product); got != test.calls {
					t.Errorf("%d product calls, want %d", got, test.calls)
				}
			})
		})
	}
}

// TestEveryLateListGetsItsProducts: after the last call each list that still
// comes in is asked for at once, and a list that never comes holds up none.
func TestEveryLateListGetsItsProducts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop := upstreamtest.New(t)
		shop.Fail(upstreamtest.Order, upstreamtest.Latency(bfftest.Budget*6/10).On("/orders?user_id=b"), upstreamtest.Hang().On("/orders?user_id=c"))

		got := query(t, handler(t, shop), `{`+
			`x:user(id:"a"){orders(first:1){items{product{id}}}} `+
			`y:user(id:"b"){orders(first:9){items{product{id}}}} `+
			`z:user(id:"c"){orders(first:1){items{product{id}}}}}`)

		if strings.Contains(got, `"product":null`) || !strings.Contains(got, `"z":{"orders":null}`) || shop.Calls(upstreamtest.Product) != 2 {
			t.Errorf("%d calls: %s", shop.Calls(upstreamtest.Product), got)
		}
	})
}

// TestOldOrdersGetOldProducts: when the budget ends, last good orders and last
// good products stand in together, every time.
func TestOldOrdersGetOldProducts(t *testing.T) {
	t.Parallel()

	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			shop := upstreamtest.New(t)
			bff := handler(t, shop)

			const operation = `{x:user(id:"a"){orders(first:1){items{product{id}}}} y:user(id:"b"){orders(first:1){items{product{id}}}}}`

			query(t, bff, operation)
			shop.Fail(upstreamtest.Order, upstreamtest.Hang())

			if got := query(t, bff, operation); strings.Contains(got, "null") || !strings.Contains(got, `"state":"stale"`) {
				t.Errorf("got %s", got)
			}
		})
	}
}
