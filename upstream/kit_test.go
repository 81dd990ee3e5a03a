package upstream_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"storefront/internal/cache"
	"storefront/internal/config"
	"storefront/internal/telemetry"
	"storefront/upstream"
	"storefront/upstream/upstreamtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const budget = time.Second

// read gives the settings that an environment of NAME=value makes.
func read(declare func(*config.Env, ...upstream.Name) *upstream.Settings, services []upstream.Name, environ ...string) (*upstream.Settings, error) {
	env := config.New("test", "A test.", func(name string) (string, bool) {
		for _, variable := range environ {
			if value, found := strings.CutPrefix(variable, name+"="); found {
				return value, true
			}
		}

		return "", false
	})
	settings := declare(env, services...)

	return settings, env.Parse(nil)
}

func all() []upstream.Name { return []upstream.Name{upstream.User, upstream.Product, upstream.Order} }

// open gives the services of shop as a BFF sees them, on real connections.
func open(t *testing.T, shop *upstreamtest.Shop, metrics *telemetry.Metrics, bff string, environ ...string) upstream.Services {
	t.Helper()

	settings, err := read(upstream.Declare, all(), append(shop.Env(), environ...)...)
	if err != nil {
		t.Fatal(err)
	}

	return settings.Open(upstream.Caller{
		BFF: bff, Budget: budget, Metrics: metrics, Tracer: telemetry.NewTracer(nil), Caches: cache.NewRegistry(1 << 20),
	}, all()...)
}

func scrape(t *testing.T, metrics *telemetry.Metrics) string {
	t.Helper()

	w := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))

	return w.Body.String()
}
