package upstreamtest

import (
	"net/http"
	"sync"
)

// keptRequests bounds the memory of a long run, unless [Gate.Keep] says otherwise.
// The counts go on beyond it.
const keptRequests = 10_000

// Request is what a service saw of one call.
type Request struct {
	Method string
	Path   string // as it was sent, escapes and all
	Query  string // as it was sent, without the question mark
	Header http.Header

	// Fault is the text of the fault that it met, "" for none.
	Fault string
	// Done tells that the service is through with it.
	Done bool
	// Cancelled tells that the client left (or the shop closed) before the
	// service was through with it. It is never true before Done is.
	Cancelled bool
}

// records counts and keeps requests.
type records struct {
	bell *bell // may be nil

	mu       sync.Mutex
	keep     int
	kept     []*Request
	calls    int
	inFlight int
	max      int
}

// begin returns nil where requests are not kept.
func (s *records) begin(r *http.Request) *Request {
	defer s.bell.ring()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	s.inFlight++
	s.max = max(s.max, s.inFlight)
	if s.keep == 0 {
		return nil
	}
	request := &Request{
		Method: r.Method,
		Path:   r.URL.EscapedPath(),
		Query:  r.URL.RawQuery,
		Header: r.Header.Clone(),
	}
	if len(s.kept) >= 2*s.keep {
		s.kept = append([]*Request(nil), s.kept[len(s.kept)-s.keep:]...)
	}
	s.kept = append(s.kept, request)
	return request
}

func (s *records) met(request *Request, fault string) {
	if request == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	request.Fault = fault
}

func (s *records) end(request *Request, cancelled bool) {
	defer s.bell.ring()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight--
	if request != nil {
		request.Done, request.Cancelled = true, cancelled
	}
}

// Calls is the number of requests so far.
func (g *Gate) Calls() int {
	g.records.mu.Lock()
	defer g.records.mu.Unlock()
	return g.records.calls
}

// InFlight is the number of requests that are being worked on now.
func (g *Gate) InFlight() int {
	g.records.mu.Lock()
	defer g.records.mu.Unlock()
	return g.records.inFlight
}

// MaxInFlight is the most requests that there were at one time.
func (g *Gate) MaxInFlight() int {
	g.records.mu.Lock()
	defer g.records.mu.Unlock()
	return g.records.max
}

// Keep sets how many of the last requests are kept for [Gate.Requests] at least
// (twice as many at most): 10,000 unless it is called. With 0 requests are only
// counted, which is what a program that runs for weeks wants.
func (g *Gate) Keep(n int) {
	g.records.mu.Lock()
	defer g.records.mu.Unlock()
	g.records.keep = max(n, 0)
	if surplus := len(g.records.kept) - g.records.keep; surplus > 0 {
		g.records.kept = append([]*Request(nil), g.records.kept[surplus:]...)
	}
}

// Requests gives a copy of what is known of the last 10,000 requests at least
// (see [Gate.Keep]), in the order in which they came.
func (g *Gate) Requests() []Request {
	g.records.mu.Lock()
	defer g.records.mu.Unlock()
	requests := make([]Request, len(g.records.kept))
	for i, request := range g.records.kept {
		requests[i] = *request
	}
	return requests
}

// bell tells any number of waiters that something has changed.
type bell struct {
	mu   sync.Mutex
	rung chan struct{}
}

func newBell() *bell {
	return &bell{rung: make(chan struct{})}
}

// next gives a channel that is closed at the next ring.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rung
}

func (b *bell) ring() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.rung)
	b.rung = make(chan struct{})
}
