package order_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"storefront/services/internal/servicetest"
	"storefront/services/order"
)

func TestShapes(t *testing.T) {
	t.Parallel()
	for target, file := range map[string]string{
		"/orders/order_1":                "order_1.json",
		"/orders/order_4999":             "order_4999.json", // not sent yet
		"/orders?user_id=user_1&limit=3": "orders_of_user_1.json",
		"/orders?user_id=x":              "orders_of_nobody.json",
	} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			servicetest.Golden(t, file, servicetest.Do(t, shared.Handler(), http.MethodGet, target).Body)
		})
	}
}

func TestWire(t *testing.T) {
	t.Parallel()
	servicetest.Wire(t, shared.Handler(),
		map[string]string{
			"/orders/order_1":        "private, no-cache",
			"/orders?user_id=user_1": "private, no-cache",
			"/orders?user_id=x":      "private, no-cache",
		},
		[]string{"/orders/x", "/orders/order_1/items", "/users/user_1", "/orders/"},
		[]string{
			"/orders", "/orders?user_id=", "/orders?user_id=a&user_id=b", "/orders?limit=3", "/orders?user_id=%zz", "/orders?user_id=%00",
			"/orders?user_id=" + strings.Repeat("x", 129), "/orders/" + strings.Repeat("x", 129),
			"/orders?user_id=user_1&limit=0", "/orders?user_id=user_1&limit=-1", "/orders?user_id=user_1&limit=ten",
			"/orders?user_id=user_1&limit=", "/orders?user_id=user_1&limit=1.5", "/orders?user_id=user_1&limit=1&limit=2",
		},
	)
}

// TestNewestFirst reads the history of someone who ordered a lot.
func TestNewestFirst(t *testing.T) {
	t.Parallel()
	all := history(t, "user_id=user_18")
	if len(all) < 5 || len(all) > 50 {
		t.Fatalf("%d orders", len(all))
	}
	if !slices.IsSortedFunc(all, func(a, b placed) int { return strings.Compare(b.Date, a.Date) }) {
		t.Errorf("not the newest first: %v", all)
	}
	for limit, want := range map[string]int{"1": 1, "3": 3, "100": len(all), "101": len(all), "99999999999999999999": len(all), "007": min(7, len(all))} {
		if got := history(t, "user_id=user_18&limit="+limit); !slices.Equal(got, all[:want]) {
			t.Errorf("limit=%s: %v", limit, got)
		}
	}
}

type placed struct {
	ID   string `json:"id"`
	Date string `json:"date"`
}

func history(t *testing.T, query string) []placed {
	t.Helper()
	got := servicetest.Do(t, shared.Handler(), http.MethodGet, "/orders?"+query)
	var orders []placed
	if err := json.Unmarshal([]byte(got.Body), &orders); err != nil {
		t.Fatalf("%v in %s", err, got.Body)
	}
	return orders
}

// TestOwnOrdersOnly wants each order in the history of one user and no other.
func TestOwnOrdersOnly(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for n := 1; n <= 600; n++ {
		for _, o := range history(t, "limit=100&user_id=user_"+strconv.Itoa(n)) {
			if seen[o.ID] {
				t.Errorf("%s belongs to two users", o.ID)
			}
			seen[o.ID] = true
		}
	}
	if len(seen) != 5000 {
		t.Errorf("%d orders", len(seen))
	}
}

// FuzzOrders holds that any query is answered or refused, never a failure.
func FuzzOrders(f *testing.F) {
	for _, query := range []string{"user_id=user_1", "user_id=user_1&limit=5", "user_id=%00", "limit=-1", "user_id=a;b", "%", "user_id=\xff"} {
		f.Add(query)
	}
	handler := shared.Handler()
	f.Fuzz(func(t *testing.T, query string) {
		if got := servicetest.DoQuery(t, handler, "/orders", query); got.Status != http.StatusOK && got.Status != http.StatusBadRequest {
			t.Errorf("%d %s", got.Status, got.Body)
		}
	})
}

func TestStarts(t *testing.T) {
	t.Parallel()
	servicetest.Starts(t, order.Open, sharedDir, "order.db", "UPDATE orders SET status = 'cancelled' WHERE id = 'order_9'")
}

func TestPlans(t *testing.T) {
	t.Parallel()
	servicetest.Plans(t, filepath.Join(sharedDir, "order.db"), order.Queries())
}
