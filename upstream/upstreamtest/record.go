package upstreamtest

import (
	"net/http"
	"sync"
)

// keptRequests bounds the memory of a long run. The counts go on beyond it.
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
	kept     []*Request
	calls    int
	inFlight int
	max      int
}

func (s *records) begin(r *http.Request) *Request {
	defer s.bell.ring()
	s.mu.Lock()
	defer s.mu.Unlock()
	request := &Request{
		Method: r.Method,
		Path:   r.URL.EscapedPath(),
		Query:  r.URL.RawQuery,
		Header: r.Header.Clone(),
	}
	if len(s.kept) == 2*keptRequests {
		s.kept = append([]*Request(nil), s.kept[keptRequests:]...)
	}
	s.kept = append(s.kept, request)
	s.calls++
	s.inFlight++
	s.max = max(s.max, s.inFlight)
	return request
}

func (s *records) met(request *Request, fault string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	request.Fault = fault
}

func (s *records) end(request *Request, cancelled bool) {
	defer s.bell.ring()
	s.mu.Lock()
	defer s.mu.Unlock()
	request.Done, request.Cancelled = true, cancelled
	s.inFlight--
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

// Requests gives a copy of what is known of the last 10,000 requests at least,
// in the order in which they came.
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
