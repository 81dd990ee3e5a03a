package telemetry

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Strangler are the metrics of routes that move from an old system to new ones.
// Routes are named by operators, and are few.
type Strangler struct {
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	fallbacks *prometheus.CounterVec
	shadows   *prometheus.CounterVec
	differ    *prometheus.CounterVec
	percent   *prometheus.GaugeVec
	moves     *prometheus.CounterVec
	reloads   *prometheus.CounterVec
	unwritten prometheus.Gauge

	metrics *Metrics
	mu      sync.Mutex
	facade  map[string]*circuits // by service
}

// Strangler adds the metrics of routes that move; it is called once.
func (m *Metrics) Strangler() *Strangler {
	s := &Strangler{
		metrics: m, facade: map[string]*circuits{},
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "strangler_requests_total", Help: "Requests of a moving route sent to either side (old, new), by outcome (ok, failed).",
		}, []string{"route", "side", "outcome"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "strangler_request_duration_seconds", Help: "Time that a side took to answer.", Buckets: durationBuckets(),
		}, []string{"route", "side"}),
		fallbacks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "strangler_fallbacks_total", Help: "Requests that the old side answered since the new one failed.",
		}, []string{"route"}),
		shadows: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "strangler_shadows_total", Help: "Answers of the old side that the new one's were held against: same, different, failed (the new side gave none), skipped (too much to do, or nothing that can be compared).",
		}, []string{"route", "outcome"}),
		differ: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "strangler_differences_total", Help: "Differences between the answers of both sides, by JSON path; paths beyond the first hundred of a route count as other.",
		}, []string{"route", "path"}),
		percent: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "strangler_percent", Help: "How much of a route the new side answers: 0 (old, shadow) to 100.",
		}, []string{"route"}),
		moves: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "strangler_moves_total", Help: "Changes of a route's mode or percent, by who made them: operator, file, ramp (up), guard (back to old).",
		}, []string{"route", "by"}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "strangler_reloads_total", Help: "Routes that were read anew, from the file or the operations port: ok or refused.",
		}, []string{"outcome"}),
		unwritten: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "strangler_not_written", Help: "Whether the routes in force could not be written to their file (1), so that other replicas do not follow and a restart brings those before back.",
		}),
	}
	m.registry.MustRegister(s.requests, s.durations, s.fallbacks, s.shadows, s.differ, s.percent, s.moves, s.reloads, s.unwritten)
	s.reloads.WithLabelValues("ok")
	s.reloads.WithLabelValues("refused")

	return s
}

// Route are the metrics of one route.
func (s *Strangler) Route(name string) *StranglerRoute {
	r := &StranglerRoute{of: s, name: name, fallbacks: s.fallbacks.WithLabelValues(name), percent: s.percent.WithLabelValues(name)}

	for i, side := range []string{"new", "old"} { // As resilience.Side counts.
		r.ok[i] = s.requests.WithLabelValues(name, side, "ok")
		r.failed[i] = s.requests.WithLabelValues(name, side, "failed")
		r.durations[i] = s.durations.WithLabelValues(name, side)
	}

	for _, outcome := range []string{"same", "different", "failed", "skipped"} {
		s.shadows.WithLabelValues(name, outcome)
	}

	for _, by := range []string{"operator", "file", "ramp", "guard"} {
		s.moves.WithLabelValues(name, by)
	}

	return r
}

// Circuit returns what sets the state of a replica that the facade asks, by the
// number that it has among those of its service: 0 it is well, 1 somebody finds out,
// 2 it rests. A BFF's own are in the same metrics. It is safe for concurrent use.
func (s *Strangler) Circuit(service string, replica int) (set func(state int)) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if s.facade[service] == nil {
		s.facade[service] = s.metrics.newCircuits("facade", service)
	}

	return s.facade[service].at(replica)
}

// Reloaded counts routes that were read anew.
func (s *Strangler) Reloaded(outcome string) { s.reloads.WithLabelValues(outcome).Inc() }

// NotWritten says whether the routes in force could not be written.
func (s *Strangler) NotWritten(is bool) {
	if is {
		s.unwritten.Set(1)
	} else {
		s.unwritten.Set(0)
	}
}

// StranglerRoute are the metrics of one route.
type StranglerRoute struct {
	of         *Strangler
	name       string
	ok, failed [2]prometheus.Counter
	durations  [2]prometheus.Observer
	fallbacks  prometheus.Counter
	percent    prometheus.Gauge
}

// Answered counts an answer of a side: 0 is the new one, 1 the old one.
func (r *StranglerRoute) Answered(side int, failed bool, took time.Duration) {
	if failed {
		r.failed[side].Inc()
	} else {
		r.ok[side].Inc()
	}

	r.durations[side].Observe(took.Seconds())
}

// FellBack counts a request that the old side answered for the new one.
func (r *StranglerRoute) FellBack() { r.fallbacks.Inc() }

// Compared counts an answer that was compared, or was to be.
func (r *StranglerRoute) Compared(outcome string) {
	r.of.shadows.WithLabelValues(r.name, outcome).Inc()
}

// Differs counts a difference at a path; who calls bounds how many paths there
// are.
func (r *StranglerRoute) Differs(path string) { r.of.differ.WithLabelValues(r.name, path).Inc() }

// Percent says how much of the route the new side answers.
func (r *StranglerRoute) Percent(percent int) { r.percent.Set(float64(percent)) }

// Moved counts a change of mode or percent.
func (r *StranglerRoute) Moved(by string) { r.of.moves.WithLabelValues(r.name, by).Inc() }
