package strangler

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"storefront/internal/fault"
	"storefront/internal/telemetry"
)

// passage is one request that is being passed on: it asks either side for it
// and keeps the answer that counts. It is the [Sides] of a way.
type passage struct {
	of      *Transport
	request *http.Request // the client's; never changed
	record  *telemetry.Record
	route   *route
	service string // that takes the route over
	safe    bool   // it may be sent more than once

	upload   *upload        // the client's body; nil: it has none, or it is not known yet
	response *http.Response // of the side asked last; nil: none
}

// closeRequest closes a body that nobody has taken.
func (c *passage) closeRequest() {
	if c.request.Body != nil && (c.upload == nil || !c.upload.sent) {
		_ = c.request.Body.Close() // Nothing can be done about it.
	}
}

// discard forgets an answer that does not count.
func (c *passage) discard() {
	if c.response != nil {
		_ = c.response.Body.Close() // Nothing can be done about it.
		c.response = nil
	}
}

// Answer asks a side for the client. There is an answer once its header is here;
// where somebody else can give one, once it is known that it does not break off.
func (c *passage) Answer(ctx context.Context, ask Ask) (Reply, error) {
	c.discard()

	l := newLeash(ctx, c.request.Context(), ask.Patience) // The context of all that follows.
	call := telemetry.Call{Service: nameOf(ask.Side, c.service)}
	start := time.Now()

	from, response, err := c.exchange(l, ask, c.left(ctx, ask)) //nolint:contextcheck // It is l.
	call.Duration = time.Since(start)

	if err == nil && ask.Patience > 0 {
		err = settle(c.request.Method, response)
	}

	if late := l.release(); err == nil { //nolint:contextcheck // It is l.
		err = late
	}

	if err != nil {
		if call.Err = blame(l, err); c.upload != nil && c.upload.broken() != nil { //nolint:contextcheck // It is l.
			call.Err = fault.Wrap(fault.Canceled, c.upload.broken()) // The client's, and no side's failure.
		}

		if !errors.Is(err, errNoMatch) { // It was none.
			c.record.AddCall(call)
		}

		l.cancel(nil)

		if response != nil {
			_ = response.Body.Close() // It is of no use.
		}

		return Reply{}, call.Err
	}

	var of *route // whose paths they are
	if ask.Side == New {
		of = c.route

		markAnswer(response.Header)
	}

	hideOrigin(response.Header, from, of)

	if ask.Personal {
		keepPersonal(response.Header)
	}

	return c.keep(l, ask, response, call), nil
}

// Until is when an answer has to begin. With a body that is not known: the time
// begins when it has ended.
func (c *passage) Until(ctx context.Context) (time.Time, bool) { return ctx.Deadline() }

// nameOf is what a side is called in the log.
func nameOf(side Side, service string) string {
	if side == Old || service == "" {
		return side.String()
	}

	return service
}

// left is what is left of the time in which an answer is to begin.
func (c *passage) left(ctx context.Context, ask Ask) time.Duration {
	left := c.of.budget // Of a request with a body it begins when that has ended.
	if deadline, bounded := ctx.Deadline(); bounded {
		left = time.Until(deadline)
	}

	if ask.Patience > 0 {
		left = min(left, ask.Patience)
	}

	return left
}

// exchange sends the request to a side. from is where the answer comes from.
func (c *passage) exchange(l *leash, ask Ask, left time.Duration) (from *url.URL, response *http.Response, err error) {
	out := c.request.Clone(l)
	out.Host, out.RequestURI, out.Close = "", "", false
	out.Trailer = c.request.Trailer // The same: it is filled once the body has ended.

	if c.upload != nil {
		out.Body = c.upload
	}

	if !conditionsFor(out.Header, ask.Side) {
		return nil, nil, fault.Wrap(fault.NotFound, errNoMatch) // It is our own answer, of which no side knows.
	}

	if !c.safe {
		once(out.Header)
	}

	describe(out.Header, c.record.RequestID, left)

	ctx, span := c.startSpan(l, out.Header, ask.Side)
	defer func() { telemetry.EndSpan(span, err) }()

	from, response, err = c.of.send(out.WithContext(ctx), ask, c.service, left, c.safe)
	if err == nil {
		err = sound(response)
	}

	return from, response, err
}

// sound refuses a status that is none: nobody could pass it on.
func sound(response *http.Response) error {
	const last = 599

	if status := response.StatusCode; status < http.StatusOK || status > last {
		return fault.New(fault.InvalidResponse, "status %d, which is none", status)
	}

	return nil
}

func (c *passage) startSpan(ctx context.Context, h http.Header, side Side) (context.Context, trace.Span) {
	delete(h, "Tracestate") // It goes with the traceparent, which is ours now.

	return c.of.tracer.StartOutbound(ctx, nameOf(side, c.service), propagation.HeaderCarrier(h))
}

// describe tells a side about the request behind a call.
func describe(h http.Header, requestID string, left time.Duration) {
	if requestID != "" {
		h.Set("X-Request-Id", requestID)
	}

	h.Set("X-Request-Timeout-Ms", strconv.FormatInt(max(0, left.Milliseconds()), 10))
}

// once has a request without a body that changes something be sent once. With an
// idempotency key net/http would send it again where a connection breaks, as it
// may; but whether it may is its client's to say. net/http looks for the fields in
// their canonical form alone.
func once(h http.Header) {
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if values, said := h[name]; said {
			delete(h, name)
			h[strings.ToLower(name)] = values
		}
	}
}

// behind puts a target behind a base URL, byte for byte.
func behind(base *url.URL, target string) (*url.URL, error) {
	escaped, query, has := strings.Cut(target, "?")

	path, err := url.PathUnescape(escaped)
	if err != nil {
		return nil, err //nolint:wrapcheck // It is wrapped where it has a kind.
	}

	u := *base
	u.Path, u.RawPath = base.Path+path, base.EscapedPath()+escaped
	u.RawQuery, u.ForceQuery = query, has && query == ""

	return &u, nil
}

// unreached reports whether a request failed before any of it was sent.
func unreached(err error) bool {
	dial, is := errors.AsType[*net.OpError](err)

	return is && dial.Op == "dial"
}

// blame gives an error its kind: who has left, was late, or is not there.
func blame(ctx context.Context, err error) error {
	if _, has := errors.AsType[*fault.Error](err); has {
		return err
	}

	return fault.Wrap(kindOf(ctx, err), err)
}

func kindOf(ctx context.Context, err error) fault.Kind {
	if cause := context.Cause(ctx); cause != nil {
		return fault.KindOf(cause)
	}

	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fault.Timeout
	}

	return fault.Unavailable
}

// Peek asks a side for nobody. It keeps no more of the request than its header.
func (c *passage) Peek() func(ctx context.Context, ask Ask) (Reply, error) {
	of, service, method := c.of, c.service, c.request.Method
	id, span := c.record.RequestID, c.record.Span
	header := c.request.Header.Clone()

	for _, name := range []string{
		"If-None-Match", "If-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range", "Accept-Encoding", "Expect", "Tracestate",
	} {
		delete(header, name)
	}

	return func(ctx context.Context, ask Ask) (Reply, error) {
		out, err := http.NewRequestWithContext(ctx, method, "http://side", http.NoBody)
		if err != nil {
			return Reply{}, fault.Wrap(fault.Unavailable, err)
		}

		left := of.budget
		if deadline, bounded := ctx.Deadline(); bounded {
			left = time.Until(deadline)
		}

		out.Header, out.Host = header.Clone(), "" // It may be asked more than once.
		describe(out.Header, id, left)

		traced := telemetry.WithRecord(ctx, &telemetry.Record{RequestID: id, Span: span})
		traced, asked := of.tracer.StartOutbound(traced, nameOf(ask.Side, service), propagation.HeaderCarrier(out.Header))

		reply, err := of.peek(out.WithContext(traced), ask, service, left)
		telemetry.EndSpan(asked, err)

		return reply, err
	}
}

// peek reads a whole answer, which must not be too long.
func (t *Transport) peek(out *http.Request, ask Ask, service string, left time.Duration) (Reply, error) {
	_, response, err := t.send(out, ask, service, left, true)
	if err != nil {
		return Reply{}, blame(out.Context(), err)
	}

	defer func() { _ = response.Body.Close() }() // Nothing can be done about it.

	reply := Reply{Status: response.StatusCode, Encoding: response.Header.Get("Content-Encoding")}

	if err := sound(response); err != nil {
		return reply, err
	}

	body, whole, err := readHead(response)
	if err != nil {
		return reply, blame(out.Context(), err)
	}

	if !whole {
		return reply, fault.New(fault.InvalidResponse, "a body of more than %d bytes", maxKept)
	}

	reply.Body = slices.Clip(body)

	return reply, nil
}
