package graph_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"storefront/upstream/upstreamtest"
)

// TestTooManyCalls: an operation that could take more calls than are allowed is
// refused before its first one. Late lists have calls of their own for products.
func TestTooManyCalls(t *testing.T) {
	t.Parallel()

	lists := func(n int, selection string) string {
		var b strings.Builder
		for i := range n {
			user := strings.Repeat("u", i+1)
			b.WriteString(user + `:user(id:"` + user + `"){orders(first:1)` + selection + `} `)
		}

		return "{" + b.String() + "}"
	}

	tests := map[string]struct {
		operation string
		refused   bool
	}{
		"16 users with orders":              {lists(16, `{id}`), false},
		"17 users with orders":              {lists(17, `{id}`), true},
		"10 users with orders and products": {lists(10, `{items{product{id}}}`), false},
		"11 users with orders and products": {lists(11, `{items{product{id}}}`), true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shop := upstreamtest.New(t)
				got := query(t, handler(t, shop), test.operation)
				calls := shop.Calls(upstreamtest.User) + shop.Calls(upstreamtest.Order) + shop.Calls(upstreamtest.Product)

				if refused := strings.Contains(got, "at most 32 are allowed") && strings.Contains(got, "BAD_USER_INPUT"); refused != test.refused || refused != (calls == 0) {
					t.Errorf("%d calls: %.300s", calls, got)
				}
			})
		})
	}
}

// TestConditionsAreBooleans: a variable that decides what is selected and is
// null decides nothing.
func TestConditionsAreBooleans(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got := post(t, handler(t, upstreamtest.New(t)), `{"query":"query($yes:Boolean=true){user(id:\"a\"){id name@include(if:$yes)}}","variables":{"yes":null}}`)
		if got.Code != 200 || !strings.Contains(got.Body.String(), "$yes must be a Boolean") {
			t.Errorf("%d %s", got.Code, got.Body)
		}
	})
}
