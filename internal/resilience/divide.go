package resilience

import (
	"bytes"
	"context"
	"slices"
	"time"
)

// Side is one of two systems that can answer the same requests while one takes
// over from the other.
type Side uint8

// The sides.
const (
	// NewSide is the service itself.
	NewSide Side = iota
	// OldSide is the system that it takes over from.
	OldSide
)

// String is "new" or "old", as in metrics.
func (s Side) String() string {
	if s == OldSide {
		return "old"
	}

	return "new"
}

// Ask is one request to one side.
type Ask struct {
	Side Side
	// Target is the escaped path with its query, relative to the side's base URL.
	Target string
	// Keep has the reply hold the body, to be compared.
	Keep bool
	// Personal has the answer be kept for nobody but who asks: others may be
	// answered by the other side.
	Personal bool
	// Patience, where set, is how long the answer may take, if less than the
	// request has: somebody else can give it.
	Patience time.Duration
}

// Reply is what a side has answered, as far as anybody compares it.
type Reply struct {
	// Status is 0 where no answer came, and where one came well of which nobody
	// asked to keep anything.
	Status int
	// Encoding is the Content-Encoding of the body, "" for none.
	Encoding string
	// Body is the whole body where it was to be kept and is at hand.
	Body []byte
	// Later, where set, calls once: with the body when it is there, for it is being
	// passed on; with nil where there is none to compare, or it is too long.
	Later func(use func(body []byte))
	// Ends, where set, calls once when a body that is being passed on has ended or
	// nobody wants more of it: broke says that the side did not send all of it.
	Ends func(note func(broke bool))
}

// Sides ask either system for one request of a client.
type Sides interface {
	// Answer has the client be answered by a side: an answer is used, or kept for
	// use, where there is no error. Only the last answer counts.
	Answer(ctx context.Context, ask Ask) (Reply, error)
	// Until is when whoever began the request has no more time for an answer, if
	// that is bounded; ctx is that of the answer, and may last longer.
	Until(ctx context.Context) (deadline time.Time, bounded bool)
	// Peek returns what asks the other side the same for nobody: it is good when
	// the request is over, and keeps nothing of it. ctx bounds the question.
	Peek() func(ctx context.Context, ask Ask) (Reply, error)
}

// Due is how a request is to be answered.
type Due struct {
	Side Side
	// StandsIn is true where the old side answers if the new one does not.
	StandsIn bool
	// ByUser is true where the same request may be due for the other side when it is
	// for somebody else, and does not say whom it is for.
	ByUser bool
}

// Divider says for each request which side answers it.
type Divider interface {
	// Divides is false where the new side is due for all requests, and nobody stands
	// in: nearly always, in the end.
	Divides() bool
	// Due is how a request for target is to be answered.
	Due(ctx context.Context, target string) Due
	// Carry has a request for target, which is that of the service, be answered by
	// the side that is due. The error is that of the side asked last.
	Carry(ctx context.Context, target string, sides Sides) error
}

// due is how a request is to be answered.
func (s *Service) due(ctx context.Context, req *Request) Due {
	if s.divider == nil || !s.divider.Divides() {
		return Due{}
	}

	return s.divider.Due(ctx, req.target())
}

// hasMoved reports whether a request that goes by its user is due for another side
// than it was: whoever has answered, it is not for those who were due there.
func (a *asked[T]) hasMoved(ctx context.Context) bool {
	return a.due.ByUser && a.Service.due(ctx, &a.req) != a.due
}

// divided carries exchanges with a service that takes over from an older system.
type divided struct {
	by    Divider
	sides [2]exchanger // by [Side]
}

func (d *divided) get(ctx context.Context, target string, header *outbound, accept func(head) error, use func(head, []byte) error) error {
	return d.by.Carry(ctx, target, &exchange{divided: d, header: header, accept: accept, use: use})
}

// exchange is one exchange with either side.
type exchange struct {
	*divided

	header *outbound
	accept func(head) error
	use    func(head, []byte) error
	asked  bool // either side was
	tried  bool // the new side was asked
	failed bool // it, when it was
}

// Until is the end of who began the flight, which may last longer.
func (e *exchange) Until(ctx context.Context) (time.Time, bool) { return e.header.until(ctx) }

// Answer asks a side for whoever waits, and notes what an answer of the old one
// says about the replica: that it failed, or nothing, where it was not asked.
func (e *exchange) Answer(ctx context.Context, ask Ask) (Reply, error) {
	reply, err := e.answer(ctx, ask)
	if err == nil {
		e.header.side = ask.Side
	}

	if ask.Side == NewSide {
		e.tried, e.failed = true, err != nil
	} else {
		e.header.stoodIn, e.header.unasked = e.failed, !e.tried
	}

	return reply, err
}

func (e *exchange) answer(ctx context.Context, ask Ask) (Reply, error) {
	if ask.Patience > 0 {
		short := shorter(ctx, ask.Patience)
		defer short.release()

		ctx = short.life
	}

	header := e.header
	if ask.Patience > 0 || e.asked { // Else it has just been said.
		header.describeTime(ctx)
	}

	e.asked = true

	if ask.Side == NewSide && !ask.Keep && !ask.Personal {
		return Reply{}, e.sides[NewSide].get(ctx, ask.Target, header, e.accept, e.use)
	}

	shown := func(h head) head { return h }

	if ask.Side == OldSide {
		header = header.without("If-None-Match")
		shown = func(h head) head { return untagged{h} }
	}

	if ask.Personal {
		of := shown
		shown = func(h head) head { return private{of(h)} }
	}

	var reply Reply

	err := e.sides[ask.Side].get(ctx, ask.Target, header, func(h head) error { return e.accept(shown(h)) }, func(h head, body []byte) error {
		reply.Status = h.status()
		if ask.Keep {
			reply.Body = bytes.Clone(body) // It goes back to a pool.
		}

		return e.use(shown(h), body)
	})
	if status, said := statusOf(err); said {
		reply.Status = status.code
	}

	return reply, err
}

// Peek asks a side for nobody.
func (e *exchange) Peek() func(ctx context.Context, ask Ask) (Reply, error) {
	sides, was := e.sides, e.header.without("If-None-Match")

	return func(ctx context.Context, ask Ask) (reply Reply, err error) {
		header := was.without() // It may be asked more than once.
		header.describeTime(ctx)

		err = sides[ask.Side].get(ctx, ask.Target, header,
			func(h head) error { return check(h, Request{Names: true}, false) },
			func(h head, body []byte) error {
				reply.Status, reply.Body = h.status(), bytes.Clone(body)

				return nil
			})
		if status, said := statusOf(err); said {
			reply.Status, err = status.code, nil
		}

		return reply, err
	}
}

// untagged hides the entity tag of an answer of the old system: the new one is
// never asked whether what the old one has said still holds, nor the other way
// round, since both may count in the same way.
type untagged struct{ head }

func (u untagged) get(name string) string {
	if name == "Etag" {
		return ""
	}

	return u.head.get(name)
}

// private is an answer that is not for everybody, whatever its side says.
type private struct{ head }

func (p private) values(name string) []string {
	values := p.head.values(name)
	if name == "Cache-Control" && len(values) > 0 {
		return append(slices.Clip(values), "private")
	}

	return values
}

// without is a copy without some fields, which is bound to nobody's time.
func (o *outbound) without(names ...string) *outbound {
	rest := new(outbound)

	for _, field := range o.all() {
		if !slices.Contains(names, field.name) {
			rest.Set(field.name, field.value)
		}
	}

	return rest
}

// until is when the answer is of no more use: ctx ends, or whoever began the call
// has no more time.
func (o *outbound) until(ctx context.Context) (time.Time, bool) {
	end, bounded := ctx.Deadline()
	if !o.deadline.IsZero() && (!bounded || o.deadline.Before(end)) {
		return o.deadline, true
	}

	return end, bounded
}

// describeTime has it say how long that is from now on.
func (o *outbound) describeTime(ctx context.Context) {
	deadline, bounded := o.until(ctx)
	if !bounded {
		return
	}

	for i := range o.all() {
		if field := &o.fields[i]; field.name == timeoutField {
			field.value = milliseconds(deadline)
		}
	}
}
