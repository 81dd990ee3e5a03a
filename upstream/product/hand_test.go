package product_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/cache"
	"storefront/internal/resilience"
	"storefront/internal/session"
	"storefront/internal/telemetry"
	"storefront/upstream/product"
	"storefront/upstream/upstreamtest"
)

// TestBatchesAskForWhatIsNotAtHand and no longer, as their service allows.
func TestBatchesAskForWhatIsNotAtHand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop := upstreamtest.New(t)
		shop.Say(upstreamtest.Product, "/products", "Cache-Control: private, max-age=60")

		transport := shop.Transport()
		t.Cleanup(transport.CloseIdleConnections)

		client := product.New(resilience.NewService("product", shop.URL(upstreamtest.Product), metrics, resilience.Options{
			Transport: transport, AttemptTimeout: time.Minute, LastGood: cache.NewLastGood(0, 1, 1),
			Answers: resilience.NewAnswers(1 << 20), Tracer: telemetry.NewTracer(nil),
		}), product.All)

		ann, bob := session.With(t.Context(), "ann"), session.With(t.Context(), "bob")

		if _, err := client.ByID(ann, []string{"prod_1", "prod_2"}); err != nil {
			t.Fatal(err)
		}

		held, missing := client.AtHand(ann, []string{"prod_0", "prod_1", "prod_2", "prod_3"})
		if len(held.Of) != 2 || held.Of[0].ID.Text != "prod_1" || held.Of[1].Name == "" || !slices.Equal(missing, []string{"prod_0", "prod_3"}) {
			t.Errorf("at hand are %v, not %v", held.Of, missing)
		}

		if left := time.Until(held.Until); left != time.Minute || held.Public {
			t.Errorf("they are good for %v, public %v", left, held.Public)
		}

		if held, missing := client.AtHand(bob, []string{"prod_1"}); len(held.Of) != 0 || len(missing) != 1 {
			t.Errorf("another one has %v at hand", held.Of)
		}

		if one, err := client.Get(ann, "prod_2"); err != nil || one.Of.ID.Text != "prod_2" || shop.Calls(upstreamtest.Product) != 1 {
			t.Errorf("one of them takes %d calls: %v, %v", shop.Calls(upstreamtest.Product)-1, one.Of, err)
		}

		time.Sleep(time.Minute)

		if held, missing := client.AtHand(ann, []string{"prod_1", "prod_2"}); len(held.Of) != 0 || len(missing) != 2 {
			t.Errorf("%v are at hand when they are no longer good", held.Of)
		}

		asked := shop.Requests(upstreamtest.Product)
		if len(asked) != 1 || !strings.Contains(asked[0].Query, "ids=prod_1,prod_2") {
			t.Errorf("it was asked %+v", asked)
		}
	})
}
