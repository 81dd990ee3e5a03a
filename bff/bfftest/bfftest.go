// Package bfftest runs a BFF's handler in memory over fake services, for its
// tests: the whole inbound pipe, real HTTP to the services, and virtual time
// inside a testing/synctest bubble.
package bfftest

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"storefront/internal/cache"
	"storefront/internal/problem"
	"storefront/internal/resilience"
	"storefront/internal/serve"
	"storefront/internal/telemetry"
	"storefront/upstream"
	"storefront/upstream/upstreamtest"
)

// Budget is what one request may take, and StaleIfError how long an old answer
// may stand in, in all tests.
const (
	Budget       = time.Second
	StaleIfError = 10 * time.Minute
)

// bytes are the most that a cache of a test holds.
const bytes = 1 << 20

// Services returns the fake services of shop as a BFF sees them.
func Services(tb testing.TB, shop *upstreamtest.Shop, metrics *telemetry.Metrics) upstream.Services {
	tb.Helper()

	transport := shop.Transport()
	tb.Cleanup(transport.CloseIdleConnections)

	return connect(shop, metrics, optionsOver(shop, transport))
}

// optionsOver has the fake services of shop be asked over transport, or by the
// lean client where that is nil.
func optionsOver(shop *upstreamtest.Shop, transport http.RoundTripper) resilience.Options {
	const entries = 1000

	return resilience.Options{
		Transport:      transport,
		Lean:           transport == nil,
		Dial:           shop.DialContext,
		AttemptTimeout: Budget,
		LastGood:       cache.NewLastGood(StaleIfError, entries, bytes),
		Tracer:         telemetry.NewTracer(nil),
	}
}

// connect returns the fake services of shop.
func connect(shop *upstreamtest.Shop, metrics *telemetry.Metrics, options resilience.Options) upstream.Services {
	at := map[upstream.Name]string{
		upstream.User:     shop.URL(upstreamtest.User),
		upstream.Product:  shop.URL(upstreamtest.Product),
		upstream.Order:    shop.URL(upstreamtest.Order),
		upstream.Customer: shop.URL(upstreamtest.Customer),
	}

	return upstream.Connect("test", at, metrics, options)
}

// Handler returns routes, made over the fake services of shop, behind the
// inbound pipe.
func Handler(tb testing.TB, shop *upstreamtest.Shop, routes func(upstream.Services) http.Handler) http.Handler {
	tb.Helper()

	metrics := telemetry.NewMetrics()

	return piped(metrics, routes(Services(tb, shop, metrics)))
}

// LeanHandler is [Handler] with services that are asked by the lean client, as a
// program does unless told otherwise.
func LeanHandler(tb testing.TB, shop *upstreamtest.Shop, routes func(upstream.Services) http.Handler) http.Handler {
	tb.Helper()

	metrics := telemetry.NewMetrics()

	return piped(metrics, routes(connect(shop, metrics, optionsOver(shop, nil))))
}

// DividedHandler is [Handler] with services that share their requests with an
// older system, as dividers say, and with answers that are used again. All of both is asked over transport, which is
// told where: the old system is at [Old].
func DividedHandler(
	tb testing.TB, shop *upstreamtest.Shop, transport http.RoundTripper, dividers map[string]resilience.Divider, routes func(upstream.Services) http.Handler,
) http.Handler {
	tb.Helper()

	metrics := telemetry.NewMetrics()
	options := optionsOver(shop, transport)
	options.Old, options.Dividers = Old, dividers
	options.Answers = resilience.NewAnswers(bytes)

	return piped(metrics, routes(connect(shop, metrics, options)))
}

// Old is the base URL of the old system in tests.
const Old = "http://old.test"

// piped is handler behind the inbound pipe.
func piped(metrics *telemetry.Metrics, handler http.Handler) http.Handler {
	const maxBody = 100 << 10

	return serve.Pipe(serve.Options{
		BFF: "test", Budget: Budget, MaxBody: maxBody, Problem: problem.Write,
		Log: slog.New(slog.DiscardHandler), Metrics: metrics, Tracer: telemetry.NewTracer(nil),
	}, handler)
}

// Get asks handler for a path.
func Get(tb testing.TB, handler http.Handler, path string) *httptest.ResponseRecorder {
	tb.Helper()

	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequestWithContext(tb.Context(), http.MethodGet, path, http.NoBody))

	return answer
}
