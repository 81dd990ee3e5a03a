package product_test

import (
	"os"
	"testing"

	"storefront/services/internal/servicetest"
	"storefront/services/product"
)

// What all tests of the package share: one service, whose handler any number
// may use at once, and the folder that its data is in.
var (
	shared    *product.Service
	sharedDir string
)

func TestMain(m *testing.M) {
	os.Exit(servicetest.Main(m, product.Open, func(service *product.Service, dir string) {
		shared, sharedDir = service, dir
	}))
}
