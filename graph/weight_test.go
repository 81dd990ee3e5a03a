package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"storefront/upstream/upstreamtest"
)

// TestHeavyOperations: what would take too long or too much memory is refused
// before it does. Each of these would keep a core busy for hours, or fill the
// memory, if it were not.
func TestHeavyOperations(t *testing.T) {
	t.Parallel()

	manyItems := `[` + strings.TrimSuffix(strings.Repeat(`{"id":"o","date":"d","total":1,"status":"s","items":[`+
		strings.TrimSuffix(strings.Repeat(`{"product_id":"prod_1","quantity":1},`, 900), ",")+`]},`, 50), ",") + `]`

	tests := map[string]struct{ operation, want string }{
		"fragments spread twice": {
			`query{...F0} ` + doubling(60, "Query", "__typename"), "more than 20000 values",
		},
		"fragments spread twice around lists": {
			`{dashboard(userId:"a"){recentOrders(first:50){...F0}}} ` + doubling(40, "Order", "id date total"), "more than 20000 values",
		},
		"fragments nested in fields": {
			`{a:user(id:"a"){...U} b:user(id:"b"){...U} c:user(id:"c"){...U}} fragment U on User` +
				`{` + repeat(30, "x%d:orders(first:50){id date total status shippingAddress}") + `}`, "more than 20000 values",
		},
		"orders of many items": {
			`{dashboard(userId:"big"){recentOrders(first:50){items{quantity}}}}`, "more than 20000 values",
		},
		"one field over and over": {
			`{user(id:"a"){` + strings.Repeat("id ", 1000) + `}}`, "more than 100 times",
		},
		"one alias over and over": {
			`{user(id:"a"){name ...F}} fragment F on User{` + strings.Repeat("name:id ", 300) + `}`, "more than 100 times",
		},
		"long aliases around lists": {
			`{dashboard(userId:"a"){recentOrders(first:50){` + repeat(10, strings.Repeat("x", 2000)+"%d:id") + `}}}`, "more than 20000 values",
		},
		"a deferred part": {
			`{dashboard(userId:"a"){... @defer{recentOrders{id}}}}`, "errors",
		},
		"one order of many items in a long list": {
			`{user(id:"bulk"){id orders(first:50){items{quantity product{id name price}}}}}`, `"product":{`,
		},
		"deep introspection": {
			`{__schema{types{fields{type{fields{type{fields{type{fields{name}}}}}}}}}}`, "errors",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shop := upstreamtest.New(t)
				shop.Set(upstreamtest.Order, "/orders?user_id=big", manyItems)
				shop.Set(upstreamtest.Order, "/orders?user_id=bulk", `[{"id":"o","date":"d","total":1,"status":"s","items":[`+
					strings.TrimSuffix(strings.Repeat(`{"product_id":"prod_1","quantity":1},`, 900), ",")+`]}]`)

				if got := query(t, handler(t, shop), test.operation); !strings.Contains(got, test.want) {
					t.Errorf("got %.300s, want %s", got, test.want)
				}
			})
		})
	}
}

// doubling returns fragments of which each spreads the next one twice.
func doubling(levels int, on, last string) string {
	var b strings.Builder
	for i := range levels {
		fmt.Fprintf(&b, "fragment F%d on %s{...F%d ...F%d} ", i, on, i+1, i+1)
	}

	fmt.Fprintf(&b, "fragment F%d on %s{%s}", levels, on, last)

	return b.String()
}

func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format+" ", i)
	}

	return b.String()
}
