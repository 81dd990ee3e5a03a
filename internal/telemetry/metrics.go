// Package telemetry is what the people on call see: one wide event and one
// trace for each request, and metrics whose labels are bounded.
//
// No user id, raw path or client-chosen name is ever a label or an event's
// field. The package does not know what is measured, only how it is reported.
package telemetry

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the process' Prometheus metrics.
type Metrics struct {
	registry *prometheus.Registry

	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	sizes     *prometheus.HistogramVec
	inFlight  *prometheus.GaugeVec
	degraded  *prometheus.CounterVec

	upstream upstreamVecs
	reused   *prometheus.CounterVec

	shed               *prometheus.CounterVec
	queueWaits         *prometheus.HistogramVec
	refusedConnections *prometheus.CounterVec

	// The series of requests, so that an answer costs one look-up
	// and not one for each metric. Their labels are bounded, so they are.
	ofRequests sync.Map // answered → *series
	ofReuse    sync.Map // BFF and source → prometheus.Counter
}

// answered are the labels of an answered request.
type answered struct {
	bff, route, method string
	status             int
}

// series are the metrics of requests with the same labels.
type series struct {
	requests       prometheus.Counter
	duration, size prometheus.Observer
}

// durationBuckets are in seconds: a page from memory takes 100 µs, the longest
// budget a few seconds.
func durationBuckets() []float64 {
	return []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
}

// NewMetrics returns the metrics of a process, in a registry of their own.
func NewMetrics() *Metrics {
	const (
		sizeStart  = 256
		sizeFactor = 4
		sizeCount  = 8
	)

	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bff_requests_total", Help: "Requests answered, by BFF, route, method and status.",
		}, []string{"bff", "route", "method", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "bff_request_duration_seconds", Help: "Time to answer a request.", Buckets: durationBuckets(),
		}, []string{"bff", "route"}),
		sizes: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "bff_response_size_bytes", Help: "Bytes of response bodies as sent.",
			Buckets: prometheus.ExponentialBuckets(sizeStart, sizeFactor, sizeCount),
		}, []string{"bff", "route"}),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "bff_requests_in_flight", Help: "Requests being answered now.",
		}, []string{"bff"}),
		degraded: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bff_degraded_sections_total", Help: "Sections of pages that were stale or omitted, and why.",
		}, []string{"bff", "section", "state", "reason"}),
		upstream: newUpstreamVecs(),
		reused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bff_answers_reused_total", Help: "Whole answers that were not made for who got them: kept ones (hit), and those in the making for others (coalesced).",
		}, []string{"bff", "source"}),
	}
	m.protection()
	m.registry.MustRegister(
		m.requests, m.durations, m.sizes, m.inFlight, m.degraded,
		m.reused,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	m.registry.MustRegister(m.upstream.all()...)

	return m
}

// Handler serves the metrics as Prometheus text.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// Gauge adds a figure that is read when the metrics are.
func (m *Metrics) Gauge(bff, name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: name, Help: help, ConstLabels: prometheus.Labels{"bff": bff},
	}, read))
}

// InFlight is how many requests of bff are being answered now.
func (m *Metrics) InFlight(bff string) prometheus.Gauge { return m.inFlight.WithLabelValues(bff) }

// Answered counts an answered request.
func (m *Metrics) Answered(r *Record, method string, status int, bytes int64, took time.Duration) {
	of := m.seriesOf(answered{bff: r.BFF, route: r.Route(), method: KnownMethod(method), status: status})
	of.requests.Inc()
	of.duration.Observe(took.Seconds())
	of.size.Observe(float64(bytes))

	for _, s := range r.Degraded() {
		m.degraded.WithLabelValues(r.BFF, s.Name, s.State.String(), s.Reason.Reason()).Inc()
	}
}

func (m *Metrics) seriesOf(labels answered) *series {
	known, found := m.ofRequests.Load(labels)
	if !found {
		known, _ = m.ofRequests.LoadOrStore(labels, &series{
			requests: m.requests.WithLabelValues(labels.bff, labels.route, labels.method, strconv.Itoa(labels.status)),
			duration: m.durations.WithLabelValues(labels.bff, labels.route),
			size:     m.sizes.WithLabelValues(labels.bff, labels.route),
		})
	}

	of, _ := known.(*series)

	return of
}

// Reused counts a whole answer that was not made for who got it.
func (m *Metrics) Reused(bff string, source Source) {
	labels := [2]string{bff, string(source)}

	known, found := m.ofReuse.Load(labels)
	if !found {
		known, _ = m.ofReuse.LoadOrStore(labels, m.reused.WithLabelValues(bff, string(source)))
	}

	if counter, ok := known.(prometheus.Counter); ok {
		counter.Inc()
	}
}

// KnownMethod keeps labels and events bounded: clients may invent methods.
func KnownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut,
		http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	default:
		return "other"
	}
}

// Outcomes adds a counter of things that end in one of those ways, and returns
// what counts one.
func (m *Metrics) Outcomes(name, help string, outcomes ...string) (count func(outcome string)) {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{"outcome"})
	m.registry.MustRegister(vec)

	counters := make(map[string]prometheus.Counter, len(outcomes))
	for _, outcome := range outcomes {
		counters[outcome] = vec.WithLabelValues(outcome)
	}

	return func(outcome string) { counters[outcome].Inc() }
}

// Sorts adds a counter of things of several sorts that one BFF meets, with a
// label that says which, and returns what counts one of them. Without a label
// there is one sort, the empty one. All series are there from the start. The same
// counter may be added for other BFFs.
func (m *Metrics) Sorts(bff, name, help, label string, sorts ...string) (count func(sort string)) {
	labels := []string{label}
	if label == "" {
		labels, sorts = nil, []string{""}
	}

	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: prometheus.Labels{"bff": bff}}, labels)
	m.registry.MustRegister(vec)

	counters := make(map[string]prometheus.Counter, len(sorts))
	for _, sort := range sorts {
		counters[sort] = vec.WithLabelValues([]string{sort}[:len(labels)]...)
	}

	return func(sort string) { counters[sort].Inc() }
}
