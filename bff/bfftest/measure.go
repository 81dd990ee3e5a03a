package bfftest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fanout"
	"storefront/internal/telemetry"
	"storefront/upstream"
	"storefront/upstream/upstreamtest"
)

// Routes makes the handler of a BFF over services.
type Routes func(upstream.Services) http.Handler

// Request makes a request of the same kind each time.
type Request func(ctx context.Context) *http.Request

// CallsAreAsDeclared drives each GET route among bounds over services in every
// mix of being well, late, failing and hanging, with nothing at hand and with
// last good answers, and fails the test unless its bound is what the worst of
// them takes: not less, and not more.
func CallsAreAsDeclared(t *testing.T, routes Routes, bounds map[string]fanout.Bound) {
	t.Helper()

	for what, bound := range bounds {
		path, isGet := strings.CutPrefix(what, "GET ")
		if !isGet {
			t.Errorf("%s: only GET can be measured", what)

			continue
		}

		path = parameter.ReplaceAllStringFunc(path, known)
		CallsAre(t, routes, what, bound, func(ctx context.Context) *http.Request {
			return httptest.NewRequestWithContext(ctx, http.MethodGet, path, http.NoBody)
		})
	}
}

var parameter = regexp.MustCompile(`\{\w+\}`)

// known is something that the fake services know, by the parameter that names it.
func known(parameter string) string {
	switch parameter {
	case "{product_id}":
		return "prod_1"
	case "{order_id}":
		return "u-7-x_order_1"
	default:
		return "u-7-x"
	}
}

// CallsAre is CallsAreAsDeclared for one request.
func CallsAre(t *testing.T, routes Routes, what string, bound fanout.Bound, request Request) {
	t.Helper()

	var worst fanout.Bound

	for _, mix := range mixes() {
		synctest.Test(t, func(t *testing.T) {
			for _, got := range measure(t, routes, mix, request) {
				if got.Calls > bound.Calls || got.Waves > bound.Waves {
					t.Errorf("%s is declared as %v and takes %v where services are %v", what, bound, got, mix)
				}

				worst.Calls, worst.Waves = max(worst.Calls, got.Calls), max(worst.Waves, got.Waves)
			}
		})

		if t.Failed() {
			return // Once is enough.
		}
	}

	if worst != bound {
		t.Errorf("%s is declared as %v and takes %v at worst", what, bound, worst)
	}
}

// mix is how each service is, in the order of upstreamtest.Services.
type mix []upstreamtest.Fault

// mixes are all mixes of services that are well, too late for those who are not
// patient, failing, and hanging.
func mixes() []mix {
	well := upstreamtest.Fault{}
	states := []upstreamtest.Fault{well, upstreamtest.Latency(Budget * 6 / 10), upstreamtest.Status(http.StatusServiceUnavailable), upstreamtest.Hang()}
	all := []mix{nil}

	for range upstreamtest.Services() {
		longer := make([]mix, 0, len(all)*len(states))

		for _, m := range all {
			for _, state := range states {
				longer = append(longer, append(slices.Clip(m), state))
			}
		}

		all = longer
	}

	return all
}

// String says how the services are.
func (m mix) String() string {
	words := make([]string, len(m))
	for i, service := range upstreamtest.Services() {
		words[i] = fmt.Sprintf("%v: well", service)
		if m[i] != (upstreamtest.Fault{}) {
			words[i] = fmt.Sprintf("%v: %v", service, m[i])
		}
	}

	return strings.Join(words, ", ")
}

// measure returns what a request takes with nothing at hand, what it takes when
// all is well, and what it takes with last good answers at hand.
func measure(t *testing.T, routes Routes, services mix, request Request) (took []fanout.Bound) {
	t.Helper()

	shop := upstreamtest.New(t)
	transport := shop.Transport()
	t.Cleanup(transport.CloseIdleConnections)

	metrics, meter := telemetry.NewMetrics(), &meter{next: transport}
	handler := piped(metrics, routes(connect(shop, metrics, optionsOver(shop, meter))))

	ask := func() {
		handler.ServeHTTP(httptest.NewRecorder(), request(t.Context()))
		synctest.Wait()

		took = append(took, meter.take())
	}
	fail := func() {
		for i, service := range upstreamtest.Services() {
			if services[i] != (upstreamtest.Fault{}) {
				shop.Fail(service, services[i])
			}
		}
	}

	fail()
	ask()
	shop.Heal()
	ask()
	time.Sleep(time.Minute)
	fail()
	ask()

	return took
}
