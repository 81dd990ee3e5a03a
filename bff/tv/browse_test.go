package tv_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/bff/bfftest"
	"storefront/bff/tv"
	"storefront/upstream"
	"storefront/upstream/upstreamtest"
)

func handler(t *testing.T, shop *upstreamtest.Shop) http.Handler {
	t.Helper()

	return bfftest.Handler(t, shop, func(services upstream.Services) http.Handler {
		return tv.New(services).Routes(&tv.Settings{MaxAge: 5 * time.Minute})
	})
}

func TestLargePictures(t *testing.T) {
	t.Parallel()

	tests := map[string]string{
		`"http://img.test/p1.jpg"`:            `"http://img.test/p1_hd.jpg"`,
		`"http://img.test/p1.jpg?v=2&w=.jpg"`: `"http://img.test/p1_hd.jpg?v=2&w=.jpg"`,
		`"http://img.test/p1.jpg?"`:           `"http://img.test/p1_hd.jpg?"`,
		`"http://img.test/p1.png"`:            `"http://img.test/p1.png"`,
		`"http://img.test/p1.JPG"`:            `"http://img.test/p1.JPG"`,
		`"http://img.test/a.jpg/p1"`:          `"http://img.test/a.jpg/p1"`,
		`"http://img.test/p1?file=a.jpg"`:     `"http://img.test/p1?file=a.jpg"`,
		`"p1_hd.jpg"`:                         `"p1_hd_hd.jpg"`,
		`".jpg"`:                              `"_hd.jpg"`,
		`""`:                                  `""`,
		`null`:                                `null`,
	}
	for image, want := range tests {
		t.Run(image, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shop := upstreamtest.New(t)
				shop.Set(upstreamtest.Product, "/products", `[{"id":"p","name":"P","price":1,"rating":4.50,"image":`+image+`}]`)

				got := bfftest.Get(t, handler(t, shop), "/api/browse/u").Body.String()
				if diff := cmp.Diff(`{"products":[{"id":"p","name":"P","price":1,"image_hd":`+want+`,"rating":4.50}]}`, got); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// TestProductsAreRequired: without its one section there is no page, but an old
// one is a page.
func TestProductsAreRequired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop := upstreamtest.New(t)
		bff := handler(t, shop)
		shop.Fail(upstreamtest.Product, upstreamtest.Hang())

		start := time.Now()
		got := bfftest.Get(t, bff, "/api/browse/u-7-x")

		if got.Code != http.StatusServiceUnavailable || got.Header().Get("Retry-After") == "" || time.Since(start) > bfftest.Budget {
			t.Errorf("after %v: %d %v", time.Since(start), got.Code, got.Header())
		}

		shop.Heal()

		whole := bfftest.Get(t, bff, "/api/browse/u-7-x").Body.String()
		if n := strings.Count(whole, `"image_hd"`); n != 20 {
			t.Errorf("%d products, want 20", n)
		}

		shop.Fail(upstreamtest.Product, upstreamtest.Hang())
		time.Sleep(time.Minute)

		old := bfftest.Get(t, bff, "/api/browse/u-7-x").Body.String()
		// The page is a minute old, and the budget was spent in vain.
		want := strings.TrimSuffix(whole, "}") + fmt.Sprintf(`,"degraded":[{"section":"products","state":"stale","reason":"timeout","age_seconds":%d}]}`, 60)

		if diff := cmp.Diff(want, old); diff != "" {
			t.Error(diff)
		}
	})
}

// TestAsksOnlyForProducts: a TV page costs one upstream call, and no other
// service can break it.
func TestAsksOnlyForProducts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop := upstreamtest.New(t)
		shop.Fail(upstreamtest.User, upstreamtest.Hang())
		shop.Fail(upstreamtest.Order, upstreamtest.Hang())

		if got := bfftest.Get(t, handler(t, shop), "/api/browse/u"); got.Code != http.StatusOK {
			t.Errorf("status %d", got.Code)
		}

		for _, service := range upstreamtest.Services() {
			want := 0
			if service == upstreamtest.Product {
				want = 1
			}

			if got := shop.Calls(service); got != want {
				t.Errorf("%d calls to the %s service, want %d", got, service, want)
			}
		}
	})
}
