package legacy_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"testing"

	"storefront/services/internal/servicetest"
	"storefront/services/legacy"
)

// What all tests of the package share: both systems, whose handlers any number
// may use at once, and the folder that their data is in.
var (
	shared    *systems
	sharedDir string
)

// systems are both of them, opened together for the tests.
type systems struct {
	customer *legacy.Customer
	monolith *legacy.Monolith
}

func openBoth(ctx context.Context, dir string) (*systems, error) {
	customer, err := legacy.OpenCustomer(ctx, dir)
	if err != nil {
		return nil, err
	}
	monolith, err := openMonolith(ctx, dir)
	if err != nil {
		return nil, errors.Join(err, customer.Close())
	}
	return &systems{customer, monolith}, nil
}

func openMonolith(ctx context.Context, dir string) (*legacy.Monolith, error) {
	return legacy.OpenMonolith(ctx, dir, legacy.Pictures{Users: "http://users.test", Products: "https://products.test/shop/"})
}

// Handler is for the suite of all services; tests use each system's own.
func (s *systems) Handler() http.Handler { return s.monolith.Handler() }

func (s *systems) Close() error { return errors.Join(s.customer.Close(), s.monolith.Close()) }

func TestMain(m *testing.M) {
	os.Exit(servicetest.Main(m, openBoth, func(both *systems, dir string) { shared, sharedDir = both, dir }))
}
