package order_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/upstream/order"
	"storefront/upstream/upstreamtest"
)

func TestCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop := upstreamtest.New(t)
		transport := resilience.NewTransport()
		transport.DialContext = shop.DialContext
		client := order.New(service(shop.URL(upstreamtest.Order), transport), order.All)

		recent, err := client.Recent(t.Context(), "user 1&limit=9", 3)
		wantKind(t, err, fault.None, "")

		if len(recent.Of) != 3 || recent.Of[0].Status != "on the way to user 1&limit=9" {
			t.Errorf("got %v", recent.Of)
		}

		one, err := client.Get(t.Context(), "user_1_order_2")
		wantKind(t, err, fault.None, "")

		if one.Of.Total != "0.1" || len(one.Of.Items) != 3 {
			t.Errorf("got %v", one.Of)
		}

		_, err = client.Get(t.Context(), "a/b?c")
		wantKind(t, err, fault.NotFound, "404")

		var asked []string
		for _, request := range shop.Requests(upstreamtest.Order) {
			asked = append(asked, request.Path+"?"+request.Query)
		}

		if diff := cmp.Diff([]string{
			"/orders?user_id=user+1%26limit%3D9&limit=3", "/orders/user_1_order_2?", "/orders/a%2Fb%3Fc?",
		}, asked); diff != "" {
			t.Error(diff)
		}
	})
}
