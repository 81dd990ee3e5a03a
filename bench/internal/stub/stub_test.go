package stub_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"storefront/bench/internal/stub"
)

func newStub(t *testing.T, o stub.Options) *stub.Stub {
	t.Helper()

	s, err := stub.New(o)
	if err != nil {
		t.Fatal(err)
	}

	return s
}

// get asks one of the services.
func get(ctx context.Context, s *stub.Stub, service, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handlers()[service].ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, target, http.NoBody))

	return w
}

func decode[T any](t *testing.T, w *httptest.ResponseRecorder) (value T) {
	t.Helper()

	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}

	if err := json.Unmarshal(w.Body.Bytes(), &value); err != nil {
		t.Fatal(err)
	}

	return value
}

func between(t *testing.T, what string, got, low, high int) {
	t.Helper()

	if got < low || got > high {
		t.Errorf("%s: %d bytes, want %d to %d", what, got, low, high)
	}
}

func TestUserIsTheOneAskedForInARealisticSize(t *testing.T) {
	t.Parallel()

	s := newStub(t, stub.Options{Users: 10_000, CacheControl: "no-store"})

	for _, n := range []int{0, 41, 9_999} {
		w := get(t.Context(), s, "user", "/users/"+stub.UserID(n))
		between(t, "user", w.Body.Len(), 260, 300)

		if got := decode[stub.User](t, w); got != stub.NewUser(n) {
			t.Errorf("user %d is %+v", n, got)
		}

		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("Cache-Control is %q", got)
		}
	}
}

func TestListsIgnoreTheLimit(t *testing.T) {
	t.Parallel()

	s := newStub(t, stub.Options{Users: 1})

	w := get(t.Context(), s, "product", "/products?user_id=user_1&limit=5")
	between(t, "50 products", w.Body.Len(), 50*370, 50*400)

	products := decode[[]stub.Product](t, w)
	if !slices.Equal(products, stub.Products()) || len(products) != stub.ProductCount {
		t.Errorf("%d products", len(products))
	}

	w = get(t.Context(), s, "order", "/orders?user_id=user_1&limit=3")
	between(t, "20 orders", w.Body.Len(), 20*200, 20*260)

	if orders := decode[[]stub.Order](t, w); len(orders) != stub.OrderCount {
		t.Errorf("%d orders", len(orders))
	}
}

func TestIDsAreUnique(t *testing.T) {
	t.Parallel()

	seen := map[string]bool{}
	note := func(id string) {
		if seen[id] {
			t.Errorf("%s is there twice", id)
		}

		seen[id] = true
	}

	for _, p := range stub.Products() {
		note(p.ID)
	}

	for _, o := range stub.Orders() {
		note(o.ID)

		for _, item := range o.Items {
			if !seen[item.ProductID] {
				t.Errorf("%s holds %s, which is not sold", o.ID, item.ProductID)
			}
		}
	}
}

func TestUnknownRequestsAreRefusedAndNotCounted(t *testing.T) {
	t.Parallel()

	s := newStub(t, stub.Options{Users: 10})

	for _, c := range []struct {
		service, target string
		status          int
	}{
		{"user", "/users/user_0", http.StatusNotFound},
		{"user", "/users/user_11", http.StatusNotFound},
		{"user", "/users/user_01", http.StatusNotFound},
		{"user", "/users/someone", http.StatusNotFound},
		{"user", "/products?user_id=user_1", http.StatusNotFound},
		{"product", "/products?ids=prod_1", http.StatusBadRequest},
		{"product", "/products/prod_1", http.StatusBadRequest},
		{"order", "/orders/order_1", http.StatusBadRequest},
		{"order", "/products?user_id=user_1", http.StatusBadRequest},
	} {
		if w := get(t.Context(), s, c.service, c.target); w.Code != c.status {
			t.Errorf("%s of %s: status %d, want %d", c.target, c.service, w.Code, c.status)
		}
	}

	if calls := s.Calls(); calls.Total() != 0 {
		t.Errorf("calls are %+v", calls)
	}
}

func TestCallsAreCountedByService(t *testing.T) {
	t.Parallel()

	s := newStub(t, stub.Options{Users: 1})
	want := stub.Calls{User: 1, Product: 2, Order: 3}

	for service, target := range map[string]string{
		"user": "/users/user_1", "product": "/products?user_id=user_1", "order": "/orders?user_id=user_1",
	} {
		for range map[string]int64{"user": want.User, "product": want.Product, "order": want.Order}[service] {
			get(t.Context(), s, service, target)
		}
	}

	if got := decode[stub.Calls](t, get(t.Context(), s, "calls", "/")); got != want || got.Total() != 6 {
		t.Errorf("calls are %+v, want %+v", got, want)
	}
}

func TestDelay(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		s := newStub(t, stub.Options{Users: 1, Delay: 50 * time.Millisecond})
		begin := time.Now()

		get(t.Context(), s, "user", "/users/user_1")

		if took := time.Since(begin); took != 50*time.Millisecond {
			t.Errorf("the answer took %s", took)
		}
	})
}

func TestDelayEndsWhenTheCallerLeaves(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		s := newStub(t, stub.Options{Users: 1, Delay: time.Hour})

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		begin := time.Now()

		if w := get(ctx, s, "user", "/users/user_1"); w.Body.Len() > 0 || time.Since(begin) != time.Second {
			t.Errorf("after %s: %s", time.Since(begin), w.Body)
		}
	})
}
