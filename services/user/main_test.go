package user_test

import (
	"os"
	"testing"

	"storefront/services/internal/servicetest"
	"storefront/services/user"
)

// What all tests of the package share: one service, whose handler any number
// may use at once, and the folder that its data is in.
var (
	shared    *user.Service
	sharedDir string
)

func TestMain(m *testing.M) {
	os.Exit(servicetest.Main(m, user.Open, func(service *user.Service, dir string) {
		shared, sharedDir = service, dir
	}))
}
