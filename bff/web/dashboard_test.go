package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"storefront/bff/bfftest"
	"storefront/upstream/upstreamtest"
)

func handler(t *testing.T, shop *upstreamtest.Shop) http.Handler {
	t.Helper()

	return bfftest.Handler(t, shop, routes)
}

// TestDashboardGolden: every field of every service, in the shape of the
// contract and with the services' own digits.
func TestDashboardGolden(t *testing.T) {
	t.Parallel()

	golden := filepath.Join("testdata", "dashboard.golden.json")

	want, err := os.ReadFile(golden) //nolint:gosec // A file of this folder.
	if err != nil {
		t.Fatal(err)
	}

	synctest.Test(t, func(t *testing.T) {
		got := bfftest.Get(t, handler(t, upstreamtest.New(t)), "/api/dashboard/u-7-x").Body.String() + "\n"
		if bfftest.Update() {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}

			want = []byte(got)
		}

		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestMissingOptionalFields: what a service leaves out or sets to null is null,
// and never made up.
func TestMissingOptionalFields(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop := upstreamtest.New(t)
		shop.Set(upstreamtest.User, "/users/u", `{"id":"u","name":"","bio":null}`)
		shop.Set(upstreamtest.Product, "/products", `[{"id":"p","name":"P","price":0,"specs":null},{"id":"q","name":"Q","price":-0.0,"specs":{}}]`)
		shop.Set(upstreamtest.Order, "/orders", `[{"id":"o","date":"","total":1e-7,"status":"s","items":[]},{"id":"r","date":"","total":1,"status":"s"}]`)

		got := bfftest.Get(t, handler(t, shop), "/api/dashboard/u").Body.String()
		want := `{"user":{"id":"u","name":"","email":null,"profile_picture":null,"bio":null,"location":null,"joined_date":null},` +
			`"recommended_products":[{"id":"p","name":"P","price":0,"image":null,"description":null,"specs":null,"reviews":null,"rating":null},` +
			`{"id":"q","name":"Q","price":-0.0,"image":null,"description":null,"specs":{},"reviews":null,"rating":null}],` +
			`"recent_orders":[{"id":"o","date":"","total":1e-7,"status":"s","items":[],"shipping_address":null,"tracking_number":null},` +
			`{"id":"r","date":"","total":1,"status":"s","items":null,"shipping_address":null,"tracking_number":null}]}`

		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
