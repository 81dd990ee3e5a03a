package resilience_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"storefront/internal/cache"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/resilience"
	"storefront/internal/telemetry"
	"storefront/internal/wire"
	"storefront/upstream/upstreamtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(&overBoth{m}) }

// lean is whether the tests run over the lean client: they run twice.
var lean bool

// overBoth runs all tests over net/http, and then over the lean client: what
// they want holds for both.
type overBoth struct{ *testing.M }

func (o *overBoth) Run() int {
	if code := o.M.Run(); code != 0 {
		return code
	}

	lean = true

	return o.M.Run()
}

const (
	ms             = time.Millisecond
	attemptTimeout = time.Second
	staleIfError   = 10 * time.Minute
)

// kit is one BFF's pipe to fake services.
type kit struct {
	*upstreamtest.Shop

	metrics *telemetry.Metrics
	options resilience.Options
	dials   atomic.Int64
	read    atomic.Int64 // bytes
}

// newKit makes a kit that lasts as long as the test; in a synctest bubble it is
// called inside.
func newKit(t *testing.T) *kit {
	t.Helper()

	k := &kit{Shop: upstreamtest.New(t), metrics: telemetry.NewMetrics()}
	transport := resilience.NewTransport()
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		k.dials.Add(1)

		conn, err := k.DialContext(ctx, network, addr)

		return &countedConn{Conn: conn, read: &k.read}, err
	}
	transport.DialContext = dial
	k.options = resilience.Options{
		Transport: transport, Lean: lean, Dial: dial,
		AttemptTimeout: attemptTimeout,
		LastGood:       cache.NewLastGood(staleIfError, 1000, 1<<20),
		Tracer:         telemetry.NewTracer(nil),
	}

	return k
}

func (k *kit) service(name upstreamtest.Service) *resilience.Service {
	return resilience.NewService(string(name), k.URL(name), k.metrics.Upstream("test", string(name)), k.options)
}

// series is the value of one line of the metrics, "" for none.
func (k *kit) series(t *testing.T, name string) string {
	t.Helper()

	w := httptest.NewRecorder()
	k.metrics.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))

	for line := range strings.Lines(w.Body.String()) {
		if value, found := strings.CutPrefix(line, name+" "); found {
			return strings.TrimSpace(value)
		}
	}

	return ""
}

type countedConn struct {
	net.Conn

	read *atomic.Int64
}

func (c *countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read.Add(int64(n))

	return n, err
}

// text is what the tests read: some member of an object.
type text string

func (t text) Size() int { return len(t) }

// nameOf reads the name of the user asked for, and refuses any other user.
func nameOf(asked string) func(*wire.Reader) text {
	return func(r *wire.Reader) text {
		var id, name string

		for key := range r.Object() {
			switch key {
			case "id":
				id = r.ID().Text
			case "name":
				name = r.Text()
			}
		}

		r.Require("name", name != "")

		if id != asked {
			r.Fail("somebody else")
		}

		return text(name)
	}
}

// answer is what became of a call.
type answer struct {
	fresh.Value[text]

	err   error
	after time.Duration
}

func (a answer) kind() fault.Kind { return fault.KindOf(a.err) }

// get asks for one user.
func get(ctx context.Context, s *resilience.Service, id string) answer {
	return getWith(ctx, s, resilience.Request{Path: "/users/" + id, Names: true}, nameOf(id))
}

func getWith(ctx context.Context, s *resilience.Service, req resilience.Request, read func(*wire.Reader) text) answer {
	start := time.Now()
	value, err := resilience.Get(ctx, s, req, read)

	return answer{Value: value, err: err, after: time.Since(start)}
}

// begin asks for one user without waiting for the answer.
func begin(ctx context.Context, s *resilience.Service, id string) <-chan answer {
	done := make(chan answer, 1)
	go func() { done <- get(ctx, s, id) }()

	return done
}

// good is the answer that the fake user service gives.
func good(id string) text { return text("Name of " + id) }

// checkFresh fails the test unless got is the good answer after that time.
func checkFresh(t *testing.T, got answer, id string, after time.Duration) {
	t.Helper()

	if got.err != nil || got.Value != fresh.Now(good(id)) || got.after != after {
		t.Errorf("got %+v after %v, %v; want it fresh after %v", got.Value, got.after, got.err, after)
	}
}

// checkFailed fails the test unless there is no answer for that reason after
// that time.
func checkFailed(t *testing.T, got answer, kind fault.Kind, after time.Duration) {
	t.Helper()

	if got.kind() != kind || got.Value != fresh.None[text](kind) || got.after != after {
		t.Errorf("got %+v after %v, %v; want %v after %v", got.Value, got.after, got.err, kind, after)
	}
}

// checkStale fails the test unless got is an old good answer.
func checkStale(t *testing.T, got answer, id string, why fault.Kind, age time.Duration) {
	t.Helper()

	if got.err != nil || got.Value != fresh.Old(good(id), why, age) {
		t.Errorf("got %+v, %v; want it stale because of %v and %v old", got.Value, got.err, why, age)
	}
}
