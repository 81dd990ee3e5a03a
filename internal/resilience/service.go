package resilience

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"storefront/internal/cache"
	"storefront/internal/telemetry"
)

// Service is one upstream service as one BFF sees it.
type Service struct {
	name           string
	base           string // of all replicas, as the setting has it
	replicas       []*replica
	divider        Divider  // nil: it takes over from nobody
	old            *replica // the system that it takes over from, which may be well where it is not
	usual          usual
	extra          *extra
	bulkhead       bulkhead
	attemptTimeout time.Duration
	lastGood       *cache.LastGood
	answers        *Answers     // nil: none are used again
	shared         cache.Shared // nil: there is no second level
	sharedWait     time.Duration
	flights        *flights
	metrics        *telemetry.Upstream
	tracer         *telemetry.Tracer
}

// Options are what a BFF's services have in common.
type Options struct {
	// Transport sends requests; it must not follow redirects.
	Transport http.RoundTripper
	// Lean has services whose URL is plain http be asked without Transport, at
	// less cost. Dial, where set, opens its connections.
	Lean bool
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// AttemptTimeout bounds one attempt.
	AttemptTimeout time.Duration
	// MaxInFlight is the most calls to one service at a time; 0 is 1,024.
	MaxInFlight int
	// Log, where set, is told of circuits that open and close.
	Log *slog.Logger
	// Old is the base URL of a system that services take over from, where Dividers
	// has any: what says of each request which of the two answers it, by service.
	Old      string
	Dividers map[string]Divider
	// LastGood holds the answers that may stand in for failed calls.
	LastGood *cache.LastGood
	// Answers, where set, holds those that may be used again, as their services
	// allow.
	Answers *Answers
	// Shared, where set, is where replicas share such answers.
	Shared cache.Shared
	// SharedWait is the longest that Shared is waited for; 0 is 20 ms.
	SharedWait time.Duration
	Tracer     *telemetry.Tracer
}

// defaultInFlight is the most calls to one service at a time, unless said
// otherwise.
const defaultInFlight = 1024

// NewService returns the service called name in metrics, logs and
// `Server-Timing`, at a base URL, or several with commas between them where it
// has replicas.
func NewService(name, bases string, metrics *telemetry.Upstream, o Options) *Service {
	s := &Service{
		name:           name,
		base:           bases,
		extra:          newExtra(),
		bulkhead:       bulkhead{most: int64(cmp.Or(o.MaxInFlight, defaultInFlight)), metrics: metrics},
		attemptTimeout: o.AttemptTimeout,
		lastGood:       o.LastGood,
		answers:        o.Answers,
		shared:         o.Shared,
		sharedWait:     cmp.Or(o.SharedWait, maxSharedWait),
		flights:        newFlights(o.AttemptTimeout),
		metrics:        metrics,
		tracer:         o.Tracer,
	}

	s.divider = o.Dividers[name]
	older := newExchanger(strings.TrimSuffix(o.Old, "/"), o)

	for i, base := range strings.SplitN(bases, ",", maxReplicas) {
		base = strings.TrimSuffix(base, "/")
		r := &replica{base: base, exchange: newExchanger(base, o), bit: 1 << i}
		r.breaker = newBreaker(s.circuitOf(r, o.Log, s.metrics.Circuit(), slog.Int("replica", i)))

		if s.divider != nil {
			r.exchange = &divided{by: s.divider, sides: [...]exchanger{NewSide: r.exchange, OldSide: older}}
		}

		s.replicas = append(s.replicas, r)
	}

	if s.divider != nil {
		s.old = &replica{base: o.Old, exchange: s.replicas[0].exchange}
		s.old.breaker = newBreaker(s.circuitOf(s.old, o.Log, func(int) {}, slog.String("replica", OldSide.String())))
	}

	return s
}

// circuitOf returns what is to be told when the circuit of a replica changes.
func (s *Service) circuitOf(r *replica, log *slog.Logger, set func(state int), which slog.Attr) func(Circuit) {
	return func(to Circuit) {
		set(int(to))
		r.cost.forget() // What it was like before says little.

		if log == nil {
			return
		}

		level := slog.LevelInfo
		if to == Open {
			level = slog.LevelWarn
		}

		log.LogAttrs(context.Background(), level, "circuit", slog.String("state", to.String()),
			slog.String("service", s.name), which, slog.String("url", r.base))
	}
}

func newExchanger(base string, o Options) exchanger {
	if at, err := url.Parse(base); err == nil && o.Lean && at.Scheme == "http" {
		return newLean(at, o.Dial)
	}

	return &overTransport{base: base, transport: o.Transport}
}

const (
	dialTimeout = 2 * time.Second
	idleTimeout = 55 * time.Second // below the 60 or 75 seconds of most servers
)

// NewTransport returns the transport of a BFF's upstream calls. Its connections
// are kept, since opening them costs more than most calls; what a service may
// send before its body is bounded; a compressed answer is not asked for, since
// services are near and inflating costs more than reading.
func NewTransport() *http.Transport {
	const (
		keepAlive      = 30 * time.Second
		idlePerHost    = 256
		maxHeaderBytes = 64 << 10
		readBuffer     = 8 << 10
	)

	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: dialTimeout, KeepAlive: keepAlive}).DialContext,
		TLSHandshakeTimeout:    dialTimeout,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    idlePerHost,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		ReadBufferSize:         readBuffer,
		DisableCompression:     true,
	}
}
