package services_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pair is one question in the words of the monolith, and of the service that
// takes it over.
type pair struct{ monolith, service, target string }

// The monolith and the services that replace it are one shop: whoever is asked,
// every value is the same to the last digit.
func TestSameShop(t *testing.T) {
	t.Parallel()

	for _, p := range pairs() {
		status, body := shared.get(t, "monolith", p.monolith)

		wantStatus, want := shared.get(t, p.service, p.target)
		if status != wantStatus {
			t.Errorf("%s: %d, the %s service %d for %s", p.monolith, status, p.service, wantStatus, p.target)
		}

		if status != http.StatusOK {
			continue
		}

		if diff := cmp.Diff(parse(t, want), parse(t, body)); diff != "" {
			t.Errorf("%s is not %s of the %s service (-service +monolith):\n%s", p.monolith, p.target, p.service, diff)
		}
	}
}

func pairs() []pair {
	var all []pair

	for n := 1; n <= 601; n += 12 {
		id := fmt.Sprintf("user_%d", n) // The last is nobody.
		all = append(all,
			pair{"/api/users/" + id + "?detail=full", "user", "/users/" + id},
			pair{"/api/orders?user_id=" + id, "order", "/orders?user_id=" + id},
			pair{fmt.Sprintf("/api/orders?user_id=%s&limit=%d", id, 1+n%10), "order", fmt.Sprintf("/orders?user_id=%s&limit=%d", id, 1+n%10)},
			pair{"/api/products?user_id=" + id, "product", "/products?user_id=" + id},
			pair{fmt.Sprintf("/api/products?limit=%d&user_id=%s", 1+n%30, id), "product", fmt.Sprintf("/products?limit=%d&user_id=%s", 1+n%30, id)},
		)
	}

	for n := 1; n <= 5001; n += 50 {
		all = append(all,
			pair{fmt.Sprintf("/api/orders/order_%d?detail=full", n), "order", fmt.Sprintf("/orders/order_%d", n)},
			pair{fmt.Sprintf("/api/products/prod_%d", n/2), "product", fmt.Sprintf("/products/prod_%d", n/2)},
		)
	}

	for first := range 3 { // 2,040 products, and the unknown.
		var ids []string
		for n := 1000 * (first + 1); n > 1000*first; n-- {
			ids = append(ids, fmt.Sprintf("prod_%d", n))
		}

		query := "/products?ids=" + strings.Join(ids, ",")
		all = append(all, pair{"/api" + query, "product", query})
	}

	for _, query := range []string{"", "limit=1", "limit=20", "limit=100", "limit=101", "limit=0", "user_id=a&ids=b", "user_id=", "ids=,"} {
		all = append(all, pair{"/api/products?detail=full&" + query, "product", "/products?" + query})
	}

	for _, query := range []string{"", "limit=5", "user_id=user_1&limit=x", "user_id=" + strings.Repeat("x", 129)} {
		all = append(all, pair{"/api/orders?" + query, "order", "/orders?" + query})
	}

	for _, id := range []string{"nobody", strings.Repeat("x", 129), "a b", "Zoë/1"} {
		id = url.PathEscape(id)
		all = append(all, pair{"/api/users/" + id, "user", "/users/" + id}, pair{"/api/products/" + id, "product", "/products/" + id})
	}

	return all
}

// Old clients get a part of what the new services say, and nothing else.
func TestOldAPI(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		pair

		members []string
	}{
		{pair{"/api/users/user_2", "user", "/users/user_2"}, []string{"id", "name"}},
		{pair{"/api/orders/order_17", "order", "/orders/order_17"}, []string{"id", "total"}},
		{pair{"/api/products", "product", "/products"}, []string{"id", "name"}},
		{pair{"/api/products?limit=100", "product", "/products?limit=100"}, []string{"id", "name"}},
	} {
		_, body := shared.get(t, "monolith", test.monolith)
		_, whole := shared.get(t, test.service, test.target)

		if diff := cmp.Diff(only(parse(t, whole), test.members), parse(t, body)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.monolith, diff)
		}
	}
}

// only keeps those members of an object, or of all objects of a list.
func only(value any, members []string) any {
	switch value := value.(type) {
	case []any:
		kept := make([]any, len(value))
		for i, element := range value {
			kept[i] = only(element, members)
		}

		return kept
	case map[string]any:
		kept := map[string]any{}
		for _, member := range members {
			kept[member] = value[member]
		}

		return kept
	default:
		return value
	}
}

// parse reads JSON whose numbers keep their digits.
func parse(t *testing.T, text string) any {
	t.Helper()

	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()

	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%v in %s", err, text)
	}

	return value
}
