package user_test

import (
	"testing"
	"testing/synctest"

	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/upstream/upstreamtest"
	"storefront/upstream/user"
)

func TestGet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop := upstreamtest.New(t)
		transport := resilience.NewTransport()
		transport.DialContext = shop.DialContext
		client := user.New(service(shop.URL(upstreamtest.User), transport), user.All)

		got, err := client.Get(t.Context(), "user_1")
		wantKind(t, err, fault.None, "")

		if got.Of.Name != "Name of user_1" || *got.Of.Location != "Town of user_1" {
			t.Errorf("got %+v", got.Of)
		}

		_, err = client.Get(t.Context(), "missing_1")
		wantKind(t, err, fault.NotFound, "404")

		// An id is one segment of the path, whatever it holds.
		_, err = client.Get(t.Context(), "../orders?a=b#c/d")
		wantKind(t, err, fault.None, "")

		if path := shop.Requests(upstreamtest.User)[2].Path; path != "/users/..%2Forders%3Fa=b%23c%2Fd" {
			t.Errorf("asked for %s", path)
		}
	})
}
