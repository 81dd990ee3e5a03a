package upstreamtest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"storefront/upstream/upstreamtest"
)

func TestData(t *testing.T) {
	t.Parallel()
	shop := upstreamtest.New(t)
	for _, test := range []struct {
		service upstreamtest.Service
		path    string
		status  int
		has     string
		count   int // elements, 0 for an object
	}{
		{"user", "/users/u-7", 200, `{"id":"u-7","name":"Name of u-7","email":"u-7@example.com","profile_picture":"http://img.test/u-7/me.jpg","bio":"Bio of u-7"`, 0},
		{"user", "/users/missing", 404, upstreamtest.Secret, 0},
		{"user", "/users/missing_2", 404, "", 0},
		{"user", "/users/empty", 200, `"id":"empty"`, 0},
		{"user", "/users/a%2Fb%22", 200, `"id":"a/b\""`, 0},
		{"user", "/users", 404, "", 0},
		{"user", "/orders/u-7_order_1", 404, "", 0},
		{"product", "/products?user_id=u-7", 200, `{"id":"u-7_prod_1","name":"Product 1 for u-7","price":999.90,"image":"http://img.test/u-7/p1.jpg"`, 50},
		{"product", "/products?user_id=u-7", 200, `"price":12345678901234567890.12,`, 50},
		{"product", "/products?user_id=u-7", 200, `"price":1e2,`, 50},
		{"product", "/products?user_id=u-7", 200, `"rating":4.50,`, 50},
		{"product", "/products?user_id=u-7&limit=5", 200, `"specs":{"ram":"16GB for u-7","storage":"512GB SSD for u-7"}`, 5},
		{"product", "/products?user_id=u-7&limit=500", 200, "", 50},
		{"product", "/products?user_id=u-7&limit=0", 400, "limit", 0},
		{"product", "/products?user_id=u-7&limit=many", 400, "limit", 0},
		{"product", "/products?limit=5", 400, "user_id", 0},
		{"product", "/products?user_id=empty_7", 200, "[]", 0},
		{"product", "/products?user_id=missing_7", 200, "[]", 0},
		{"product", "/products?ids=prod_1,prod_200,prod_201,nope,prod_1,u-7_prod_50", 200, `"id":"prod_200"`, 3},
		{"product", "/products?ids=", 200, "[]", 0},
		{"product", "/products/prod_1", 200, `{"id":"prod_1","name":"Product 1 for prod_1","price":999.90`, 0},
		{"product", "/products/u-7_prod_50", 200, `"id":"u-7_prod_50"`, 0},
		{"product", "/products/u-7_prod_51", 404, "", 0},
		{"product", "/products/prod_01", 404, "", 0},
		{"product", "/products/prod_0", 404, "", 0},
		{"product", "/products/missing_prod_1", 404, "", 0},
		{"order", "/orders?user_id=u-7&limit=3", 200, `"total":999.90,"status":"on the way to u-7"`, 3},
		{"order", "/orders?user_id=u-7", 200, `"shipping_address":"20 Main Street, Town of u-7","tracking_number":"TRK-u-7-20"`, 20},
		{"order", "/orders/u-7_order_20", 200, `"id":"u-7_order_20"`, 0},
		{"order", "/orders/u-7_order_21", 404, "", 0},
		{"order", "/orders/order_1", 404, "", 0},
		{"customer", "/cust/u-7", 200, `{"cust_num":"u-7","f_name":"First of u-7","l_name":"Last of u-7","addr_line_1":"4 Street of u-7"`, 0},
		{"customer", "/cust/u-7", 200, `"zip":"10003","ph_num":"1234567003","email_addr":"u-7@example.com","cust_type":"R","loyalty_pts":1003`, 0},
		{"customer", "/cust/missing", 404, upstreamtest.Secret, 0},
		{"customer", "/users/u-7", 404, "", 0},
	} {
		got := ask(t.Context(), client(shop), shop.URL(test.service)+test.path)
		if got.err != nil || got.status != test.status || !strings.Contains(string(got.body), test.has) || len(list(got)) != test.count {
			t.Errorf("%s gives %d, %d elements, error %v\n%s", test.path, got.status, len(list(got)), got.err, got.body)
		}
		if again := ask(t.Context(), client(shop), shop.URL(test.service)+test.path); !same(again, got) {
			t.Errorf("%s gives something else the second time: %s", test.path, again.body)
		}
	}
}

func TestByIDsAnswersInAnotherOrder(t *testing.T) {
	t.Parallel()
	shop := upstreamtest.New(t)
	got := ask(t.Context(), client(shop), shop.URL(upstreamtest.Product)+"/products?ids=prod_1,prod_2,prod_3")
	ids := make([]string, 0, 3)
	for _, p := range list(got) {
		ids = append(ids, p.ID)
	}
	if !slices.Equal(ids, []string{"prod_3", "prod_2", "prod_1"}) {
		t.Errorf("answers %v", ids)
	}
}

func TestOtherMethodsAreRefused(t *testing.T) {
	t.Parallel()
	shop := upstreamtest.New(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, shop.URL(upstreamtest.User)+"/users/u-7", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	response, err := client(shop).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	if response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST gives %d", response.StatusCode)
	}
}

func TestOrdersAreNewestFirstAndOfTheCatalogue(t *testing.T) {
	t.Parallel()
	shop := upstreamtest.New(t)
	var orders []struct {
		Date  string `json:"date"`
		Items []struct {
			ProductID string `json:"product_id"`
			Quantity  int    `json:"quantity"`
		} `json:"items"`
	}
	got := ask(t.Context(), client(shop), shop.URL(upstreamtest.Order)+"/orders?user_id=u-7")
	if err := json.Unmarshal(got.body, &orders); err != nil {
		t.Fatal(err)
	}
	for i, order := range orders {
		if i > 0 && order.Date >= orders[i-1].Date {
			t.Errorf("order %d of %s comes after one of %s", i, order.Date, orders[i-1].Date)
		}
		for _, item := range order.Items {
			product := ask(t.Context(), client(shop), shop.URL(upstreamtest.Product)+"/products/"+item.ProductID)
			if product.status != http.StatusOK || item.Quantity < 1 {
				t.Errorf("order %d has %d of %s, which is %d", i, item.Quantity, item.ProductID, product.status)
			}
		}
	}
}
