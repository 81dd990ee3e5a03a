package product_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"storefront/services/internal/servicetest"
	"storefront/services/product"
)

func TestShapes(t *testing.T) {
	t.Parallel()
	for target, file := range map[string]string{
		"/products/prod_1":                 "prod_1.json",
		"/products/prod_103":               "prod_103.json", // a name with &
		"/products?user_id=user_1&limit=5": "recommended_to_user_1.json",
		"/products?user_id=x&limit=2":      "recommended_to_nobody.json",
		"/products?ids=prod_12,x,prod_3":   "products_by_ids.json",
		"/products?ids=x":                  "products_by_unknown_ids.json",
		"/products?limit=2":                "catalogue.json",
		"/images/prod_103.jpg":             "prod_103.svg",
		"/images/prod_103_hd.jpg":          "prod_103_hd.svg",
	} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			servicetest.Golden(t, file, servicetest.Do(t, shared.Handler(), http.MethodGet, target).Body)
		})
	}
}

func TestWire(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 129)
	servicetest.Wire(t, shared.Handler(),
		map[string]string{
			"/products/prod_1":               "public, max-age=60",
			"/products?ids=prod_1,prod_2":    "public, max-age=60",
			"/products":                      "public, max-age=60",
			"/products?limit=5":              "public, max-age=60",
			"/products?user_id=user_1":       "private, no-cache",
			"/products?user_id=x&limit=1000": "private, no-cache",
			"/images/prod_1.jpg":             "public, max-age=86400",
			"/images/prod_1_hd.jpg":          "public, max-age=86400",
		},
		[]string{"/products/x", "/products/prod_1/x", "/images/x.jpg", "/images/x_hd.jpg", "/images/prod_1.png", "/images/prod_1", "/images/"},
		[]string{
			"/products?limit=0", "/products?limit=x", "/products?user_id=", "/products?user_id=a&ids=b", "/products?user_id=a&user_id=b",
			"/products?ids=", "/products?ids=a,,b", "/products?ids=a&ids=b", "/products?ids=" + long, "/products?ids=%ff",
			"/products?ids=" + strings.Repeat("a,", 1000) + "a", "/products?user_id=" + long, "/products/" + long, "/images/" + long + ".jpg",
			"/products?user_id=user_1&limit=0", "/products?user_id=user_1&limit=-1", "/products?user_id=user_1&limit=x",
			"/products?user_id=user_1&limit=", "/products?%zz", "/images/_hd.jpg",
		},
	)
}

// TestByIDs asks for ids in a mixed order, twice and unknown.
func TestByIDs(t *testing.T) {
	t.Parallel()
	got := ids(t, "ids=prod_30,prod_2,nobody,prod_30,prod_1111,prod_1")
	if want := []string{"prod_30", "prod_2", "prod_1111", "prod_1"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	var most []string
	for n := 1000; n > 0; n-- {
		most = append(most, "prod_"+strconv.Itoa(n))
	}
	if got := ids(t, "ids="+strings.Join(most, ",")); !slices.Equal(got, most) {
		t.Errorf("%d of 1000 products", len(got))
	}
}

// TestCatalogue asks for the first products for sale.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	var want []string
	for n := 1; n <= 100; n++ {
		want = append(want, "prod_"+strconv.Itoa(n))
	}
	for query, count := range map[string]int{"": 50, "limit=1": 1, "limit=7": 7, "limit=100": 100, "limit=101": 100} {
		if got := ids(t, query); !slices.Equal(got, want[:count]) {
			t.Errorf("%q: %v", query, got)
		}
	}
}

// TestRecommended holds the rule over the shop itself; the cases are in
// services/internal/recommend.
func TestRecommended(t *testing.T) {
	t.Parallel()
	for user, first := range map[string]string{"user_1": "prod_1", "user_2": "", "user_77": "", "nobody": ""} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			all := ids(t, "user_id="+user+"&limit=100")
			if len(all) != 100 || len(slices.Compact(slices.Sorted(slices.Values(all)))) != 100 {
				t.Fatalf("%d products, or some twice: %v", len(all), all)
			}
			if first != "" && all[0] != first {
				t.Errorf("first is %s, want %s", all[0], first)
			}
			for _, limit := range []int{1, 5, 10, 20, 50, 99} {
				if got := ids(t, "user_id="+user+"&limit="+strconv.Itoa(limit)); !slices.Equal(got, all[:limit]) {
					t.Errorf("limit=%d is another list: %v", limit, got)
				}
			}
			if got := ids(t, "user_id="+user); len(got) != 50 {
				t.Errorf("%d without limit", len(got))
			}
		})
	}
}

// TestNobodyGetsTheBest wants the best rated products for someone unknown.
func TestNobodyGetsTheBest(t *testing.T) {
	t.Parallel()
	products := list(t, "user_id=nobody&limit=100")
	if !slices.IsSortedFunc(products, func(a, b shown) int { return strings.Compare(b.Rating.String(), a.Rating.String()) }) {
		t.Errorf("not the best first: %v", products)
	}
}

// TestImagesResolve follows the addresses that the service gives out.
func TestImagesResolve(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "ids=prod_1,prod_2,prod_3,prod_4,prod_5,prod_6,prod_7,prod_8,prod_9,prod_10,prod_11,prod_12") {
		path, ok := strings.CutPrefix(p.Image, "http://shop.test")
		if !ok {
			t.Errorf("image %s", p.Image)
		}
		small := drawing(t, path)
		wide := drawing(t, strings.TrimSuffix(path, ".jpg")+"_hd.jpg")
		if !strings.Contains(small, `width="400" height="400"`) || !strings.Contains(wide, `width="1600" height="900"`) {
			t.Errorf("%s is drawn at another size", p.ID)
		}
	}
}

// drawing returns a picture that is well-formed, harmless and policed.
func drawing(t *testing.T, path string) string {
	t.Helper()
	got := servicetest.Do(t, shared.Handler(), http.MethodGet, path)
	if got.Status != http.StatusOK || got.Header.Get("Content-Type") != "image/svg+xml" ||
		got.Header.Get("Content-Security-Policy") != "default-src 'none'; style-src 'unsafe-inline'" {
		t.Fatalf("%s: %d %v", path, got.Status, got.Header)
	}
	for decoder := xml.NewDecoder(strings.NewReader(got.Body)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return got.Body
		}
		if err != nil {
			t.Fatal(err)
		}
		if element, ok := token.(xml.StartElement); ok && element.Name.Local == "script" {
			t.Error("a script")
		}
	}
}

// FuzzProducts holds that any query is answered or refused, never a failure.
func FuzzProducts(f *testing.F) {
	for _, query := range []string{
		"user_id=user_1&limit=5", "ids=prod_1,prod_2", "ids=,", "ids=%00", "user_id=a&ids=b", "limit=99999999999999999999&user_id=x", ";", "%", "ids=\xff",
	} {
		f.Add(query)
	}
	handler := shared.Handler()
	f.Fuzz(func(t *testing.T, query string) {
		if got := servicetest.DoQuery(t, handler, "/products", query); got.Status != http.StatusOK && got.Status != http.StatusBadRequest {
			t.Errorf("%d %s", got.Status, got.Body)
		}
	})
}

func TestStarts(t *testing.T) {
	t.Parallel()
	servicetest.Starts(t, product.Open, sharedDir, "product.db", "UPDATE products SET price_cents = 1 WHERE id = 'prod_9'")
}

func TestPlans(t *testing.T) {
	t.Parallel()
	servicetest.Plans(t, filepath.Join(sharedDir, "product.db"), product.Queries())
}

type shown struct {
	ID     string      `json:"id"`
	Image  string      `json:"image"`
	Rating json.Number `json:"rating"`
}

func list(t *testing.T, query string) []shown {
	t.Helper()
	got := servicetest.Do(t, shared.Handler(), http.MethodGet, "/products?"+query)
	var products []shown
	if err := json.Unmarshal([]byte(got.Body), &products); err != nil {
		t.Fatalf("%v in %s", err, got.Body)
	}
	return products
}

func ids(t *testing.T, query string) []string {
	t.Helper()
	products := list(t, query)
	ids := make([]string, len(products))
	for i, p := range products {
		ids[i] = p.ID
	}
	return ids
}

// BenchmarkRecommended answers the dearest question: a full page of
// recommendations for someone with a history.
func BenchmarkRecommended(b *testing.B) {
	handler := shared.Handler()
	b.ReportAllocs()
	for b.Loop() {
		servicetest.Do(b, handler, http.MethodGet, "/products?user_id=user_1&limit=20")
	}
}
