package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"storefront/internal/fault"
)

// Refusal says why a call was not made.
type Refusal string

// The refusals.
const (
	// CircuitOpen: every replica is known to fail.
	CircuitOpen Refusal = "circuit_open"
	// Bulkhead: too many calls to the service are under way.
	Bulkhead Refusal = "bulkhead"
	// ShedSection: the section is optional, and there is too much to do.
	ShedSection Refusal = "shed"
	// NoExtra: a retry or a hedge was due, and the budget of extra calls is spent.
	NoExtra Refusal = "extra_budget"
)

// upstreamVecs are the metrics of all calls to services.
type upstreamVecs struct {
	calls     *prometheus.CounterVec
	durations *prometheus.HistogramVec
	hits      *prometheus.CounterVec
	retries   *prometheus.CounterVec
	hedges    *prometheus.CounterVec
	refused   *prometheus.CounterVec
	breakers  *prometheus.GaugeVec
	replicas  *prometheus.GaugeVec
	inFlight  *prometheus.GaugeVec
}

func newUpstreamVecs() upstreamVecs {
	of := []string{"bff", "service"}

	return upstreamVecs{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "upstream_calls_total", Help: "Calls sent to an upstream service, by outcome (ok or the reason of failure).",
		}, []string{"bff", "service", "outcome"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "upstream_call_duration_seconds", Help: "Time of a call to an upstream service.", Buckets: durationBuckets(),
		}, of),
		hits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "upstream_cache_hits_total", Help: "Answers that took no call of their own, by where they came from (stale, coalesced, hit).",
		}, []string{"bff", "service", "source"}),
		retries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "upstream_retries_total", Help: "Calls sent again after a failure.",
		}, of),
		hedges: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "upstream_hedges_total", Help: "Calls sent a second time because the first was late, by whether the second one answered first (won, lost).",
		}, []string{"bff", "service", "outcome"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "upstream_refused_total", Help: "Calls that were not made, and why: circuit_open, bulkhead, shed; extra_budget for retries and hedges.",
		}, []string{"bff", "service", "reason"}),
		breakers: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "upstream_breaker_state", Help: "Circuit breaker of a service: 0 closed, 1 half-open, 2 open; of several replicas the best.",
		}, of),
		replicas: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "upstream_replica_state", Help: "Circuit breaker of each replica of a service, in the order of the setting: 0 closed, 1 half-open, 2 open.",
		}, []string{"bff", "service", "replica"}),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "upstream_calls_in_flight", Help: "Calls to a service that are under way.",
		}, of),
	}
}

func (v *upstreamVecs) all() []prometheus.Collector {
	return []prometheus.Collector{v.calls, v.durations, v.hits, v.retries, v.hedges, v.refused, v.breakers, v.replicas, v.inFlight}
}

// Upstream are the metrics of one BFF's calls to one service.
type Upstream struct {
	metrics      *Metrics
	bff, service string
	duration     prometheus.Observer
	outcomes     [fault.Canceled + 1]prometheus.Counter
	retries      prometheus.Counter
	won, lost    prometheus.Counter
	refused      map[Refusal]prometheus.Counter
	inFlight     prometheus.Gauge

	circuits *circuits
}

// Upstream returns the metrics of bff's calls to service. All series are there
// from the start, so that a rate is right from the first failure on.
func (m *Metrics) Upstream(bff, service string) *Upstream {
	of := &m.upstream
	u := &Upstream{
		metrics: m, bff: bff, service: service, duration: of.durations.WithLabelValues(bff, service),
		retries: of.retries.WithLabelValues(bff, service),
		won:     of.hedges.WithLabelValues(bff, service, "won"),
		lost:    of.hedges.WithLabelValues(bff, service, "lost"),
		refused: map[Refusal]prometheus.Counter{}, inFlight: of.inFlight.WithLabelValues(bff, service), circuits: m.newCircuits(bff, service),
	}

	for k := range u.outcomes {
		u.outcomes[k] = of.calls.WithLabelValues(bff, service, outcome(fault.Kind(k)))
	}

	for _, s := range []Source{Hit, Stale, Coalesced} {
		of.hits.WithLabelValues(bff, service, string(s))
	}

	for _, r := range []Refusal{CircuitOpen, Bulkhead, ShedSection, NoExtra} {
		u.refused[r] = of.refused.WithLabelValues(bff, service, string(r))
	}

	return u
}

// Sent counts a call that was sent and how it ended.
func (u *Upstream) Sent(kind fault.Kind, took time.Duration) {
	u.outcomes[kind].Inc()
	u.duration.Observe(took.Seconds())
}

// Saved counts an answer that took no call of its own.
func (u *Upstream) Saved(source Source) {
	u.metrics.upstream.hits.WithLabelValues(u.bff, u.service, string(source)).Inc()
}

// Retried counts a call that is sent again.
func (u *Upstream) Retried() { u.retries.Inc() }

// Hedged counts a call that was sent a second time, and whether that won.
func (u *Upstream) Hedged(won bool) {
	if won {
		u.won.Inc()
	} else {
		u.lost.Inc()
	}
}

// Refused counts a call that is not made.
func (u *Upstream) Refused(why Refusal) { u.refused[why].Inc() }

// Circuit returns what sets the state of the circuit breaker of one more
// replica: 0 closed, 1 half-open, 2 open. It is safe for concurrent use.
func (u *Upstream) Circuit() (set func(state int)) { return u.circuits.next() }

// Began counts a call that is under way from now on.
func (u *Upstream) Began() { u.inFlight.Inc() }

// Ended counts a call that is under way no more.
func (u *Upstream) Ended() { u.inFlight.Dec() }

func outcome(kind fault.Kind) string {
	if kind == fault.None {
		return "ok"
	}

	return kind.Reason()
}
