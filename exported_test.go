package main

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"storefront/internal/telemetry"
	"storefront/upstream/upstreamtest"
)

// exported are the metrics of a program as Prometheus would store them: the
// labels of each series' name, those that Prometheus adds included.
type exported struct {
	labels map[string]map[string]bool // by the name of the series
	values map[string]map[string]bool // by the name of the label
}

var (
	sampleLine = regexp.MustCompile(`(?m)^([a-z_][a-z0-9_]*)(?:\{(.*)\})? \S+$`)
	labelPair  = regexp.MustCompile(`([a-z_]+)="((?:[^"\\]|\\.)*)"`)
)

// ofScrape are those of a program that has answered from its caches, has left a
// section out, and has a shared cache, which is away.
func ofScrape(t *testing.T) exported {
	t.Helper()

	shop := upstreamtest.NewTCP(t)
	products := shop.Gate(upstreamtest.Product)
	keeping := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=60")
		products.ServeHTTP(w, r)
	}))
	t.Cleanup(keeping.Close)

	p := startOver(t, shop, settings{"PRODUCT_SERVICE_URL": keeping.URL, "CACHE_URL": "redis://127.0.0.1:1"})
	p.get(t, "tv", "/api/browse/user_1")
	p.get(t, "tv", "/api/browse/user_1") // The same bytes once more.

	p.get(t, "mobile", "/api/dashboard/user_1")
	shop.Fail(upstreamtest.Order, upstreamtest.Status(http.StatusInternalServerError))
	p.get(t, "mobile", "/api/dashboard/user_1") // stale
	p.get(t, "mobile", "/api/dashboard/user_2") // omitted

	return newExported(string(p.get(t, "ops", "/metrics").body) + ofMovingRoute(t))
}

// ofMovingRoute is the scrape of a route on its way from one system to another,
// of which a program without such routes has none.
func ofMovingRoute(t *testing.T) string {
	t.Helper()

	metrics := telemetry.NewMetrics()
	route := metrics.Strangler().Route("users")
	route.Answered(0, false, time.Millisecond)
	route.Differs("$.name")

	scrape := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(scrape, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))

	return scrape.Body.String()
}

func newExported(text string) exported {
	// What Prometheus itself adds.
	e := exported{labels: map[string]map[string]bool{"up": {}}, values: map[string]map[string]bool{}}

	for _, sample := range sampleLine.FindAllStringSubmatch(text, -1) {
		name := sample[1]
		if e.labels[name] == nil {
			e.labels[name] = map[string]bool{}
		}

		for _, pair := range labelPair.FindAllStringSubmatch(sample[2], -1) {
			if e.values[pair[1]] == nil {
				e.values[pair[1]] = map[string]bool{}
			}

			e.labels[name][pair[1]] = true
			e.values[pair[1]][pair[2]] = true
		}
	}

	for _, labels := range e.labels {
		labels["job"], labels["instance"] = true, true
	}

	return e
}

// record adds what a recording rule makes: its name begins with its labels, as
// in bff_service:upstream_calls:rate5m.
func (e exported) record(name string) {
	level, _, _ := strings.Cut(name, ":")

	e.labels[name] = map[string]bool{}
	for label := range strings.SplitSeq(level, "_") {
		e.labels[name][label] = true
	}
}

// own are the names of the program's own metrics, without the endings of
// histograms.
func (e exported) own() []string {
	names := map[string]bool{}

	for name := range e.labels {
		if strings.Contains(name, ":") || !regexp.MustCompile(`^(bff|upstream|shared_cache|strangler|customer)_`).MatchString(name) {
			continue
		}

		base := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		names[base] = true
	}

	return slices.Sorted(maps.Keys(names))
}

func TestExportedReadsAScrape(t *testing.T) {
	t.Parallel()

	e := newExported("# HELP bff_a_total Something.\nbff_a_total{bff=\"web\",what=\"x\\\"y\"} 1\nbff_b_seconds_bucket{le=\"+Inf\"} 2e-05\ngo_c 3\n")
	e.record("bff_service:d:rate5m")

	for name, labels := range map[string][]string{
		"bff_a_total": {"bff", "instance", "job", "what"}, "bff_b_seconds_bucket": {"instance", "job", "le"},
		"go_c": {"instance", "job"}, "up": {"instance", "job"}, "bff_service:d:rate5m": {"bff", "service"},
	} {
		if got := slices.Sorted(maps.Keys(e.labels[name])); !slices.Equal(got, labels) {
			t.Errorf("%s has labels %q, want %q", name, got, labels)
		}
	}

	if own := e.own(); !slices.Equal(own, []string{"bff_a_total", "bff_b_seconds"}) {
		t.Errorf("own metrics are %q", own)
	}
}
