package chaos

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"storefront/upstream/upstreamtest"
)

// Routes are the handlers by the patterns of an http.ServeMux:
//
//	GET /chaos               {"services": [State, …], "presets": [{"name","about"}, …]}
//	PUT /chaos/{service}     {"preset":"slow","seed":7} or {"faults":["latency:300ms share:0.2"]}: State
//	DELETE /chaos/{service}  heals: State
//	DELETE /chaos            heals all: {"services": [State, …]}
//
// There are none where no gate stands before anything.
//
// What is wrong with a request is told with 400, 403 to who is not on this
// machine, 404 for a service that no gate stands before, 413 for a body of more
// than 32 KiB.
func (c *Control) Routes() map[string]http.HandlerFunc {
	routes := map[string]http.HandlerFunc{
		"GET /chaos":              c.list,
		"PUT /chaos/{service}":    c.put,
		"DELETE /chaos/{service}": c.heal,
		"DELETE /chaos":           c.healAll,
	}
	if len(c.all()) == 0 {
		return nil
	}
	for pattern, handler := range routes {
		routes[pattern] = func(w http.ResponseWriter, r *http.Request) {
			if why := stranger(r); why != "" {
				c.refuse(w, r, http.StatusForbidden, why)
				return
			}
			handler(w, r)
		}
	}
	return routes
}

// Handler serves [Control.Routes], for a program without a port for operators.
func (c *Control) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, handler := range c.Routes() {
		mux.HandleFunc(pattern, handler)
	}
	return mux
}

// listed is the answer about all services.
type listed struct {
	Services []State  `json:"services"`
	Presets  []preset `json:"presets,omitempty"`
}

type preset struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

func (c *Control) list(w http.ResponseWriter, _ *http.Request) {
	var answer listed
	for _, s := range c.all() {
		answer.Services = append(answer.Services, s.tell())
	}
	for _, name := range upstreamtest.Presets() {
		answer.Presets = append(answer.Presets, preset{Name: name, About: upstreamtest.AboutPreset(name)})
	}
	write(w, answer)
}

func (c *Control) put(w http.ResponseWriter, r *http.Request) {
	s := c.named(w, r)
	if s == nil {
		return
	}
	wanted, err := readWish(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		c.refuse(w, r, http.StatusRequestEntityTooLarge, fmt.Sprintf("The body may have at most %d bytes.", tooLarge.Limit))
	case err != nil:
		c.refuse(w, r, http.StatusBadRequest, sentence(err))
	default:
		state := s.set(wanted, time.Now())
		texts := make([]string, len(wanted.faults))
		for i, fault := range wanted.faults {
			texts[i] = fault.String()
		}
		c.log.WarnContext(r.Context(), "chaos", slog.String("service", s.name), slog.String("preset", wanted.preset),
			slog.Uint64("seed", wanted.seed), slog.Any("faults", texts))
		write(w, state)
	}
}

func (c *Control) heal(w http.ResponseWriter, r *http.Request) {
	s := c.named(w, r)
	if s == nil {
		return
	}
	state := s.set(wish{}, time.Now())
	c.log.WarnContext(r.Context(), "chaos ends", slog.String("service", s.name))
	write(w, state)
}

func (c *Control) healAll(w http.ResponseWriter, r *http.Request) {
	var answer listed
	for _, s := range c.all() {
		answer.Services = append(answer.Services, s.set(wish{}, time.Now()))
	}
	c.log.WarnContext(r.Context(), "chaos ends", slog.String("service", "all"))
	write(w, answer)
}

// named finds the service that the path names; nil where it has been refused.
func (c *Control) named(w http.ResponseWriter, r *http.Request) *service {
	s := c.find(r.PathValue("service"))
	if s == nil {
		all := c.all()
		names := make([]string, 0, len(all))
		for _, s := range all {
			names = append(names, s.name)
		}
		c.refuse(w, r, http.StatusNotFound, "Chaos stands before the services that this process embeds: "+
			strings.Join(names, ", ")+". One that runs elsewhere is not ours to break.")
	}
	return s
}

func write(w http.ResponseWriter, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		panic(err) // A mistake in the program.
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(append(body, '\n')) // Who asked may be gone.
}
