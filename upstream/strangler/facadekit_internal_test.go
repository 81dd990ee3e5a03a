package strangler

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"storefront/internal/problem"
	"storefront/internal/serve"
	"storefront/internal/telemetry"
)

// facadeKit is a facade between a client and two systems, over real HTTP.
type facadeKit struct {
	*httptest.Server

	transport *Transport
	route     *route
	metrics   *telemetry.Metrics
	log       *safeText
	asked     [2]atomic.Int64 // by side
	bases     []string        // of the new side's replicas
}

// facadeOptions are what a test wants to be otherwise.
type facadeOptions struct {
	mode     Mode
	fallback bool
	old, new http.HandlerFunc
	budget   time.Duration
	trusted  []netip.Prefix
	find     func(*http.Request) (way, error)
}

// newFacade has all below /api/things answered as o says.
func newFacade(t *testing.T, o facadeOptions) *facadeKit {
	t.Helper()

	metrics := telemetry.NewMetrics()
	moving := metrics.Strangler()
	k := &facadeKit{
		log:     &safeText{},
		metrics: metrics,
		route:   newRoute(Route{Name: "things", Service: "thing", Paths: []Path{thingPath()}, Mode: o.mode, Fallback: o.fallback}, moving.Route("things")),
	}
	log := telemetry.NewLogger(k.log, true, slog.LevelDebug)

	side := func(s Side, handler http.HandlerFunc) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			k.asked[s].Add(1)

			if handler == nil {
				t.Errorf("the %s side was asked for %s", s, r.RequestURI)

				return
			}

			handler(w, r)
		}))
		t.Cleanup(server.Close)

		return server.URL
	}

	if o.budget == 0 {
		o.budget = 10 * time.Second
	}

	k.bases = []string{side(New, o.new)}
	table := &Table{options: Options{Old: side(Old, o.old), Log: log, Metrics: moving}, shadows: newShadows()}
	k.transport = NewTransport(table, o.budget, telemetry.NewTracer(nil))
	k.transport.services = func(string) []string { return k.bases }

	if k.transport.find = o.find; o.find == nil {
		k.transport.find = func(r *http.Request) (way, error) { return k.find(table, r) }
	}

	k.Server = httptest.NewServer(serve.Pipe(serve.Options{
		BFF: "facade", Budget: o.budget, Through: true, Trusted: o.trusted, Problem: problem.Write,
		Log: log, Metrics: metrics, Tracer: telemetry.NewTracer(nil),
	}, NewFacade(k.transport, log)))
	k.plain().DisableCompression = true

	t.Cleanup(func() {
		k.Close()
		_ = k.transport.Close()
	})

	return k
}

func thingPath() Path { return Path{Old: "/api/{rest...}", New: "/{rest...}"} }

func (k *facadeKit) find(table *Table, r *http.Request) (way, error) {
	target := targetOf(r.URL)
	if !strings.HasPrefix(target, "/api/things") {
		return way{}, errNoRoute
	}

	entry := newEntry(k.route, Old, thingPath())
	w := way{table: table, route: k.route, entry: &entry, by: Old, asked: target}
	w.safe = r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions

	if k.route.Mode == ModeOld || k.route.Mode == ModeShadow {
		w.side = Old
	}

	return w, nil
}

// replied is a whole answer.
type replied struct {
	*http.Response

	text string
}

// do sends a request with those headers, given as names and values in turn.
func (k *facadeKit) do(t *testing.T, method, target string, body io.Reader, headers ...string) *replied {
	t.Helper()

	r, err := http.NewRequestWithContext(t.Context(), method, k.URL+target, body)
	if err != nil {
		t.Fatal(err)
	}

	for i := 0; i+1 < len(headers); i += 2 {
		r.Header[headers[i]] = append(r.Header[headers[i]], headers[i+1])
	}

	return k.send(t, r)
}

func (k *facadeKit) send(t *testing.T, r *http.Request) *replied {
	t.Helper()

	response, err := k.plain().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = response.Body.Close() }()

	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Errorf("%s: %v", r.URL, err)
	}

	return &replied{response, string(text)}
}

// plain sends requests as they are.
func (k *facadeKit) plain() *http.Transport {
	transport, _ := k.Client().Transport.(*http.Transport)

	return transport
}

// wantAsked fails the test unless the sides were asked that often.
func (k *facadeKit) wantAsked(t *testing.T, newSide, oldSide int64) {
	t.Helper()

	if n, o := k.asked[New].Load(), k.asked[Old].Load(); n != newSide || o != oldSide {
		t.Errorf("the new side was asked %d times and the old one %d, want %d and %d", n, o, newSide, oldSide)
	}
}

// counted is the value of strangler_requests_total of a side.
func (k *facadeKit) counted(t *testing.T, side Side, outcome string) string {
	t.Helper()

	o := opened{metrics: k.metrics}

	return o.metric(t, `strangler_requests_total{outcome="`+outcome+`",route="things",side="`+side.String()+`"}`)
}

// sayJSON is a handler.
func sayJSON(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, text)
	}
}

// newLog is a log that nobody reads.
func newLog() *slog.Logger { return slog.New(slog.DiscardHandler) }
