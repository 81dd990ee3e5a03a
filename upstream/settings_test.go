package upstream_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/config"
	"storefront/upstream"
)

const (
	userAt    = "USER_SERVICE_URL=http://user.test"
	productAt = "PRODUCT_SERVICE_URL=http://product.test"
	orderAt   = "ORDER_SERVICE_URL=http://order.test"

	customerAt = "LEGACY_CUSTOMER_URL=http://customer.test"
)

// TestDeclare is a BFF alone: it needs the services that it calls, and no
// other.
func TestDeclare(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		services []upstream.Name
		environ  []string
		want     string
	}{
		"all":                       {all(), []string{userAt, productAt, orderAt}, ""},
		"no order service":          {all(), []string{userAt, productAt}, "ORDER_SERVICE_URL is not set"},
		"it is still to come":       {all(), []string{"MONOLITH_URL=http://old.test", "STRANGLER_ROUTES=r.yaml"}, ""},
		"to come from nowhere":      {all(), []string{userAt, productAt, "STRANGLER_ROUTES=r.yaml"}, "ORDER_SERVICE_URL is not set"},
		"to come by no route":       {all(), []string{userAt, productAt, "MONOLITH_URL=http://old.test"}, "ORDER_SERVICE_URL is not set"},
		"no order service, no need": {[]upstream.Name{upstream.Product}, []string{productAt}, ""},
		"an address that is none":   {[]upstream.Name{upstream.Product}, []string{"PRODUCT_SERVICE_URL=product.test"}, "PRODUCT_SERVICE_URL="},
		"replicas":                  {[]upstream.Name{upstream.Product}, []string{productAt + ",http://other.test:81/, https://third.test/v1"}, ""},
		"the same replica twice":    {[]upstream.Name{upstream.Product}, []string{productAt + "," + "http://product.test/"}, "PRODUCT_SERVICE_URL="},
		"a replica that is none":    {[]upstream.Name{upstream.Product}, []string{productAt + ","}, "PRODUCT_SERVICE_URL="},
		"too many replicas":         {[]upstream.Name{upstream.Product}, []string{productAt + many(config.MaxReplicas)}, "PRODUCT_SERVICE_URL="},
		"no calls at a time":        {[]upstream.Name{upstream.Product}, []string{productAt, "MAX_UPSTREAM_IN_FLIGHT=0"}, "MAX_UPSTREAM_IN_FLIGHT="},
		"a time that is none":       {[]upstream.Name{upstream.Product}, []string{productAt, "STALE_IF_ERROR=10"}, "STALE_IF_ERROR="},
		"never":                     {[]upstream.Name{upstream.Product}, []string{productAt, "STALE_IF_ERROR=0"}, ""},
		"no customer system":        {[]upstream.Name{upstream.Product, upstream.Customer}, []string{productAt}, ""},
		"a customer system":         {[]upstream.Name{upstream.Product, upstream.Customer}, []string{productAt, customerAt}, ""},
		"a customer system nowhere": {[]upstream.Name{upstream.Customer}, []string{"LEGACY_CUSTOMER_URL=customer.test"}, "LEGACY_CUSTOMER_URL="},
		"no memory":                 {[]upstream.Name{upstream.Product}, []string{productAt, "STALE_BYTES=1KiB"}, "STALE_BYTES="},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			settings, err := read(upstream.Declare, test.services, test.environ...)

			switch {
			case test.want != "":
				if err == nil || !strings.HasPrefix(err.Error(), test.want) {
					t.Errorf("got %v, want %s", err, test.want)
				}
			case err != nil:
				t.Error(err)
			default:
				if missing := settings.Missing(); missing != nil && !slices.Equal(missing, []string{"customer"}) && name != "it is still to come" {
					t.Errorf("%v are missing", missing)
				}
			}
		})
	}
}

// many are so many more replicas.
func many(n int) string {
	var more strings.Builder
	for i := range n {
		_, _ = fmt.Fprintf(&more, ",http://more.test:%d", i+1)
	}

	return more.String()
}

// TestDeclareEmbeddable is a program that runs what is missing itself.
func TestDeclareEmbeddable(t *testing.T) {
	t.Parallel()

	settings, err := read(upstream.DeclareEmbeddable, all(), orderAt)
	if err != nil {
		t.Fatal(err)
	}

	if diff := cmp.Diff([]string{"product", "user"}, settings.Missing()); diff != "" {
		t.Error(diff)
	}

	if err := settings.Locate(map[string]string{"user": "http://127.0.0.1:1", "product": "http://127.0.0.1:\n"}); err == nil {
		t.Error("an address that is none is taken")
	}

	if err := settings.Locate(map[string]string{"user": "http://127.0.0.1:1", "product": "http://127.0.0.1:2"}); err != nil {
		t.Error(err)
	}

	if missing := settings.Missing(); missing != nil {
		t.Errorf("%v are missing", missing)
	}
}

// TestMonolithIsEmbedded beside all services that take over from it: it is the
// old system of no others.
func TestMonolithIsEmbedded(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		declare func(*config.Env, ...upstream.Name) *upstream.Settings
		environ []string
		want    []string
	}{
		"beside all":       {upstream.DeclareEmbeddable, nil, []string{upstream.Monolith, "order", "product", "user"}},
		"beside two":       {upstream.DeclareEmbeddable, []string{orderAt}, []string{"product", "user"}},
		"one is elsewhere": {upstream.DeclareEmbeddable, []string{"MONOLITH_URL=http://monolith.test"}, []string{"order", "product", "user"}},
		"nowhere":          {upstream.Declare, []string{userAt, productAt, orderAt}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			settings, err := read(test.declare, all(), test.environ...)
			if err != nil {
				t.Fatal(err)
			}

			if diff := cmp.Diff(test.want, settings.Missing()); diff != "" {
				t.Error(diff)
			}

			if slices.Contains(test.want, upstream.Monolith) {
				at := map[string]string{"user": "http://127.0.0.1:1", "product": "http://127.0.0.1:2", "order": "http://127.0.0.1:3", upstream.Monolith: "http://127.0.0.1:4"}
				if err := settings.Locate(at); err != nil || settings.Missing() != nil {
					t.Errorf("%v, and %v are missing", err, settings.Missing())
				}
			}
		})
	}
}
