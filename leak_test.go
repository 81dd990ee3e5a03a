package main

import (
	"net/http"
	"testing"

	"go.uber.org/goleak"

	"storefront/upstream/upstreamtest"
)

// A process that has stopped leaves no goroutine behind, whatever happened while
// it ran. Not parallel: every goroutine that is not there at its beginning is
// taken to be its own.
func TestNoGoroutineStaysBehind(t *testing.T) { //nolint:paralleltest // See above.
	before := goleak.IgnoreCurrent()

	shop, err := upstreamtest.StartTCP(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	p, err := boot(program(), of(shop).with(settings{"WEB_BUDGET": "200ms", "MOBILE_BUDGET": "200ms", "TV_BUDGET": "200ms"}))
	if err != nil {
		t.Fatal(err)
	}

	p.everyRoute(t)

	for _, fault := range []upstreamtest.Fault{
		upstreamtest.Hang(), upstreamtest.Stalled(), upstreamtest.Status(http.StatusServiceUnavailable),
		upstreamtest.ResetMidBody(), upstreamtest.Huge(), upstreamtest.Garbage(), upstreamtest.Redirect(),
	} {
		for _, service := range upstreamtest.Services() {
			shop.Fail(service, fault)
		}

		p.everyRoute(t)
		shop.Heal() // So that no circuit opens: what is not asked leaves nothing.
		p.everyRoute(t)
	}

	for _, service := range upstreamtest.Services() {
		shop.Fail(service, upstreamtest.Hang())
	}

	for _, r := range asks() {
		if p.leave(t, r, func() bool { return shop.InFlight(upstreamtest.Product) > 0 }, shop) == nil {
			t.Error("there was an answer for a client that had left")
		}

		waitUntil(t, shop, func() bool { return shop.InFlight(upstreamtest.Product) == 0 })
	}

	if err = p.stop(); err != nil {
		t.Error(err)
	}

	if err = shop.Close(); err != nil {
		t.Error(err)
	}

	goleak.VerifyNone(t, before)
}

// everyRoute asks once over every route, and reads the answers.
func (p *process) everyRoute(t *testing.T) {
	t.Helper()

	for name, r := range asks() {
		if _, err := p.try(t.Context(), r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
