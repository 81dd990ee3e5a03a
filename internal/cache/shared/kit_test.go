package shared_test

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/goleak"

	"storefront/internal/cache"
	"storefront/internal/cache/redistest"
	"storefront/internal/cache/shared"
	"storefront/internal/fresh"
	"storefront/internal/resilience"
	"storefront/internal/session"
	"storefront/internal/telemetry"
	"storefront/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 10 * time.Second

// eventually waits until what is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()

	for deadline := time.Now().Add(patience); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// upstream is a service that says what it is told to, and counts.
type upstream struct {
	*httptest.Server

	mu      sync.Mutex
	header  http.Header
	body    string
	status  int
	calls   int
	entered chan struct{} // where set, told of each call
	gate    chan struct{} // where set, each call waits for it
	asked   []http.Header
}

func newUpstream(t *testing.T, cacheControl string) *upstream {
	t.Helper()

	u := &upstream{header: http.Header{"Cache-Control": {cacheControl}}, body: `{"id":"a","name":"one"}`, status: http.StatusOK}
	u.Server = httptest.NewServer(u)
	t.Cleanup(u.Close)

	return u
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	u.calls++
	u.asked = append(u.asked, r.Header)
	header, body, status, entered, gate := u.header.Clone(), u.body, u.status, u.entered, u.gate
	u.mu.Unlock()

	if entered != nil {
		entered <- struct{}{}
	}

	if gate != nil {
		<-gate
	}

	header.Set("Content-Type", "application/json")

	maps.Copy(w.Header(), header)

	if tag := header.Get("Etag"); tag != "" && r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)

		return
	}

	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

func (u *upstream) say(body string) {
	u.mu.Lock()
	defer u.mu.Unlock()

	u.body = body
}

func (u *upstream) count() int {
	u.mu.Lock()
	defer u.mu.Unlock()

	return u.calls
}

// replica is a process with one BFF's pipe to the service.
type replica struct {
	*resilience.Service

	t       *testing.T
	level   *shared.Level
	caches  *cache.Registry
	metrics *telemetry.Metrics
	log     *syncedBuffer
}

type syncedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *syncedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()

	return b.text.Write(p)
}

func (b *syncedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()

	return b.text.String()
}

// newReplica starts a replica that lasts as long as the test, and has time for a
// busy machine.
func newReplica(t *testing.T, at *url.URL, u *upstream) *replica {
	t.Helper()

	return newReplicaWith(t, at, u, patience, patience)
}

// newReplicaWith is newReplica with a budget, and a longest wait for the server.
func newReplicaWith(t *testing.T, at *url.URL, u *upstream, attempt, wait time.Duration, change ...func(*resilience.Options)) *replica {
	t.Helper()

	r := &replica{t: t, caches: cache.NewRegistry(1 << 20), metrics: telemetry.NewMetrics(), log: &syncedBuffer{}}
	r.level = shared.Open(t.Context(), shared.Options{
		URL: at, KeysOf: resilience.SharedKeys, Log: slog.New(slog.NewTextHandler(r.log, nil)), Metrics: r.metrics,
		Purged: func(which cache.Purge) { r.caches.PurgeHere(which) },
	})
	r.caches.Share(r.level)

	transport := resilience.NewTransport()
	answers := resilience.NewAnswers(r.caches.MaxBytes())

	options := resilience.Options{
		Transport: transport, AttemptTimeout: attempt, LastGood: cache.NewLastGood(time.Minute, 1000, 1<<20),
		Answers: answers, Shared: r.level, SharedWait: wait, Tracer: telemetry.NewTracer(nil),
	}
	for _, c := range change {
		c(&options)
	}

	r.Service = resilience.NewService("product", u.URL, r.metrics.Upstream("test", "product"), options)
	r.caches.Add("test", "answers", answers, r.Ground)

	t.Cleanup(func() {
		transport.CloseIdleConnections()

		if err := r.level.Close(); err != nil {
			t.Error(err)
		}
	})

	return r
}

// connected waits until the replica has its connection.
func (r *replica) connected() *replica {
	r.t.Helper()
	eventually(r.t, "a connection", func() bool { return r.level.Summary().Connected })

	return r
}

// pair are two replicas over one server.
func pair(t *testing.T, s *redistest.Server, u *upstream) (a, b *replica) {
	t.Helper()

	a, b = newReplica(t, s.URL(), u), newReplica(t, s.URL(), u)

	return a.connected(), b.connected()
}

// name is what the tests read.
type name string

func (n name) Size() int { return len(n) }

func (n name) Tags() []string { return []string{"product:a", "name:" + string(n)} }

func readName(r *wire.Reader) (n name) {
	for key := range r.Object() {
		if key == "name" {
			n = name(r.Text())
		}
	}

	r.Require("name", n != "")

	return n
}

func (r *replica) ask(ctx context.Context) (fresh.Value[name], error) {
	return resilience.Get(ctx, r.Service, resilience.Request{Path: "/products/a", Names: true, Reading: 5}, readName)
}

// gets fails the test unless the replica gets that answer for who asks.
func (r *replica) gets(who session.Principal, want name) {
	r.t.Helper()

	got, err := r.ask(session.With(r.t.Context(), who))
	if err != nil || got.Of != want || got.State != fresh.Fresh {
		r.t.Errorf("got %+v, %v; want %s", got, err, want)
	}
}

// metric is the value of a series.
func (r *replica) metric(series string) int {
	w := httptest.NewRecorder()
	r.metrics.Handler().ServeHTTP(w, httptest.NewRequestWithContext(r.t.Context(), http.MethodGet, "/metrics", http.NoBody))

	for line := range strings.Lines(w.Body.String()) {
		if value, found := strings.CutPrefix(line, series+" "); found {
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil {
				r.t.Fatal(err)
			}

			return n
		}
	}

	r.t.Errorf("there is no %s", series)

	return 0
}

func (r *replica) reads(outcome string) int {
	return r.metric(`shared_cache_reads_total{outcome="` + outcome + `"}`)
}

// written waits until that many answers of the replica have come to that end.
func (r *replica) written(outcome string, n int) {
	r.t.Helper()
	eventually(r.t, strconv.Itoa(n)+" answers "+outcome, func() bool {
		return r.metric(`shared_cache_writes_total{outcome="`+outcome+`"}`) == n
	})
}

// inside is a client that looks into the server itself.
func inside(t *testing.T, s *redistest.Server) rueidis.Client {
	t.Helper()

	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{s.Addr()}, DisableCache: true, ForceSingleClient: true})
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(client.Close)

	return client
}

func keys(t *testing.T, c rueidis.Client, pattern string) []string {
	t.Helper()

	found, err := c.Do(t.Context(), c.B().Keys().Pattern(pattern).Build()).AsStrSlice()
	if err != nil {
		t.Fatal(err)
	}

	return found
}
