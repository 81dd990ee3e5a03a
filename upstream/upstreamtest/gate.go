package upstreamtest

import (
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Gate stands before a service, counts its requests, and gives some of them a
// fault in place of the service's answer. It knows nothing of what the service
// answers but that it is JSON, so it can stand before a real one as well.
type Gate struct {
	next      http.Handler
	elsewhere string
	records   records

	mu     sync.Mutex
	rules  []*rule
	bodies []body
	says   []says
	held   map[net.Conn]struct{} // that a fault has taken from net/http
	closed bool
}

// rule is a fault at work.
type rule struct {
	fault  Fault
	text   string
	answer answerer
	on     pattern
	chance *rand.Rand // used under the gate's lock
	left   int        // requests that it is still for; negative for no end
	met    int        // requests that have met it
}

// body stands in for the service's answer to requests that fit.
type body struct {
	on    pattern
	bytes []byte
}

// says are headers of the good answers to requests that fit.
type says struct {
	on     pattern
	header http.Header
}

// NewGate puts a gate before next. Elsewhere is the base URL that [Redirect]
// leads to, without a slash at the end.
func NewGate(next http.Handler, elsewhere string) *Gate {
	return &Gate{next: next, elsewhere: elsewhere, records: records{keep: keptRequests}}
}

// Fail makes the faults given take the place of all that were. Of several, a
// request meets the first that is meant for it; see [Fault.On] and
// [Fault.First]. It panics on a fault that [Parse] would refuse.
func (g *Gate) Fail(faults ...Fault) {
	rules := make([]*rule, 0, len(faults))
	for i, fault := range faults {
		rules = append(rules, mustRule(fault, uint64(i)))
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rules = rules
}

// mustRule makes the rule of the nth fault: its chances are its own, also where
// the faults beside it have the same seed.
func mustRule(fault Fault, n uint64) *rule {
	if err := fault.check(); err != nil {
		panic(err)
	}
	left := -1
	if fault.first > 0 {
		left = fault.first
	}
	return &rule{
		fault: fault, text: fault.String(), answer: kinds()[fault.name].answer, on: mustPattern(fault.on), left: left,
		chance: rand.New(rand.NewPCG(fault.seed, n)), //nolint:gosec // It is to be repeated, and no secret.
	}
}

// AtWork is a fault at work in a gate.
type AtWork struct {
	Fault Fault
	// Met is the number of requests that have met it.
	Met int
}

// AtWork gives the faults at work, in the order in which they were given to Fail.
func (g *Gate) AtWork() []AtWork {
	g.mu.Lock()
	defer g.mu.Unlock()
	atWork := make([]AtWork, len(g.rules))
	for i, rule := range g.rules {
		atWork[i] = AtWork{Fault: rule.fault, Met: rule.met}
	}
	return atWork
}

// Heal ends all faults. Requests that a fault has got hold of stay in its hold.
func (g *Gate) Heal() { g.Fail() }

// Set makes every request that fits the pattern (see [Fault.On]) get 200 with
// this body, called JSON whatever it is. The last pattern set that fits wins; the
// same pattern again takes the place of the first, and an empty body takes the
// pattern away. Faults still come first. It panics on a malformed pattern.
func (g *Gate) Set(pattern, text string) {
	on := mustPattern(pattern)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.bodies = slices.DeleteFunc(g.bodies, func(b body) bool { return b.on.text == pattern })
	if text != "" {
		g.bodies = append(g.bodies, body{on: on, bytes: []byte(text)})
	}
}

// Say gives the good answer to every request that fits the pattern (see
// [Fault.On]) these headers, each as "Name: value"; where one of them is an ETag
// that the request has in If-None-Match, the answer is 304 without a body. The
// last pattern that fits wins; the same pattern again takes the place of the
// first, and no headers take the pattern away. It panics on a malformed pattern.
func (g *Gate) Say(pattern string, headers ...string) {
	said := says{on: mustPattern(pattern), header: http.Header{}}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		said.header.Add(name, value)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.says = slices.DeleteFunc(g.says, func(s says) bool { return s.on.text == pattern })
	if len(headers) > 0 {
		g.says = append(g.says, said)
	}
}

// say adds the headers that the good answer to r is to have; false where there
// is no more to be said.
func (g *Gate) say(w http.ResponseWriter, r *http.Request) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, said := range slices.Backward(g.says) {
		if !said.on.fits(r) {
			continue
		}
		maps.Copy(w.Header(), said.header.Clone())
		tag := said.header.Get("Etag")
		if tag != "" && slices.Contains(r.Header.Values("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return false
		}
		break
	}
	return true
}

// ServeHTTP answers as the service does, or as the fault that is due.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request := g.records.begin(r)
	rule, pause := g.due(r)
	if rule == nil {
		defer func() { g.records.end(request, r.Context().Err() != nil) }()
		g.serve(w, r)
		return
	}
	over := sync.OnceFunc(func() { g.records.end(request, r.Context().Err() != nil) })
	defer over()
	g.records.met(request, rule.text)
	wait(r.Context(), rule.fault.after)
	if seconds := rule.fault.retryAfter / time.Second; seconds > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
	}
	rule.answer(call{w: w, r: r, fault: rule.fault, pause: pause, elsewhere: g.elsewhere, good: g.serve, over: over, hold: g.hold})
}

// due finds the fault that this request meets, if any, counts it, and draws how
// late it is to be.
func (g *Gate) due(r *http.Request) (*rule, time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, rule := range g.rules {
		if rule.left == 0 || !rule.on.fits(r) || !rule.fault.hits(rule.chance) {
			continue
		}
		rule.left-- // from -1 it goes on down, and never comes to 0
		rule.met++
		return rule, rule.fault.draw(rule.chance)
	}
	return nil, 0
}

// hold has Close close a connection that net/http does not know any more, unless
// it is released before.
func (g *Gate) hold(conn net.Conn) (release func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.held == nil {
		g.held = map[net.Conn]struct{}{}
	}
	g.held[conn] = struct{}{}
	if g.closed {
		_ = conn.Close() // the client may have been first
	}
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.held, conn)
	}
}

// Close closes the idle connections that [StaleKeepalive] waits on, which the
// server behind the gate cannot when it stops. It is for programs; a [Shop] ends
// them by itself.
func (g *Gate) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	for conn := range g.held {
		_ = conn.Close() // likewise
	}
	return nil
}

// serve gives the good answer: the body that was set, else the service's own.
func (g *Gate) serve(w http.ResponseWriter, r *http.Request) {
	if !g.say(w, r) {
		return
	}
	g.mu.Lock()
	i := len(g.bodies) - 1
	for i >= 0 && !g.bodies[i].on.fits(r) {
		i--
	}
	var set []byte
	if i >= 0 {
		set = g.bodies[i].bytes
	}
	g.mu.Unlock()
	if set == nil {
		g.next.ServeHTTP(w, r)
		return
	}
	writeBody(w, http.StatusOK, set)
}
