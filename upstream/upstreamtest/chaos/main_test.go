package chaos_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"storefront/upstream/upstreamtest/chaos"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// program is two services behind gates, and their control.
type program struct {
	control  http.Handler
	services map[string]http.Handler
	log      lines
}

func newProgram(t *testing.T) *program {
	t.Helper()
	p := &program{services: map[string]http.Handler{}}
	control := chaos.New(chaos.Options{Log: slog.New(slog.NewJSONHandler(&p.log, nil))})
	for _, name := range []string{"user", "order"} {
		p.services[name] = control.Before(name, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"id":"1"}`))
		}))
	}
	p.control = control.Handler()
	return p
}

// lines are what is logged.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimSuffix(l.text.String(), "\n"), "\n")
}

// local is a request from this machine.
func local(t *testing.T, method, path, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.RemoteAddr, r.Host = "127.0.0.1:40000", "127.0.0.1:9090"
	return r
}

func (p *program) tell(t *testing.T, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	answer := httptest.NewRecorder()
	p.control.ServeHTTP(answer, local(t, method, path, body))
	return answer
}

// state tells something and reads how the service stands then.
func (p *program) state(t *testing.T, method, path, body string) chaos.State {
	t.Helper()
	answer := p.tell(t, method, path, body)
	var state chaos.State
	if err := json.Unmarshal(answer.Body.Bytes(), &state); err != nil || answer.Code != http.StatusOK {
		t.Fatalf("%s %s %s: %d %s", method, path, body, answer.Code, answer.Body)
	}
	return state
}

// states are those of all services.
func (p *program) states(t *testing.T, method string) (states []chaos.State, presets int) {
	t.Helper()
	answer := p.tell(t, method, "/chaos", "")
	var list struct {
		Services []chaos.State
		Presets  []struct{ Name, About string }
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &list); err != nil || answer.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", method, answer.Code, answer.Body)
	}
	if h := answer.Header(); h.Get("Content-Type") != "application/json" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("the headers are %v", h)
	}
	return list.Services, len(list.Presets)
}

// serve has a service answer n requests, and gives the statuses.
func (p *program) serve(t *testing.T, service string, n int) []int {
	t.Helper()
	got := make([]int, n)
	for i := range got {
		answer := httptest.NewRecorder()
		p.services[service].ServeHTTP(answer, local(t, http.MethodGet, "/", ""))
		got[i] = answer.Code
	}
	return got
}
