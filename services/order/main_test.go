package order_test

import (
	"os"
	"testing"

	"storefront/services/internal/servicetest"
	"storefront/services/order"
)

// What all tests of the package share: one service, whose handler any number
// may use at once, and the folder that its data is in.
var (
	shared    *order.Service
	sharedDir string
)

func TestMain(m *testing.M) {
	os.Exit(servicetest.Main(m, order.Open, func(service *order.Service, dir string) {
		shared, sharedDir = service, dir
	}))
}
