package stub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Options are what a [Stub] is made of.
type Options struct {
	// Users is how many users there are, at least 1; their answers take about
	// 600 bytes of memory each.
	Users int
	// Delay is how long each answer takes.
	Delay time.Duration
	// Places is how many answers each service makes at a time; more wait in
	// line. 0 is any number.
	Places int
	// CacheControl is sent with each answer, such as "no-store"; "" is none.
	CacheControl string
	// Tags gives each answer an ETag, and lets it be asked for with
	// If-None-Match.
	Tags bool
}

// Stub is the four services. It is safe for concurrent use.
type Stub struct {
	form

	delay                      time.Duration
	user, product, order, post counter

	users, postUsers []answer
	orders           []answer // by what was bought
	products, posts  answer
	byID             map[string][]byte // each product alone
}

// New makes all answers.
func New(o Options) (*Stub, error) {
	s := &Stub{
		form: form{cacheControl: o.CacheControl, tags: o.Tags}, delay: o.Delay,
		user: newCounter(o.Places), product: newCounter(o.Places), order: newCounter(o.Places), post: newCounter(o.Places),
		users: make([]answer, o.Users), postUsers: make([]answer, PostUserCount),
		orders: make([]answer, OrderVariants), byID: map[string][]byte{},
	}

	var err error

	for n := range s.users {
		if s.users[n], err = s.answer(NewUser(n)); err != nil {
			return nil, err
		}
	}

	for n := range s.postUsers {
		if s.postUsers[n], err = s.answer(NewPostUser(n)); err != nil {
			return nil, err
		}
	}

	for n := range s.orders {
		if s.orders[n], err = s.answer(Orders(n)); err != nil {
			return nil, err
		}
	}

	if s.products, err = s.answer(Products()); err != nil {
		return nil, err
	}

	if s.posts, err = s.answer(Posts()); err != nil {
		return nil, err
	}

	for _, p := range Products() {
		if s.byID[p.ID], err = json.Marshal(p); err != nil {
			return nil, fmt.Errorf("stub: %w", err)
		}
	}

	return s, nil
}

// Calls are how many requests each service has answered.
type Calls struct {
	User    int64 `json:"user"`
	Product int64 `json:"product"`
	Order   int64 `json:"order"`
	Post    int64 `json:"post"`
}

// Total is how many requests all services have answered.
func (c Calls) Total() int64 { return c.User + c.Product + c.Order + c.Post }

// Calls returns the counts since the start.
func (s *Stub) Calls() Calls {
	return Calls{User: s.user.count(), Product: s.product.count(), Order: s.order.count(), Post: s.post.count()}
}

// request is as much of a request as the stub looks at.
type request struct {
	target string
	tag    string // If-None-Match
}

// service answers a request with the bytes to send, at once.
type service func(request) []byte

// services are all services by their name, the monolith, and "calls", whose every answer is
// the [Calls] in JSON. A request that the stub does not know is refused, so that
// a workload which needs more cannot go wrong unseen.
func (s *Stub) services() map[string]service {
	return map[string]service{
		"user":     s.serveUser,
		"product":  s.serveProducts,
		"order":    s.serveOrders,
		"posts":    s.servePosts,
		"monolith": s.serveMonolith,
		"calls":    s.serveCalls,
	}
}

// send counts a call and answers it after the delay.
func (s *Stub) send(at *counter, r request, a answer) []byte {
	at.calls.Add(1)

	if s.delay > 0 {
		at.wait(s.delay)
	}

	if a.notModified != nil && r.tag == a.tag {
		return a.notModified
	}

	return a.whole
}

// number is the number of the user with that id, counted from 0.
func (s *Stub) number(id string) (n int, found bool) {
	digits, found := strings.CutPrefix(id, userPrefix)
	n, err := strconv.Atoi(digits)

	return n - 1, found && err == nil && n >= 1 && n <= len(s.users) && strconv.Itoa(n) == digits
}

// serveUser answers GET /users/{id}.
func (s *Stub) serveUser(r request) []byte {
	id, found := strings.CutPrefix(r.target, "/users/")
	n, known := s.number(id)

	if !found || !known {
		return refusal("404 Not Found", "no such user")
	}

	return s.send(&s.user, r, s.users[n])
}

// serveProducts answers GET /products?user_id={id}, whoever the user is, and GET
// /products?ids={a},{b}.
func (s *Stub) serveProducts(r request) []byte {
	if strings.HasPrefix(r.target, "/products?user_id=") {
		return s.send(&s.product, r, s.products)
	}

	if ids, found := strings.CutPrefix(r.target, "/products?ids="); found {
		return s.send(&s.product, r, answer{whole: s.batch(ids)})
	}

	return refusal("400 Bad Request", "the stub knows only lists of a user, and products by ids")
}

// batch is the answer with the products of those ids, in their order; unknown
// ones are left out. Ids that are sold need no escaping.
func (s *Stub) batch(ids string) []byte {
	const each = 400

	body := make([]byte, 0, each*(strings.Count(ids, ",")+1))
	body = append(body, '[')

	for id := range strings.SplitSeq(strings.ReplaceAll(ids, "%2C", ","), ",") {
		if product, sold := s.byID[id]; sold {
			body = append(append(body, product...), ',')
		}
	}

	body = append(bytes.TrimSuffix(body, []byte(",")), ']')

	return s.whole(s.head("200 OK", ""), body)
}

// serveOrders answers GET /orders?user_id={id}.
func (s *Stub) serveOrders(r request) []byte {
	query, found := strings.CutPrefix(r.target, "/orders?user_id=")
	id, _, _ := strings.Cut(query, "&")
	n, known := s.number(id)

	if !found || !known {
		return refusal("400 Bad Request", "the stub knows only lists of a user")
	}

	return s.send(&s.order, r, s.orders[n%len(s.orders)])
}

// serveMonolith answers what the services do below /api, as the system does that
// they take over from, with the same bytes; that more than a little is asked for
// makes no difference.
func (s *Stub) serveMonolith(r request) []byte {
	target, found := strings.CutPrefix(r.target, "/api")
	if !found {
		return refusal("404 Not Found", "no such path")
	}

	for _, sign := range []string{"?", "&"} {
		target = strings.TrimSuffix(target, sign+"detail=full")
	}

	switch r.target = target; {
	case strings.HasPrefix(target, "/products?"):
		return s.serveProducts(r)
	case strings.HasPrefix(target, "/orders?"):
		return s.serveOrders(r)
	default:
		return s.serveUser(r)
	}
}

// servePosts answers GET /posts and GET /posts/users/{id}.
func (s *Stub) servePosts(r request) []byte {
	if r.target == "/posts" {
		return s.send(&s.post, r, s.posts)
	}

	number, found := strings.CutPrefix(r.target, "/posts/users/")
	n, err := strconv.Atoi(number)

	if !found || err != nil || n < 1 || n > len(s.postUsers) {
		return refusal("404 Not Found", "no such user")
	}

	return s.send(&s.post, r, s.postUsers[n-1])
}

func (s *Stub) serveCalls(request) []byte {
	body, err := json.Marshal(s.Calls())
	if err != nil {
		return refusal("500 Internal Server Error", "no counts")
	}

	return form{}.whole(form{}.head("200 OK", ""), body)
}
