package telemetry

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"

	"storefront/internal/fault"
	"storefront/internal/fresh"
)

// Source says where the answer to an upstream call came from, when it was not
// a call of its own. The zero Source is a call of its own.
type Source string

// The sources, as `Server-Timing` spells them.
const (
	Hit       Source = "hit"
	Stale     Source = "stale"
	Coalesced Source = "coalesced"
)

// Call is one upstream call as the request that asked for it saw it.
type Call struct {
	Service  string
	Duration time.Duration
	Source   Source
	// Extra is how many retries and hedges it took.
	Extra int
	// Err is why it failed, for the log alone; nil when it did not.
	Err error
	// Broke says that the answer was on its way to the client when it broke off.
	Broke bool
}

// Section is one part of a page that is not fresh.
type Section struct {
	Name string
	fresh.Status
}

// Record gathers what one inbound request did, for its one wide event, its
// metrics and its `Server-Timing`. It is safe for concurrent use.
type Record struct {
	// BFF, RequestID and TraceID are set before the request is handled and
	// only read afterwards.
	BFF, RequestID, TraceID string
	// Span is the trace that upstream calls belong to where no spans are made.
	Span trace.SpanContext

	mu       sync.Mutex
	route    string
	calls    []Call
	degraded []Section
	fault    error
	timing   string // of calls, where it is known already
}

// RecordKey is the key of a request's record, for contexts that answer for it
// themselves; the value is a *[Record].
type RecordKey struct{}

// WithRecord returns a context whose request is recorded in r.
func WithRecord(ctx context.Context, r *Record) context.Context {
	return context.WithValue(ctx, RecordKey{}, r)
}

// RecordFrom returns the record of ctx's request; where there is none, an empty
// one that nobody reads.
func RecordFrom(ctx context.Context) *Record {
	if r, ok := ctx.Value(RecordKey{}).(*Record); ok {
		return r
	}

	return &Record{}
}

// SetRoute names the route, in the pattern of the router: the one label that
// tells requests apart without naming a user.
func (r *Record) SetRoute(pattern string) {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.route = pattern
}

// Route returns the route, or "unmatched".
func (r *Record) Route() string {
	r.mu.Lock()
	defer r.mu.Unlock()

	if r.route == "" {
		return "unmatched"
	}

	return r.route
}

// AddCall records an upstream call.
func (r *Record) AddCall(c Call) {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.calls, r.timing = append(r.calls, c), ""
}

// Reuse records that the answer was made for another request: its route, what
// its upstream calls are to this one, and their `Server-Timing`. calls must not
// be changed afterwards.
func (r *Record) Reuse(route string, calls []Call, timing string) {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.route, r.calls, r.timing = route, slices.Clip(calls), timing
}

// AddDegraded records that a section of the page is not fresh. Its name must
// be one of a bounded set.
func (r *Record) AddDegraded(name string, status fresh.Status) {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.degraded = append(r.degraded, Section{Name: name, Status: status})
}

// SetFault records what went wrong inside this program, for the log alone.
func (r *Record) SetFault(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()

	if r.fault == nil {
		r.fault = err
	}
}

// Calls returns the upstream calls so far.
func (r *Record) Calls() []Call {
	r.mu.Lock()
	defer r.mu.Unlock()

	return slices.Clip(r.calls)
}

// Degraded returns the sections that are not fresh.
func (r *Record) Degraded() []Section {
	r.mu.Lock()
	defer r.mu.Unlock()

	return slices.Clip(r.degraded)
}

// Fault returns what went wrong inside this program, or nil.
func (r *Record) Fault() error {
	r.mu.Lock()
	defer r.mu.Unlock()

	return r.fault
}

// Plain reports whether there is nothing to tell of the request but how many
// upstream calls it took and their timing.
func (r *Record) Plain() (calls int, timing string, plain bool) {
	timing = r.ServerTiming()

	r.mu.Lock()
	defer r.mu.Unlock()

	for _, call := range r.calls {
		if call.Err != nil || call.Extra > 0 {
			return 0, "", false
		}
	}

	return len(r.calls), timing, len(r.degraded) == 0 && r.fault == nil
}

// Telling reports whether the time of the request tells how busy services are:
// it made calls of its own, and did not wait longest for one that failed.
func (r *Record) Telling() bool {
	r.mu.Lock()
	defer r.mu.Unlock()

	var answered, failed time.Duration

	for i := range r.calls {
		call := &r.calls[i]

		switch {
		case call.Err != nil && fault.KindOf(call.Err) != fault.NotFound:
			failed = max(failed, call.Duration)
		case call.Source == "":
			answered = max(answered, call.Duration)
		}
	}

	return answered > failed
}

// ServerTiming returns the value of the `Server-Timing` header for the upstream
// calls so far; "" when there was none.
func (r *Record) ServerTiming() string {
	r.mu.Lock()
	defer r.mu.Unlock()

	if r.timing == "" && len(r.calls) > 0 {
		r.timing = ServerTiming(r.calls)
	}

	return r.timing
}

// ServerTiming is the value of the `Server-Timing` header: one entry for each
// upstream call with its duration in milliseconds.
func ServerTiming(calls []Call) string {
	const room, decimal, tenth = 32, 10, 100

	text := make([]byte, 0, room*len(calls))

	for i, c := range calls {
		if i > 0 {
			text = append(text, ", "...)
		}

		text = append(text, c.Service...)
		text = append(text, ";dur="...)
		text = strconv.AppendInt(text, c.Duration.Milliseconds(), decimal)
		text = append(text, '.', byte('0'+c.Duration.Microseconds()/tenth%decimal))

		if c.Source != "" {
			text = append(text, ";desc="...)
			text = append(text, c.Source...)
		}
	}

	return string(text)
}
