// Package upstream is our side of every outgoing call: which services there
// are, where they are, and what a BFF's clients of them have in common.
//
// What a service answers and how that becomes ours is in the package named
// after it. The order of the outbound pipe is in [resilience.Get].
package upstream

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"storefront/internal/cache"
	"storefront/internal/config"
	"storefront/internal/resilience"
	"storefront/internal/telemetry"
)

// Name names a service, in metrics, logs and `Server-Timing` too.
type Name string

// The services.
const (
	User    Name = "user"
	Product Name = "product"
	Order   Name = "order"
	// Customer is the legacy customer system. A program can do without it.
	Customer Name = "customer"
)

// variable is the setting that holds the service's base URL.
func (n Name) variable() string {
	if n == Customer {
		return "LEGACY_CUSTOMER_URL"
	}

	return strings.ToUpper(string(n)) + "_SERVICE_URL"
}

func (n Name) meaning() string {
	if n == Customer {
		return "base URL of the legacy customer system, or those of its replicas"
	}

	return "base URL of the " + string(n) + " service, or those of its replicas"
}

// Settings are where the services are and how their failures are borne.
type Settings struct {
	// MaxCalls is the most upstream calls that one request may cause.
	MaxCalls int

	base         map[Name]*[]*url.URL
	moving       moving
	maxInFlight  int
	staleIfError time.Duration
	cacheBytes   int
	client       string
}

// Declare adds the settings of a program that calls those services and runs
// none itself: each URL must be set, but that of the legacy customer system, and
// those of services that are still to come where an old system answers.
func Declare(env *config.Env, services ...Name) *Settings {
	s := declare(env, services, func(urls *[]*url.URL, n Name) {
		if n == Customer {
			env.OptionalURLs(urls, n.variable(), "no customers", n.meaning())

			return
		}

		env.URLsUnless(urls, n.variable(), n.meaning(), oldName, routesName)
	})
	s.moving.declare(env)

	return s
}

// DeclareEmbeddable adds the settings of a program that runs any of those
// services itself where its URL is not set.
func DeclareEmbeddable(env *config.Env, services ...Name) *Settings {
	s := declare(env, services, func(urls *[]*url.URL, n Name) { env.OptionalURLs(urls, n.variable(), "embedded", n.meaning()) })
	s.moving.declareEmbeddable(env)

	return s
}

// Missing returns the services whose URL is not set, in the order of their
// names.
func (s *Settings) Missing() []string {
	var missing []string

	for name, base := range s.base {
		if *base == nil {
			missing = append(missing, string(name))
		}
	}

	if s.moving.embeddable && s.moving.old == nil && s.moves(missing) {
		missing = append(missing, Monolith)
	}

	slices.Sort(missing)

	return missing
}

// Known are the services whose URL is set: the base URL of each, or of its first
// replica, by name.
func (s *Settings) Known() map[string]string {
	known := make(map[string]string, len(s.base))

	for name, base := range s.base {
		if len(*base) > 0 {
			known[string(name)] = (*base)[0].String()
		}
	}

	return known
}

// Locate says where services that were missing are: base URLs by name.
func (s *Settings) Locate(urls map[string]string) error {
	for name, text := range urls {
		base, err := url.Parse(text)
		if err != nil {
			return fmt.Errorf("base URL of the %s service: %w", name, err)
		}

		if name == Monolith {
			s.moving.old, s.moving.embedded = base, true

			continue
		}

		*s.base[Name(name)] = []*url.URL{base}
	}

	return nil
}

func declare(env *config.Env, services []Name, add func(urls *[]*url.URL, n Name)) *Settings {
	s := &Settings{base: make(map[Name]*[]*url.URL, len(services))}
	for _, name := range services {
		s.base[name] = new([]*url.URL)
		add(s.base[name], name)
	}

	s.declareCommon(env)

	return s
}

func (s *Settings) declareCommon(env *config.Env) {
	const (
		maxMaxCalls = 10_000

		defaultInFlight, maxInFlight = 1024, 100_000

		defaultStale = 10 * time.Minute
		maxStale     = 7 * 24 * time.Hour
		defaultBytes = 4 << 20
		minBytes     = 64 << 10
		maxBytes     = 1 << 30
	)

	env.Int(&s.MaxCalls, maxCallsName, DefaultMaxCalls, config.Between(1, maxMaxCalls),
		"the most upstream calls that one request may cause; a GraphQL operation that could cause more is refused before its first, a program with a page or a trusted document that could does not start")
	env.Int(&s.maxInFlight, "MAX_UPSTREAM_IN_FLIGHT", defaultInFlight, config.Between(1, maxInFlight),
		"the most calls of one BFF to one service that are under way at a time; what is more is refused at once")
	env.Duration(&s.staleIfError, "STALE_IF_ERROR", defaultStale, config.Between(0, maxStale),
		"how long a last good upstream answer may stand in for a failed one; 0 for never")
	env.OneOf(&s.client, "UPSTREAM_CLIENT", "lean", []string{"lean", "nethttp", "h2c"},
		"how services are asked whose URL is http: lean (an own HTTP/1.1 client, the cheapest), nethttp, or h2c (HTTP/2 without TLS); https is always over net/http, with HTTP/2 where the service has it")
	env.Bytes(&s.cacheBytes, "STALE_BYTES", defaultBytes, config.Between(minBytes, maxBytes),
		"the most memory each BFF spends on last good answers")
}

// Services are the services as one BFF sees them; one that its program did not
// declare, or whose URL is not set, is nil.
type Services map[Name]*resilience.Service

// Caller is the BFF that services are opened for.
type Caller struct {
	// BFF is its name in metrics.
	BFF string
	// Budget is what its requests may take.
	Budget  time.Duration
	Metrics *telemetry.Metrics
	Tracer  *telemetry.Tracer
	Caches  *cache.Registry
	Log     *slog.Logger
}

// log says in each line which BFF it is about; nil where there is none.
func (c Caller) log() *slog.Logger {
	if c.Log == nil {
		return nil
	}

	return c.Log.With(slog.String("bff", c.BFF))
}

// Open returns the named services for one BFF, those of them that were declared
// and are set. BFFs share nothing: each has its
// connections, its answers and its own mind about which service is well.
func (s *Settings) Open(by Caller, names ...Name) Services {
	// An answer of average size takes a few hundred bytes; the count only binds
	// where answers are tiny.
	const bytesPerEntry = 256

	lastGood := cache.NewLastGood(s.staleIfError, s.cacheBytes/bytesPerEntry, int64(s.cacheBytes))
	answers := resilience.NewAnswers(by.Caches.MaxBytes())
	by.Metrics.Gauge(by.BFF, "upstream_last_good_bytes", "Memory held by last good answers.", func() float64 { return float64(lastGood.Bytes()) })
	by.Metrics.Gauge(by.BFF, "upstream_last_good_entries", "Last good answers held.", func() float64 { return float64(lastGood.Len()) })

	by.Metrics.Gauge(by.BFF, "upstream_kept_answers_bytes", "Memory held by answers of services that may be used again.", func() float64 { return float64(answers.Bytes()) })
	by.Metrics.Gauge(by.BFF, "upstream_kept_answers_entries", "Answers of services held that may be used again.", func() float64 { return float64(answers.Len()) })

	at := make(map[Name]string, len(names))
	for _, name := range names {
		if all := s.standing(name); len(all) > 0 {
			at[name] = strings.Join(all, ",")
		}
	}

	old, dividers := s.moving.dividers()

	services := Connect(by.BFF, at, by.Metrics, resilience.Options{
		Old:            old,
		Dividers:       dividers,
		Transport:      s.transport(),
		Lean:           s.client == "lean",
		AttemptTimeout: by.Budget,
		MaxInFlight:    s.maxInFlight,
		Log:            by.log(),
		LastGood:       lastGood,
		Answers:        answers,
		Shared:         by.Caches.Shared(),
		Tracer:         by.Tracer,
	})

	by.Caches.Add(by.BFF, cache.LastGoodKind, lastGood, func() {})
	by.Caches.Add(by.BFF, "answers", answers, func() {
		for _, service := range services {
			service.Ground()
		}
	})

	return services
}

// standing are the base URLs of a service. Where it has none yet, since all its
// routes go to the old system, that one's stands in: as a name, for the service
// itself is not asked.
func (s *Settings) standing(name Name) []string {
	all := s.replicas(name)
	if all != nil && len(all) == 0 && s.moving.old != nil && slices.Contains(movable[:], name) {
		return []string{s.moving.old.String()}
	}

	return all
}

// transport is that of services that are not asked by the lean client.
func (s *Settings) transport() *http.Transport {
	transport := resilience.NewTransport()
	if s.client == "h2c" {
		transport.Protocols = new(http.Protocols)
		transport.Protocols.SetHTTP2(true) // with TLS, where the service has it
		transport.Protocols.SetUnencryptedHTTP2(true)
	}

	return transport
}

// Connect returns the services at those base URLs for one BFF; a service with
// replicas has several, with commas between them.
func Connect(bff string, at map[Name]string, metrics *telemetry.Metrics, options resilience.Options) Services {
	services := make(Services, len(at))
	for name, base := range at {
		services[name] = resilience.NewService(string(name), base, metrics.Upstream(bff, string(name)), options)
	}

	return services
}
