package telemetry_test

import (
	"testing"
	"time"

	"storefront/internal/fault"
	"storefront/internal/telemetry"
)

// places are what a limiter says of itself.
type places struct{ limit, inside, waiting int }

func (p *places) Limit() int   { return p.limit }
func (p *places) Inside() int  { return p.inside }
func (p *places) Waiting() int { return p.waiting }

func TestInboundSeries(t *testing.T) {
	t.Parallel()

	metrics := telemetry.NewMetrics()
	of := &places{limit: 57, inside: 40, waiting: 3}
	inbound := metrics.Inbound("tv", of)
	refused := metrics.Connections("tv", func() int { return 12 })
	metrics.Inbound("web", &places{})

	wantLines(t, scrape(t, metrics),
		`bff_shed_total{bff="tv",what="prefetch"} 0`,
		`bff_shed_total{bff="tv",what="sections"} 0`,
		`bff_shed_total{bff="tv",what="normal"} 0`,
		`bff_shed_total{bff="tv",what="high"} 0`,
		`bff_shed_total{bff="tv",what="rate"} 0`,
		`bff_concurrency_limit{bff="tv"} 57`,
		`bff_requests_admitted{bff="tv"} 40`,
		`bff_requests_queued{bff="tv"} 3`,
		`bff_queue_wait_seconds_count{bff="tv"} 0`,
		`bff_connections{bff="tv"} 12`,
		`bff_connections_refused_total{bff="tv"} 0`,
		`bff_concurrency_limit{bff="web"} 0`,
	)

	for _, what := range telemetry.Shed() {
		inbound.Shed(what)
	}

	inbound.Waited(20 * time.Millisecond)
	refused()

	of.limit = 32

	wantLines(t, scrape(t, metrics),
		`bff_shed_total{bff="tv",what="rate"} 1`,
		`bff_concurrency_limit{bff="tv"} 32`,
		`bff_queue_wait_seconds_bucket{bff="tv",le="0.025"} 1`,
		`bff_connections_refused_total{bff="tv"} 1`,
	)
}

func TestTelling(t *testing.T) {
	t.Parallel()

	const short, long = time.Millisecond, time.Second

	failed := fault.New(fault.Timeout, "too late")

	for name, test := range map[string]struct {
		calls []telemetry.Call
		want  bool
	}{
		"no call":                 {nil, false},
		"one":                     {[]telemetry.Call{{Duration: short}}, true},
		"nothing of its own":      {[]telemetry.Call{{Duration: long, Source: telemetry.Coalesced}, {Source: telemetry.Hit}}, false},
		"a failure took longest":  {[]telemetry.Call{{Duration: short}, {Duration: long, Err: failed}}, false},
		"a failure at once":       {[]telemetry.Call{{Duration: short, Err: failed}, {Duration: long}}, true},
		"an old one for a failed": {[]telemetry.Call{{Duration: long, Source: telemetry.Stale, Err: failed}, {Duration: short}}, false},
		"there is no such thing":  {[]telemetry.Call{{Duration: short, Err: fault.New(fault.NotFound, "no")}}, true},
	} {
		record := &telemetry.Record{}
		for _, call := range test.calls {
			record.AddCall(call)
		}

		if got := record.Telling(); got != test.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}
