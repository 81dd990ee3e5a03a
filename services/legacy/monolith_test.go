package legacy_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"storefront/services/internal/servicetest"
	"storefront/services/legacy"
)

func TestMonolithShapes(t *testing.T) {
	t.Parallel()
	for target, file := range map[string]string{
		"/api/users/user_1":                      "user.json",
		"/api/users/user_1?detail=full":          "user_full.json",
		"/api/products?limit=3":                  "products.json",
		"/api/products?limit=2&detail=full":      "products_full.json",
		"/api/products?user_id=user_1&limit=2":   "products_of_user_1.json",
		"/api/products?ids=prod_12,x,prod_3":     "products_by_ids.json",
		"/api/products/prod_103":                 "product_full.json",
		"/api/orders/order_4999":                 "order.json",
		"/api/orders/order_4999?detail=full":     "order_full.json",
		"/api/orders?user_id=user_1&limit=2":     "orders_of_user_1.json",
		"/api/orders?user_id=x&unasked=anything": "orders_of_nobody.json",
	} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			servicetest.Golden(t, file, servicetest.Do(t, shared.monolith.Handler(), http.MethodGet, target).Body)
		})
	}
}

func TestMonolithWire(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 129)
	servicetest.Wire(t, shared.monolith.Handler(),
		map[string]string{
			"/api/users/user_1": "", "/api/users/user_600?detail=full": "",
			"/api/products": "", "/api/products?limit=1000&detail=full": "", "/api/products?user_id=x": "", "/api/products?ids=prod_1": "",
			"/api/products/prod_1": "", "/api/orders?user_id=user_1": "", "/api/orders/order_1": "",
		},
		[]string{
			"/api", "/api/", "/api/users", "/api/users/x", "/users/user_1", "/api/users/user_1/orders", "/api/products/x",
			"/api/orders/x", "/pictures/user_1.jpg", "/images/prod_1.jpg", "/api//products",
		},
		[]string{
			"/api/users/" + long, "/api/users/user_1?detail=", "/api/users/user_1?detail=some", "/api/users/user_1?detail=full&detail=full",
			"/api/users/user_1?%zz", "/api/products?limit=0", "/api/products?detail=fully", "/api/products?user_id=a&ids=b", "/api/products?user_id=",
			"/api/products?ids=", "/api/products?user_id=a&limit=x", "/api/products/" + long, "/api/products?%zz",
			"/api/orders", "/api/orders?limit=2", "/api/orders?user_id=a&limit=0", "/api/orders?%zz", "/api/orders/" + long, "/api/orders/order_1?detail=no",
		},
	)
}

// FuzzMonolith holds that any query is answered or refused, never a failure.
func FuzzMonolith(f *testing.F) {
	for _, query := range []string{"user_id=user_1&limit=5", "ids=prod_1,prod_2", "detail=full", "detail=full&ids=,", "limit=99999999999999999999", ";", "%", "ids=\xff"} {
		f.Add(query)
	}
	handler := shared.monolith.Handler()
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range []string{"/api/products", "/api/users/user_1", "/api/orders"} {
			if got := servicetest.DoQuery(t, handler, path, query); got.Status != http.StatusOK && got.Status != http.StatusBadRequest {
				t.Errorf("%s: %d %s", path, got.Status, got.Body)
			}
		}
	})
}

// TestPicturesAreElsewhere refuses what cannot stand before a picture's path.
func TestPicturesAreElsewhere(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "shop.test", "ftp://shop.test", "http://", "http://u:p@shop.test", "http://shop.test?a", "http://shop.test#a", "http://a b", "/pictures"} {
		dir := t.TempDir()
		for of, pictures := range map[string]legacy.Pictures{
			"user": {Users: base, Products: "http://shop.test"}, "product": {Users: "http://shop.test", Products: base},
		} {
			monolith, err := legacy.OpenMonolith(t.Context(), dir, pictures)
			if err == nil {
				t.Errorf("opened with %+v: %v", pictures, monolith.Close())
			} else if !strings.Contains(err.Error(), "base URL of "+of+" pictures: must be") {
				t.Errorf("%+v: %v", pictures, err)
			}
		}
	}
}

func TestMonolithStarts(t *testing.T) {
	t.Parallel()
	servicetest.Starts(t, openMonolith, sharedDir, "monolith.db", "UPDATE orders SET status = 'cancelled' WHERE id = 'order_9'")
}

func TestMonolithPlans(t *testing.T) {
	t.Parallel()
	servicetest.Plans(t, filepath.Join(sharedDir, "monolith.db"), legacy.MonolithQueries())
}
