package bff_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"storefront/bff/bfftest"
	"storefront/internal/resilience"
	"storefront/internal/telemetry"
	"storefront/upstream/strangler"
	"storefront/upstream/upstreamtest"
)

// asked is a request to one side.
type asked struct {
	side  resilience.Side
	path  string // the new side's
	query string
	left  time.Duration // as it is told
	at    time.Time
}

// migration is a shop that moves: an old system that has all there is, and the
// services that take over from it. It is an http.RoundTripper to all of them.
type migration struct {
	old, shop    *upstreamtest.Shop
	toOld, toNew *http.Transport

	mu  sync.Mutex
	all []asked
}

func newMigration(t *testing.T) *migration {
	t.Helper()

	m := &migration{old: upstreamtest.New(t), shop: upstreamtest.New(t)}
	m.toOld, m.toNew = m.old.Transport(), m.shop.Transport()

	t.Cleanup(m.toOld.CloseIdleConnections)
	t.Cleanup(m.toNew.CloseIdleConnections)

	return m
}

// RoundTrip notes who is asked. The old system is the services of a shop of its
// own, which it asks in its own words.
func (m *migration) RoundTrip(r *http.Request) (*http.Response, error) {
	left, err := strconv.Atoi(r.Header.Get("X-Request-Timeout-Ms"))
	if err != nil {
		return nil, err
	}

	path, isOld := strings.CutPrefix(r.URL.Path, "/api")
	one := asked{path: path, query: strings.TrimSuffix(r.URL.RawQuery, "detail=full"), left: time.Duration(left) * time.Millisecond, at: time.Now()}
	transport := m.toNew

	if isOld {
		one.side, transport = resilience.OldSide, m.toOld
		r = r.Clone(r.Context())
		service, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		r.URL.Host, r.URL.Path, r.URL.RawQuery = strings.TrimSuffix(service, "s")+".test", path, one.query
	}

	m.mu.Lock()
	m.all = append(m.all, one)
	m.mu.Unlock()

	return transport.RoundTrip(r)
}

// taken is who was asked since it was called last.
func (m *migration) taken() []asked {
	m.mu.Lock()
	defer m.mu.Unlock()

	all := m.all
	m.all = nil

	return all
}

// handler is a screen's, with all routes of the shop as of says.
func (m *migration) handler(t *testing.T, s screen, of func(*strangler.Route)) http.Handler {
	t.Helper()

	file := strangler.Shop(strangler.ModeNew)
	for i := range file.Routes {
		of(&file.Routes[i])
	}

	at := map[string][]string{}
	for _, service := range []upstreamtest.Service{upstreamtest.User, upstreamtest.Product, upstreamtest.Order} {
		at[string(service)] = []string{m.shop.URL(service)}
	}

	table, err := strangler.Open(t.Context(), strangler.Options{
		Default: file, Old: bfftest.Old, Services: at, Metrics: telemetry.NewMetrics().Strangler(),
	})
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() {
		if err := table.Close(); err != nil {
			t.Error(err)
		}
	})

	dividers := map[string]resilience.Divider{}
	for service := range at {
		dividers[service] = table.Divider(service)
	}

	return bfftest.DividedHandler(t, m.shop, m, dividers, s.routes)
}

// migrating are the screens that ask what moves, with the page of one whose
// products are asked for when its orders are in.
func migrating() map[string]screen {
	all := screens()
	delete(all, "web summary")

	items := all["web GraphQL"]
	items.request = itemsOperation
	all["web GraphQL items"] = items

	return all
}

func itemsOperation(ctx context.Context, user string) *http.Request {
	query := `{"query":"{dashboard(userId:\"` + user + `\"){user{name} recommendedProducts{name} recentOrders{id items{product{name}}}}}"}`
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", strings.NewReader(query))
	r.Header.Set("Content-Type", "application/json")

	return r
}

// Whatever of the new side hangs, the old one has the other half of the time that
// the page has left, is told so, and no part is missing: also of a page whose
// products are asked for when half of its time is over.
func TestTheOldSideHasTheOtherHalf(t *testing.T) {
	t.Parallel()

	const reserve = bfftest.Budget / 50

	for name, screen := range migrating() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newMigration(t)
				handler := m.handler(t, screen, func(r *strangler.Route) { r.Fallback = true })

				for _, service := range upstreamtest.Services() {
					m.shop.Fail(service, upstreamtest.Hang())
				}

				begin, answer := time.Now(), httptest.NewRecorder()
				handler.ServeHTTP(answer, screen.request(t.Context(), "u-101-x"))

				if body := answer.Body.String(); answer.Code != http.StatusOK || strings.Contains(body, "null") || strings.Contains(body, "degraded") {
					t.Errorf("%d %s", answer.Code, body)
				}

				sides := map[resilience.Side]int{}

				for _, one := range m.taken() {
					sides[one.side]++

					left := bfftest.Budget - reserve - one.at.Sub(begin)
					if one.left > left || one.left < left/3 {
						t.Errorf("%v is told %v for %s, of %v", one.side, one.left, one.path, left)
					}
				}

				if sides[resilience.NewSide] == 0 || sides[resilience.NewSide] != sides[resilience.OldSide] {
					t.Errorf("asked %v", sides)
				}
			})
		})
	}
}

// Each user is on one side, on every route, on every page of every client, also
// where what is asked for names nobody: the products of an order's items. And
// nobody is shown what the other side has said to somebody else.
func TestAUserIsOnOneSide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const users = 40

		m := newMigration(t)
		half := func(r *strangler.Route) { r.Mode, r.Percent = strangler.ModePercent, 50 }
		is := map[string]resilience.Side{}
		seen := map[resilience.Side]int{}

		// Everybody has ordered the same, and each side has its own word for it.
		for side, shop := range map[resilience.Side]*upstreamtest.Shop{resilience.NewSide: m.shop, resilience.OldSide: m.old} {
			product := `{"id":"%s","name":"said by ` + side.String() + `","price":1}`
			shop.Set(upstreamtest.Product, "/products", "["+fmt.Sprintf(product, "p")+","+fmt.Sprintf(product, "q")+"]")
			shop.Set(upstreamtest.Product, "/products/p", fmt.Sprintf(product, "p"))
			shop.Set(upstreamtest.Order, "/orders", `[{"id":"o","date":"2024-01-15","total":1,"status":"new","items":[{"product_id":"p","quantity":1},{"product_id":"q","quantity":1}]}]`)
			shop.Say(upstreamtest.Product, "/products", "Cache-Control: public, max-age=3600")
		}

		pages := migrating()
		pages["web GraphQL, two users"] = screen{routes: pages["web GraphQL"].routes, request: func(ctx context.Context, user string) *http.Request {
			r := itemsOperation(ctx, user)
			r.Body = io.NopCloser(strings.NewReader(`{"query":"{user(id:\"` + user + `\"){name orders{items{product{name}}}} product(id:\"p\"){name}}"}`))
			r.ContentLength = -1

			return r
		}}

		for name, page := range pages {
			handler := m.handler(t, page, half)

			for n := range users {
				user := "user_" + strconv.Itoa(n)

				answer := httptest.NewRecorder()
				handler.ServeHTTP(answer, page.request(t.Context(), user))

				if answer.Code != http.StatusOK || strings.Contains(answer.Body.String(), `"errors"`) {
					t.Fatalf("%s: %d %s", name, answer.Code, answer.Body)
				}

				for _, one := range m.taken() {
					if side, known := is[user]; known && side != one.side {
						t.Errorf("%s: %s is on the %v side, and %s?%s is asked of the %v one", name, user, side, one.path, one.query, one.side)
					}

					is[user] = one.side
				}

				if other := 1 - is[user]; strings.Contains(answer.Body.String(), "said by "+other.String()) {
					t.Errorf("%s: %s, on the %v side, is shown %s", name, user, is[user], answer.Body)
				}

				seen[is[user]]++
			}
		}

		if len(is) != users || seen[resilience.NewSide] == 0 || seen[resilience.OldSide] == 0 {
			t.Errorf("users are on the sides %v", seen)
		}
	})
}
