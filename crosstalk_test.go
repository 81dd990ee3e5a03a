package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"storefront/upstream/upstreamtest"
)

// ownerOf finds whose data a text holds: every text of the fake services names
// its user.
var ownerOf = regexp.MustCompile(`u-\d\d\d-x`)

// crowd is many users asking over every route at once.
type crowd struct {
	process  *process
	deadline time.Time
	answered atomic.Int64
	whole    atomic.Int64 // answers that hold something of the user
}

// However many users ask at once, over whichever route, with calls coalesced and
// old answers standing in for services that fail in every way: no answer ever
// holds a byte of another user's. Not parallel: it takes all the machine has,
// and other tests would be late.
func TestNoAnswerHoldsAnothersData(t *testing.T) { //nolint:paralleltest // See above.
	const (
		clients = 64
		lasts   = 3 * time.Second
		few     = 100 // Even on a busy machine; thousands are usual.
	)

	shop := upstreamtest.NewTCP(t)
	c := &crowd{
		process: startOver(t, shop, settings{
			"WEB_BUDGET": "300ms", "MOBILE_BUDGET": "300ms", "TV_BUDGET": "300ms", "LOG_LEVEL": "error",
			"STALE_BYTES": "256KiB", // Few enough that answers are thrown out all the time.
		}),
		deadline: time.Now().Add(lasts),
	}

	var all sync.WaitGroup
	for n := range clients {
		all.Go(func() { c.client(t, rand.New(rand.NewPCG(1, uint64(n)))) }) //nolint:gosec // Not a secret.
	}

	all.Go(func() { c.troubles(t, shop, rand.New(rand.NewPCG(2, 0))) }) //nolint:gosec // Likewise.
	all.Wait()

	t.Logf("%d answers, %d of them with data", c.answered.Load(), c.whole.Load())

	if c.whole.Load() < few {
		t.Errorf("only %d of %d answers held any data", c.whole.Load(), c.answered.Load())
	}

	metrics := c.process.get(t, "ops", "/metrics").body
	for _, source := range []string{"stale", "coalesced"} {
		if !regexp.MustCompile(`upstream_cache_hits_total{.*source="` + source + `"} [1-9]`).Match(metrics) {
			t.Errorf("no answer was ever %s: nothing is shown", source)
		}
	}
}

// client asks for one user after the other.
func (c *crowd) client(t *testing.T, random *rand.Rand) {
	t.Helper()

	const (
		users = 60
		hot   = 4 // of them are asked for so often that calls are coalesced
	)

	for time.Now().Before(c.deadline) && !t.Failed() {
		user := fmt.Sprintf("u-%03d-x", random.IntN([]int{users, hot}[random.IntN(2)]))
		r := anyRoute(user, random)

		got, err := c.process.try(t.Context(), r)
		if err != nil {
			t.Errorf("%s: %v", user, err)

			return
		}

		c.answered.Add(1)

		text := string(got.body) + fmt.Sprint(got.header)
		for _, owner := range ownerOf.FindAllString(text, -1) {
			if owner != user {
				t.Errorf("%s asked for %s%v, and got data of %s: %s", user, r.Path, r.GraphQL, owner, text)

				return
			}
		}

		if got.status == http.StatusOK && ownerOf.Match(got.body) {
			c.whole.Add(1)
		}

		for _, fault := range got.faults(c.process.secrets) {
			t.Errorf("%s: %s", user, fault)
		}
	}
}

// anyRoute asks about user, half of the time with credentials.
func anyRoute(user string, random *rand.Rand) request {
	lists := `recommendedProducts(first: 3) { id name } orders { id status items { product { name } } }`
	routes := []request{
		{Server: "mobile", Path: "/api/dashboard/" + user},
		{Server: "tv", Path: "/api/browse/" + user},
		{Server: "web", Path: "/api/dashboard/" + user},
		{Server: "web", GraphQL: &operation{
			Query:     `query Q($u: ID!) { dashboard(userId: $u) { user { name bio } recommendedProducts { id } recentOrders { id items { product { name } } } } }`,
			Variables: map[string]any{"u": user},
		}},
		{Server: "web", GraphQL: &operation{Query: `{ user(id: "` + user + `") { name email ` + lists + ` } }`}},
		{Server: "web", GraphQL: &operation{Query: `{ order(id: "` + user + `_order_3") { id shippingAddress } product(id: "` + user + `_prod_7") { name description } }`}},
	}

	r := routes[random.IntN(len(routes))]
	r.Headers = map[string]string{"Accept-Encoding": []string{"", "identity"}[random.IntN(2)]}

	if random.IntN(2) == 0 {
		r.Headers["Authorization"] = "Bearer " + user
	}

	return r
}

// troubles changes what is wrong with the services, again and again.
func (c *crowd) troubles(t *testing.T, shop *upstreamtest.Shop, random *rand.Rand) {
	t.Helper()

	faults := []upstreamtest.Fault{
		upstreamtest.Hang(), upstreamtest.Latency(20 * time.Millisecond), upstreamtest.Stalled(),
		upstreamtest.Status(http.StatusInternalServerError), upstreamtest.Status(http.StatusTooManyRequests),
		upstreamtest.ResetBeforeHeaders(), upstreamtest.ResetMidBody(), upstreamtest.Truncated(),
		upstreamtest.Garbage(), upstreamtest.TrailingGarbage(), upstreamtest.WrongElement(), upstreamtest.IgnoreLimit(),
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()

	for time.Now().Before(c.deadline) && !t.Failed() {
		<-tick.C

		service := upstreamtest.Services()[random.IntN(3)]
		if random.IntN(2) == 0 {
			shop.Heal(service)
		} else {
			shop.Fail(service, faults[random.IntN(len(faults))])
		}
	}

	shop.Heal()
}
