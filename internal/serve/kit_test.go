package serve_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"storefront/internal/problem"
	"storefront/internal/serve"
	"storefront/internal/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ms     = time.Millisecond
	budget = time.Second
)

// pipe is a handler behind the inbound pipe, with what the pipe tells.
type pipe struct {
	http.Handler

	log     *log
	metrics *telemetry.Metrics
}

// newPipe puts handler behind a pipe that change may change the options of.
func newPipe(handler http.HandlerFunc, change ...func(*serve.Options)) *pipe {
	p := &pipe{log: &log{}, metrics: telemetry.NewMetrics()}
	o := serve.Options{
		BFF: "test", Budget: budget, MaxBody: 1000, Problem: problem.Write,
		Log: telemetry.NewLogger(p.log, true, slog.LevelDebug), Metrics: p.metrics, Tracer: telemetry.NewTracer(nil),
	}

	for _, c := range change {
		c(&o)
	}

	p.Handler = serve.Pipe(o, handler)

	return p
}

// log keeps what is logged.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()

	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()

	return l.text.String()
}

// lines are what was logged, as JSON.
func (l *log) lines(t *testing.T) []map[string]any {
	t.Helper()

	var lines []map[string]any

	for line := range strings.Lines(l.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Errorf("%v: %s", err, line)
		}

		lines = append(lines, fields)
	}

	return lines
}

// event is the one line of the one request.
func (p *pipe) event(t *testing.T) map[string]any {
	t.Helper()

	lines := p.log.lines(t)
	if len(lines) != 1 {
		t.Fatalf("%d lines are logged, want 1: %v", len(lines), lines)
	}

	return lines[0]
}

// has reports whether the metrics have that line.
func (p *pipe) has(t *testing.T, line string) bool {
	t.Helper()

	w := httptest.NewRecorder()
	p.metrics.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))

	return strings.Contains(w.Body.String(), "\n"+line+"\n")
}

// answer is what a client has got, all of it.
type answer struct {
	status int
	header http.Header
	text   string
	last   bool // the connection is not to be used again
}

// read takes all of an answer.
func read(t *testing.T, response *http.Response) *answer {
	t.Helper()

	defer func() { _ = response.Body.Close() }()

	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}

	return &answer{status: response.StatusCode, header: response.Header, text: string(text), last: response.Close}
}

// ask sends a request with those headers, given as names and values in turn,
// straight to the handler.
func (p *pipe) ask(t *testing.T, method, target string, headers ...string) *answer {
	t.Helper()

	r := httptest.NewRequestWithContext(t.Context(), method, target, http.NoBody)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}

	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)

	return read(t, w.Result())
}

// says is a handler that answers with a body of that type.
func says(contentType, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, text)
	}
}

// wantHeaders fails the test unless the headers have those values; "" is for
// none.
func wantHeaders(t *testing.T, got *answer, want map[string]string) {
	t.Helper()

	for name, value := range want {
		if got := strings.Join(got.header.Values(name), ", "); got != value {
			t.Errorf("%s: got %q, want %q", name, got, value)
		}
	}
}

// memory is a network of one listener without a socket, so that a test in a
// synctest bubble has virtual time on real HTTP.
type memory struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// listen has server serve a memory network until the test ends.
func listen(t *testing.T, server *http.Server) *memory {
	t.Helper()

	m := newMemory()
	serveOver(t, server, m)

	return m
}

func newMemory() *memory { return &memory{conns: make(chan net.Conn), closed: make(chan struct{})} }

// serveOver has server serve a listener until the test ends.
func serveOver(t *testing.T, server *http.Server, listener net.Listener) {
	t.Helper()

	done := make(chan error)

	go func() { done <- server.Serve(listener) }()

	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}

		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case conn := <-m.conns:
		return conn, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error {
	m.once.Do(func() { close(m.closed) })

	return nil
}

func (m *memory) Addr() net.Addr { return &net.TCPAddr{} }

func (m *memory) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case m.conns <- far:
		return near, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

// client is a plain client of the network.
func (m *memory) client(t *testing.T) *http.Client {
	t.Helper()

	transport := &http.Transport{DialContext: m.dial, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)

	return &http.Client{Transport: transport}
}

// do sends a request over a network.
func do(t *testing.T, client *http.Client, method, url string, content io.Reader) *answer {
	t.Helper()

	response, err := client.Do(request(t, method, url, content))
	if err != nil {
		t.Fatal(err)
	}

	return read(t, response)
}

func request(t *testing.T, method, url string, content io.Reader) *http.Request {
	t.Helper()

	r, err := http.NewRequestWithContext(t.Context(), method, url, content)
	if err != nil {
		t.Fatal(err)
	}

	return r
}
