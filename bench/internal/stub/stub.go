package stub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Options are what a [Stub] is made of.
type Options struct {
	// Users is how many users there are, at least 1; their bodies take about
	// 400 bytes of memory each.
	Users int
	// Delay is how long each answer takes.
	Delay time.Duration
	// CacheControl is sent with each answer, such as "no-store".
	CacheControl string
}

// Stub is the three services. It is safe for concurrent use.
type Stub struct {
	user, product, order *service

	users            []answer
	products, orders answer
}

// New makes all answers.
func New(o Options) (*Stub, error) {
	s := &Stub{user: newService(o), product: newService(o), order: newService(o), users: make([]answer, o.Users)}

	var err error

	for n := range s.users {
		if s.users[n], err = newAnswer(NewUser(n)); err != nil {
			return nil, err
		}
	}

	if s.products, err = newAnswer(Products()); err != nil {
		return nil, err
	}

	s.orders, err = newAnswer(Orders())

	return s, err
}

// Calls are how many requests each service has answered.
type Calls struct {
	User    int64 `json:"user"`
	Product int64 `json:"product"`
	Order   int64 `json:"order"`
}

// Total is how many requests all services have answered.
func (c Calls) Total() int64 { return c.User + c.Product + c.Order }

// Calls returns the counts since the start.
func (s *Stub) Calls() Calls {
	return Calls{User: s.user.calls.Load(), Product: s.product.calls.Load(), Order: s.order.calls.Load()}
}

// Handlers returns a handler for each service by its name, and "calls", whose
// every answer is the [Calls] in JSON. A request that the stub does not know is
// refused, so that a workload which needs more cannot go wrong unseen.
func (s *Stub) Handlers() map[string]http.Handler {
	return map[string]http.Handler{
		"user":    http.HandlerFunc(s.serveUser),
		"product": s.serveList(s.product, "/products", s.products),
		"order":   s.serveList(s.order, "/orders", s.orders),
		"calls":   http.HandlerFunc(s.serveCalls),
	}
}

// serveUser answers GET /users/{id}.
func (s *Stub) serveUser(w http.ResponseWriter, r *http.Request) {
	number, found := strings.CutPrefix(r.URL.Path, "/users/"+userPrefix)
	n, err := strconv.Atoi(number)

	if !found || err != nil || n < 1 || n > len(s.users) || UserID(n-1) != userPrefix+number {
		http.Error(w, `{"error":"no such user"}`, http.StatusNotFound)

		return
	}

	s.user.send(w, r, s.users[n-1])
}

// serveList answers GET {path}?user_id={id}, whoever the user is.
func (s *Stub) serveList(from *service, path string, list answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path || !strings.HasPrefix(r.URL.RawQuery, "user_id=") {
			http.Error(w, `{"error":"the stub knows only lists of a user"}`, http.StatusBadRequest)

			return
		}

		from.send(w, r, list)
	})
}

func (s *Stub) serveCalls(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")

	if err := json.NewEncoder(w).Encode(s.Calls()); err != nil {
		panic(fmt.Errorf("stub: %w", err)) // net/http logs it and ends the connection.
	}
}
