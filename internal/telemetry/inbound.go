package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// What is shed, as metrics and the log have it. Sections are those that a page
// can do without; the others are whole requests.
const (
	ShedPrefetch = "prefetch"
	ShedSections = "sections"
	ShedNormal   = "normal"
	ShedHigh     = "high"
	ShedRate     = "rate" // beyond the quota of its client
)

// Shed are all that can be shed, from what goes first.
func Shed() []string {
	return []string{ShedPrefetch, ShedSections, ShedNormal, ShedHigh, ShedRate}
}

// protection adds the metrics of what protects BFFs.
func (m *Metrics) protection() {
	m.shed = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "bff_shed_total", Help: "What was not done since there was too much to do: requests by class, pages told to do without optional sections (whether or not they have any), requests beyond a client's rate.",
	}, []string{"bff", "what"})
	m.queueWaits = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "bff_queue_wait_seconds", Help: "Time that requests stood in the queue which found no place at once.", Buckets: durationBuckets(),
	}, []string{"bff"})
	m.refusedConnections = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "bff_connections_refused_total", Help: "Connections that were closed at once, since there are as many as there may be.",
	}, []string{"bff"})
	m.registry.MustRegister(m.shed, m.queueWaits, m.refusedConnections)
}

// Inbound are the metrics of how one BFF is protected from too much to do.
type Inbound struct {
	shed  map[string]prometheus.Counter
	waits prometheus.Observer
}

// Places are what is read of a limiter when the metrics are.
type Places interface {
	Limit() int
	Inside() int
	Waiting() int
}

// Inbound returns the metrics of what protects bff. All series are there from
// the start. It is called once for each BFF.
func (m *Metrics) Inbound(bff string, places Places) *Inbound {
	i := &Inbound{shed: map[string]prometheus.Counter{}, waits: m.queueWaits.WithLabelValues(bff)}
	for _, what := range Shed() {
		i.shed[what] = m.shed.WithLabelValues(bff, what)
	}

	for name, of := range map[string]struct {
		help string
		read func() int
	}{
		"bff_concurrency_limit": {"Requests that may be made at a time, as the limiter has it now.", places.Limit},
		"bff_requests_admitted": {"Requests that are being made, within the limit.", places.Inside},
		"bff_requests_queued":   {"Requests that wait to be made.", places.Waiting},
	} {
		m.Gauge(bff, name, of.help, func() float64 { return float64(of.read()) })
	}

	return i
}

// Shed counts something that was shed.
func (i *Inbound) Shed(what string) { i.shed[what].Inc() }

// Waited counts a request that waited to be made, however that ended.
func (i *Inbound) Waited(d time.Duration) { i.waits.Observe(d.Seconds()) }

// Connections adds the metrics of bff's connections, and returns what counts one
// that was refused. It is called once for each BFF.
func (m *Metrics) Connections(bff string, open func() int) (refused func()) {
	m.Gauge(bff, "bff_connections", "Open connections of clients.", func() float64 { return float64(open()) })

	return m.refusedConnections.WithLabelValues(bff).Inc
}
