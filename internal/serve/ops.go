package serve

import (
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"slices"
	"strings"
	"sync/atomic"

	"storefront/internal/problem"
	"storefront/internal/telemetry"
)

// phase is where a program stands in its life.
type phase int32

const (
	starting phase = iota
	ready
	draining
)

// reasons are why a program in that phase takes no traffic.
func (p phase) reasons() []string {
	switch p {
	case starting:
		return []string{"starting"}
	case draining:
		return []string{"draining"}
	case ready:
	}

	return []string{}
}

// health is the phase, for all to read.
type health struct{ phase atomic.Int32 }

func (h *health) set(to phase) (from phase) { return phase(h.phase.Swap(int32(to))) }

func (h *health) get() phase { return phase(h.phase.Load()) }

// maxOpsBody is the longest request body of the operations port, in bytes.
const maxOpsBody = 64 << 10

// opsServer is the operations port.
func (a *App) opsServer() Server {
	for pattern, handler := range map[string]http.HandlerFunc{
		"GET /livez":               func(w http.ResponseWriter, _ *http.Request) { writeHealth(w, http.StatusOK, "live", nil) },
		"GET /readyz":              a.readyz,
		"GET /metrics":             a.Metrics.Handler().ServeHTTP,
		"GET /debug/pprof/":        pprof.Index,
		"GET /debug/pprof/cmdline": pprof.Cmdline,
		"GET /debug/pprof/profile": pprof.Profile,
		"GET /debug/pprof/symbol":  pprof.Symbol,
		"GET /debug/pprof/trace":   pprof.Trace,
		"GET /caches":              a.caches,
		"GET /caches/{bff}/{kind}": a.cached,
		"DELETE /caches":           a.purge,
	} {
		a.opsRoute(pattern, handler)
	}

	return Server{
		Name: "ops", Addr: a.settings.opsAddr, About: "/livez /readyz /metrics /caches /debug/pprof/",
		Handler: a.routes,
		Options: Options{BFF: "ops", MaxBody: maxOpsBody, Problem: problem.Write, Quiet: true},
	}
}

// Ops adds a route to the operations port, by a pattern of [http.ServeMux] with
// a method, while the program is built; the table that it prints then names the
// beginning of the path. Pages of other sites cannot ask for it. It panics where
// that pattern is taken.
func (a *App) Ops(pattern string, handler http.HandlerFunc) {
	path := a.opsRoute(pattern, handler)
	room, _, _ := strings.Cut(path[1:], "/")

	if words := strings.Fields(a.ops.About); !slices.Contains(words, "/"+room) {
		a.ops.About = strings.Join(append(words, "/"+room), " ")
	}
}

// opsRoute returns the pattern's path.
func (a *App) opsRoute(pattern string, handler http.HandlerFunc) (path string) {
	_, path, _ = strings.Cut(pattern, " ")

	if !open[path] {
		handler = operators(handler)
	}

	a.routes.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		telemetry.RecordFrom(r.Context()).SetRoute(path)
		handler(w, r)
	})

	return path
}

// readyz tells load balancers whether to send traffic. An upstream service that
// is down is no reason not to: a page without a section is still a page.
func (a *App) readyz(w http.ResponseWriter, _ *http.Request) {
	if now := a.health.get(); now != ready {
		writeHealth(w, http.StatusServiceUnavailable, "not ready", now.reasons())

		return
	}

	writeHealth(w, http.StatusOK, "ready", nil)
}

func writeHealth(w http.ResponseWriter, status int, word string, reasons []string) {
	body, _ := json.Marshal(struct { //nolint:errchkjson // Strings can be encoded.
		Status  string   `json:"status"`
		Reasons []string `json:"reasons,omitempty"`
	}{word, reasons})

	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // The prober may be gone.
}
