package seed_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/mail"
	"strings"
	"testing"

	"storefront/services/internal/decimal"
	"storefront/services/internal/seed"
)

// TestSameEverywhere pins every byte of the shop: a difference between two
// machines, Go versions or runs would change the hash. Whoever changes the shop
// on purpose writes the new hash here.
func TestSameEverywhere(t *testing.T) {
	t.Parallel()
	users, products := seed.Users(), seed.Products()
	for _, test := range []struct {
		name  string
		value any
		want  string
	}{
		{"users", users, "c62352c9bee2af71"},
		{"products", products, "368835a513912cae"},
		{"orders", seed.Orders(users, products), "1eeac50879a6bce8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text, err := json.Marshal(test.value)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(text)
			if got := hex.EncodeToString(sum[:8]); got != test.want {
				t.Errorf("hash %s, want %s", got, test.want)
			}
		})
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	names, emails := map[string]bool{}, map[string]bool{}
	users := seed.Users()
	for _, user := range users {
		if names[user.Name] || emails[user.Email] {
			t.Errorf("%s is there twice: %+v", user.ID, user)
		}
		names[user.Name], emails[user.Email] = true, true
		if _, err := mail.ParseAddress(user.Email); err != nil || strings.ContainsFunc(user.Email, notASCII) {
			t.Errorf("%s has no plain address: %q", user.ID, user.Email)
		}
		if user.JoinedDate >= "2023-01-01" || user.JoinedDate < "2018-01-01" {
			t.Errorf("%s joined on %s", user.ID, user.JoinedDate)
		}
		complete(t, user.ID, user.Name, user.Bio, user.Location, user.Address)
	}
	if len(users) < 500 {
		t.Errorf("only %d users", len(users))
	}
	for _, name := range []string{"John Doe", "Zoë Müller", "Aoife O'Brien"} {
		if !names[name] {
			t.Errorf("nobody is called %s", name)
		}
	}
}

func TestProducts(t *testing.T) {
	t.Parallel()
	products := seed.Products()
	names, categories := map[string]bool{}, map[string]int{}
	for _, product := range products {
		if names[product.Name] {
			t.Errorf("%s is there twice", product.Name)
		}
		names[product.Name] = true
		categories[product.Category]++
		if product.Price < 800 || product.Price > 400_000 {
			t.Errorf("%s costs %s", product.Name, product.Price)
		}
		if product.Rating < 30 || product.Rating > 50 || product.Reviews < 3 {
			t.Errorf("%s is rated %s by %d", product.Name, product.Rating, product.Reviews)
		}
		complete(t, product.ID, product.Name, product.Description)
		for _, spec := range product.Specs {
			complete(t, product.ID, spec.Name, spec.Value)
		}
	}
	if len(products) < 2000 || len(categories) != 12 {
		t.Errorf("%d products in %d categories: %v", len(products), len(categories), categories)
	}
}

func TestOrders(t *testing.T) {
	t.Parallel()
	users, products := seed.Users(), seed.Products()
	prices, homes := map[string]decimal.Cents{}, map[string]string{}
	for _, product := range products {
		prices[product.ID] = product.Price
	}
	for _, user := range users {
		homes[user.ID] = user.Address
	}
	states := map[string]int{}
	orders := seed.Orders(users, products)
	for _, order := range orders {
		states[order.Status]++
		if total := sum(t, order, prices); total != order.Total {
			t.Errorf("%s: total %s, want %s", order.ID, order.Total, total)
		}
		if order.Date < "2023-01-01" || order.Date > "2024-12-31" || order.ShippingAddress != homes[order.UserID] {
			t.Errorf("%s: %+v", order.ID, order)
		}
		tracked(t, order)
	}
	if len(orders) != 5000 || len(states) != 4 {
		t.Errorf("%d orders, states %v", len(orders), states)
	}
}

// sum adds up what the lines cost, each of which must name another product.
func sum(t *testing.T, order seed.Order, prices map[string]decimal.Cents) (total decimal.Cents) {
	t.Helper()
	seen := map[string]bool{}
	for _, item := range order.Items {
		if prices[item.ProductID] == 0 || item.Quantity < 1 || seen[item.ProductID] {
			t.Errorf("%s has a bad line %+v", order.ID, item)
		}
		seen[item.ProductID] = true
		total += prices[item.ProductID] * decimal.Cents(item.Quantity)
	}
	return total
}

// tracked wants a tracking number for what was sent, and only for that.
func tracked(t *testing.T, order seed.Order) {
	t.Helper()
	sent := order.Status == seed.Shipped || order.Status == seed.Delivered
	number, tracked := strings.CutPrefix(order.TrackingNumber, "TRK")
	if sent != tracked || sent && len(number) != 6 {
		t.Errorf("%s is %s with tracking number %q", order.ID, order.Status, order.TrackingNumber)
	}
}

// TestFirstOrderIsNewest holds the guide's page: user_1 sees order_1 on top.
func TestFirstOrderIsNewest(t *testing.T) {
	t.Parallel()
	older := 0
	orders := seed.Orders(seed.Users(), seed.Products())
	for _, order := range orders[1:] {
		if order.UserID != "user_1" {
			continue
		}
		if older++; order.Date >= orders[0].Date {
			t.Errorf("%s of %s is newer than order_1", order.ID, order.Date)
		}
	}
	if older < 3 {
		t.Errorf("user_1 has %d older orders", older)
	}
}

// complete wants texts that say something and hold no unfilled blank.
func complete(t *testing.T, id string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if text == "" || strings.ContainsAny(text, "{}<>|;%") && !strings.Contains(text, "100%") || strings.TrimSpace(text) != text {
			t.Errorf("%s: text %q", id, text)
		}
	}
}

func notASCII(r rune) bool { return r > 127 }
