package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"storefront/internal/etag"
	"storefront/upstream/upstreamtest"
)

// crosstalkRequests in the environment is how many requests the suite makes, in
// place of as many as come in a few seconds.
const crosstalkRequests = "CROSSTALK_REQUESTS"

// ownerOf finds whose data a text holds: every text of the fake services names
// its user.
var ownerOf = regexp.MustCompile(`u-\d\d\d-x`)

// askerOf finds for whom an answer was made: what is not public says so.
var askerOf = regexp.MustCompile(`by-\d\d\d-y`)

// few are the least answers that show anything; thousands are usual.
const few = 100

// nobody asks without credentials.
const nobody = "by-000-y"

// crowd is many users asking over every route at once.
type crowd struct {
	process  *process
	gates    map[upstreamtest.Service]*upstreamtest.Gate
	deadline time.Time
	requests int64    // how many there are to be; 0 is until the deadline
	tags     sync.Map // the validator that each principal has, by what was asked
	answered atomic.Int64
	whole    atomic.Int64 // answers that hold something of the user
	made     atomic.Int64 // of them, those that say for whom they were made
	same     atomic.Int64 // answers of 304
	purged   atomic.Int64 // entries of caches
}

// However many ask at once, with credentials and without, over whichever route,
// with answers and pages kept and coalesced, purged again and again, and old
// answers standing in for services that fail in every way: no answer ever holds
// a byte of another user's, nor one that was made for somebody else to ask. Not
// parallel: it takes all the machine has, and other tests would be late.
func TestNoAnswerHoldsAnothersData(t *testing.T) { //nolint:paralleltest // See above.
	const (
		clients = 64
		lasts   = 3 * time.Second
	)

	c := newCrowd(t)
	c.deadline = time.Now().Add(lasts)
	c.requests, _ = strconv.ParseInt(os.Getenv(crosstalkRequests), 10, 64)

	var all sync.WaitGroup
	for n := range clients {
		all.Go(func() { c.client(t, rand.New(rand.NewPCG(1, uint64(n)))) }) //nolint:gosec // Not a secret.
	}

	all.Go(func() { c.troubles(t, rand.New(rand.NewPCG(2, 0))) }) //nolint:gosec // Likewise.
	all.Go(func() { c.purges(t, rand.New(rand.NewPCG(3, 0))) })   //nolint:gosec // Likewise.
	all.Wait()

	t.Logf("%d answers, %d of them with data, %d of these for one principal alone, %d not modified; %d entries purged",
		c.answered.Load(), c.whole.Load(), c.made.Load(), c.same.Load(), c.purged.Load())

	if min(c.whole.Load(), c.made.Load()) < few || c.same.Load() == 0 || c.purged.Load() == 0 {
		t.Errorf("of %d answers %d held data, %d of one principal, %d were 304; %d entries were purged: nothing is shown",
			c.answered.Load(), c.whole.Load(), c.made.Load(), c.same.Load(), c.purged.Load())
	}

	metrics := c.process.get(t, "ops", "/metrics").body
	for _, series := range []string{
		`upstream_cache_hits_total{.*source="stale"}`, `upstream_cache_hits_total{.*source="coalesced"}`, `upstream_cache_hits_total{.*source="hit"}`,
		`bff_answers_reused_total{bff="web",source="hit"}`, `bff_answers_reused_total{bff="web",source="coalesced"}`,
		`bff_answers_reused_total{bff="mobile",source="hit"}`, `bff_answers_reused_total{bff="tv",source="hit"}`,
	} {
		if !regexp.MustCompile(series + ` [1-9]`).Match(metrics) {
			t.Errorf("no answer is counted in %s: nothing is shown", series)
		}
	}
}

// newCrowd boots a program over services that stamp their answers, behind gates
// for faults.
func newCrowd(t *testing.T) *crowd {
	t.Helper()

	shop := upstreamtest.NewTCP(t)
	c := &crowd{gates: map[upstreamtest.Service]*upstreamtest.Gate{}}
	set := settings{
		"WEB_BUDGET": "300ms", "MOBILE_BUDGET": "300ms", "TV_BUDGET": "300ms", "LOG_LEVEL": "error",
		"STALE_BYTES": "256KiB", "CACHE_BYTES": "2MiB", // Few enough that answers are thrown out all the time.
	}

	for _, service := range upstreamtest.All() {
		gate := upstreamtest.NewGate(stamped{shop.Gate(service)}, "http://nowhere.invalid")
		server := httptest.NewServer(gate)
		t.Cleanup(server.Close)

		c.gates[service] = gate

		if service == upstreamtest.Customer {
			set["LEGACY_CUSTOMER_URL"] = server.URL
		} else {
			set[strings.ToUpper(string(service))+"_SERVICE_URL"] = server.URL
		}
	}

	c.process = startOver(t, shop, set)

	return c
}

// stamped are services whose good answers say who has asked, as the request id
// tells, unless all may see them; and for how long they are good.
type stamped struct{ http.Handler }

func (s stamped) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	good := httptest.NewRecorder()
	s.Handler.ServeHTTP(good, r)

	body, says := good.Body.Bytes(), freshnessOf(r.URL)
	if !strings.HasPrefix(says, "public") {
		who, _, _ := strings.Cut(r.Header.Get("X-Request-Id"), ".")
		for _, text := range []string{`"name":"`, `"status":"`, `"bio":"`, `"shipping_address":"`, `"f_name":"`} {
			body = bytes.ReplaceAll(body, []byte(text), []byte(text+who+" "))
		}
	}

	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", strings.TrimPrefix(says, "tagged, "))

	if says == "vary" {
		h.Set("Cache-Control", "public, max-age=1")
		h.Set("Vary", "Accept, Authorization")
	}

	if tag := etag.Of(body); strings.Contains(says, "tagged") && good.Code == http.StatusOK {
		h.Set("Etag", tag)

		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)

			return
		}
	}

	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(good.Code)
	_, _ = w.Write(body) //nolint:gosec // It is JSON of our own; it fails where the client has left.
}

// freshnessOf is how long an answer about that address is good, and for whom:
// each user's are so in another way.
func freshnessOf(of *url.URL) string {
	all := []string{
		"no-store", "private, max-age=1", "public, max-age=1", "max-age=1, stale-while-revalidate=1, stale-if-error=2",
		"tagged, private, max-age=1", "public, max-age=1, stale-while-revalidate=1", "in part", "vary",
	}

	user := ownerOf.FindString(of.String())
	if user == "" {
		return "private, max-age=2" // What belongs to nobody.
	}

	hash := fnv.New32a()
	_, _ = hash.Write([]byte(user)) // A hash never fails to write.

	switch says := all[hash.Sum32()%uint32(len(all))]; { //nolint:gosec // A handful.
	case says == "in part" && strings.HasPrefix(of.Path, "/users/"):
		return "public, max-age=1" // Of a page whose other parts are not.
	case says == "in part":
		return "tagged, private, max-age=1"
	default:
		return says
	}
}

// over reports whether enough has been asked.
func (c *crowd) over(t *testing.T) bool {
	t.Helper()

	if t.Failed() {
		return true
	}

	if c.requests > 0 {
		return c.answered.Load() >= c.requests
	}

	const most = 10 * time.Second // for a machine that is so busy that little has been shown yet

	late := time.Since(c.deadline)

	return late > most || (late > 0 && c.made.Load() >= few && c.same.Load() > 0)
}

// client asks for one user after the other, as one principal after the other.
func (c *crowd) client(t *testing.T, random *rand.Rand) {
	t.Helper()

	const (
		users      = 60
		hot        = 8 // of them are asked for so often that calls are coalesced
		principals = 6
	)

	for n := 0; !c.over(t); n++ {
		user := fmt.Sprintf("u-%03d-x", random.IntN([]int{users, hot}[random.IntN(2)]))
		who := fmt.Sprintf("by-%03d-y", random.IntN(principals))
		r := anyRoute(user, random)
		r.Headers = map[string]string{
			"Accept-Encoding": []string{"", "identity", "gzip"}[random.IntN(3)],
			"X-Request-Id":    fmt.Sprintf("%s.%d.%d", who, random.Uint32(), n),
		}

		if who != nobody {
			r.Headers["Authorization"] = "Bearer " + who
		}

		have := who + r.Server + r.Path
		if tag, ok := c.tags.Load(have); ok && r.GraphQL == nil && random.IntN(3) == 0 {
			r.Headers["If-None-Match"], _ = tag.(string)
		}

		got, err := c.process.try(t.Context(), r)
		if err != nil {
			t.Errorf("%s: %v", user, err)

			return
		}

		c.answered.Add(1)
		c.check(t, r, got, user, who)

		if tag := got.header.Get("Etag"); tag != "" && r.GraphQL == nil {
			c.tags.Store(have, tag)
		}
	}
}

// check holds an answer against whom it is about, and who asked.
func (c *crowd) check(t *testing.T, r request, got answer, user, who string) {
	t.Helper()

	for _, fault := range got.faults(c.process.secrets) {
		t.Errorf("%s for %s: %s", user, who, fault)
	}

	if got.header.Get("Content-Encoding") == "gzip" {
		packed, err := gzip.NewReader(bytes.NewReader(got.body))
		if err != nil {
			t.Errorf("%s for %s: %v", user, who, err)

			return
		}

		if got.body, err = io.ReadAll(packed); err != nil {
			t.Errorf("%s for %s: %v", user, who, err)
		}
	}

	if id := got.header.Get("X-Request-Id"); id != r.Headers["X-Request-Id"] {
		t.Errorf("request %s got the answer to %s", r.Headers["X-Request-Id"], id)
	}

	got.header.Del("X-Request-Id")

	// What it is about is named in problem details, too.
	text := string(got.body) + fmt.Sprint(got.header)
	for _, found := range append(ownerOf.FindAllString(text, -1), askerOf.FindAllString(withoutOwnID(text, r), -1)...) {
		if found != user && found != who {
			t.Errorf("%s asked for %s%v as %s, and got data of %s: %d %s", user, r.Path, r.GraphQL, who, found, got.status, text)

			return
		}
	}

	switch {
	case got.status == http.StatusNotModified && r.Headers["If-None-Match"] == "":
		t.Errorf("%s got a 304 out of nothing", user)
	case got.status == http.StatusNotModified:
		c.same.Add(1)
	case got.status == http.StatusOK && ownerOf.Match(got.body):
		c.whole.Add(1)

		if askerOf.Match(got.body) {
			c.made.Add(1)
		}
	}
}

// withoutOwnID leaves out the request's id, which says who asked.
func withoutOwnID(text string, r request) string {
	return strings.ReplaceAll(text, r.Headers["X-Request-Id"], "")
}

// anyRoute asks about user.
func anyRoute(user string, random *rand.Rand) request {
	lists := `recommendedProducts(first: 3) { id name } orders { id status items { product { name } } }`
	whole := `{ user(id: "` + user + `") { name email ` + lists + ` } }`
	routes := []request{
		{Server: "mobile", Path: "/api/dashboard/" + user},
		{Server: "tv", Path: "/api/browse/" + user},
		{Server: "web", Path: "/api/dashboard/" + user},
		{Server: "web", GraphQL: &operation{
			Query:     `query Q($u: ID!) { dashboard(userId: $u) { user { name bio } recommendedProducts { id } recentOrders { id items { product { name } } } } }`,
			Variables: map[string]any{"u": user},
		}},
		{Server: "web", GraphQL: &operation{Query: whole}},
		{Server: "web", GraphQL: &operation{Query: `{ order(id: "` + user + `_order_3") { id shippingAddress } product(id: "` + user + `_prod_7") { name description } }`}},
		{Server: "web", Path: "/graphql?query=" + url.QueryEscape(whole)},
		{Server: "web", Path: "/api/customers/" + user + "/summary"},
		{Server: "web", GraphQL: &operation{Query: `{ user(id: "` + user + `") { bio customer { fullName address } } customerSummary(id: "` + user + `") { name email } }`}},
		{Server: "web", Path: "/graphql?query=" + url.QueryEscape(`{ product(id: "`+user+`_prod_7") { name description } }`)},
	}

	return routes[random.IntN(len(routes))]
}

// troubles changes what is wrong with the services, again and again.
func (c *crowd) troubles(t *testing.T, random *rand.Rand) {
	t.Helper()

	faults := []upstreamtest.Fault{
		upstreamtest.Hang(), upstreamtest.Latency(20 * time.Millisecond), upstreamtest.Stalled(),
		upstreamtest.Status(http.StatusInternalServerError), upstreamtest.Status(http.StatusTooManyRequests),
		upstreamtest.ResetBeforeHeaders(), upstreamtest.ResetMidBody(), upstreamtest.Truncated(),
		upstreamtest.Garbage(), upstreamtest.TrailingGarbage(), upstreamtest.WrongElement(), upstreamtest.IgnoreLimit(),
		upstreamtest.NotFound(), upstreamtest.Status(http.StatusNotModified),
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()

	for !c.over(t) {
		<-tick.C

		gate := c.gates[upstreamtest.All()[random.IntN(len(upstreamtest.All()))]]
		if random.IntN(6) > 0 { // Most of the time all is well, so that there is something to be kept.
			gate.Heal()
		} else {
			gate.Fail(faults[random.IntN(len(faults))])
		}
	}

	for _, gate := range c.gates {
		gate.Heal()
	}
}

// purges empties caches, in part or altogether, again and again.
func (c *crowd) purges(t *testing.T, random *rand.Rand) {
	t.Helper()

	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()

	number := regexp.MustCompile(`\d+`)

	for !c.over(t) {
		<-tick.C

		which := fmt.Sprintf("tag=user:u-%03d-x", random.IntN(8))

		switch random.IntN(20) {
		case 0:
			which = "all=true"
		case 1:
			which = fmt.Sprintf("tag=product:u-%03d-x_prod_7", random.IntN(8))
		}

		got, err := c.process.try(t.Context(), request{Server: "ops", Method: http.MethodDelete, Path: "/caches?" + which})
		if err != nil || got.status != http.StatusOK {
			t.Errorf("%s: %d %s, %v", which, got.status, got.body, err)

			return
		}

		n, _ := strconv.ParseInt(number.FindString(string(got.body)), 10, 64)
		c.purged.Add(n)
	}
}
