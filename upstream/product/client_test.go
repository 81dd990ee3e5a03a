package product_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/upstream/product"
	"storefront/upstream/upstreamtest"
)

func TestCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop := upstreamtest.New(t)
		transport := resilience.NewTransport()
		transport.DialContext = shop.DialContext
		client := product.New(service(shop.URL(upstreamtest.Product), transport), product.All)

		recommended, err := client.Recommended(t.Context(), "user 1&limit=9", 3)
		wantKind(t, err, fault.None, "")

		if len(recommended.Of) != 3 || recommended.Of[2].Name != "Product 3 for user 1&limit=9" {
			t.Errorf("got %v", recommended.Of)
		}

		some, err := client.ByID(t.Context(), []string{"prod_2", "a,b", "prod_7", "unknown"})
		wantKind(t, err, fault.None, "")

		if len(some.Of) != 2 {
			t.Errorf("got %v", some.Of)
		}

		one, err := client.Get(t.Context(), "prod_3")
		wantKind(t, err, fault.None, "")

		if one.Of.Price != "1e2" {
			t.Errorf("got %v", one.Of)
		}

		_, err = client.Get(t.Context(), "a/b?c")
		wantKind(t, err, fault.NotFound, "404")

		var asked []string
		for _, request := range shop.Requests(upstreamtest.Product) {
			asked = append(asked, request.Path+"?"+request.Query)
		}

		if diff := cmp.Diff([]string{
			"/products?user_id=user+1%26limit%3D9&limit=3", "/products?ids=prod_2,a%2Cb,prod_7,unknown",
			"/products/prod_3?", "/products/a%2Fb%3Fc?",
		}, asked); diff != "" {
			t.Error(diff)
		}
	})
}
