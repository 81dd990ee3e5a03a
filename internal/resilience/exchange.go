package resilience

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"time"

	"storefront/internal/fault"
)

const (
	acceptJSON = "application/json"
	userAgent  = "storefront"
)

// exchanger carries one request to a service and its whole answer back.
type exchanger interface {
	// get sends GET target, which is relative to the service's base URL. The
	// head of the answer is shown to accept before its body is used; an error of
	// accept ends the exchange and is returned. Other errors have a kind. use
	// gets the body, which it must not keep.
	get(ctx context.Context, target string, header *outbound, accept func(head) error, use func(head, []byte) error) error
}

// head is what comes before the body of an answer.
type head interface {
	status() int
	get(name string) string
	values(name string) []string
}

// dialer opens a connection; nil is a [net.Dialer].
type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// outbound is what a request says beside what all say. It is a carrier for the
// trace.
type outbound struct {
	fields [6]outboundField
	n      int
	// deadline is when the time of whoever began the call is up; zero is never.
	deadline time.Time
	// stoodIn is true once the old side was asked for a replica that failed, unasked
	// once it was for one that was not asked.
	stoodIn, unasked bool
	// side is the one that has answered last.
	side Side
}

type outboundField struct{ name, value string }

// Set adds a field; there is room for all that are ours.
func (o *outbound) Set(name, value string) {
	if o.n < len(o.fields) {
		o.fields[o.n] = outboundField{name, value}
		o.n++
	}
}

// Get returns the value of a field.
func (o *outbound) Get(name string) string {
	for _, field := range o.all() {
		if field.name == name {
			return field.value
		}
	}

	return ""
}

// Keys are the names of all fields.
func (o *outbound) Keys() []string {
	names := make([]string, o.n)
	for i, field := range o.all() {
		names[i] = field.name
	}

	return names
}

func (o *outbound) all() []outboundField { return o.fields[:o.n] }

// overTransport carries exchanges over net/http: TLS, HTTP/2 and all.
type overTransport struct {
	base      string
	transport http.RoundTripper
}

func (o *overTransport) get(ctx context.Context, target string, header *outbound, accept func(head) error, use func(head, []byte) error) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.base+target, http.NoBody)
	if err != nil {
		return fault.Wrap(fault.Unavailable, err)
	}

	request.Header = http.Header{"Accept": {acceptJSON}, "User-Agent": {userAgent}}
	for _, field := range header.all() {
		request.Header.Set(field.name, field.value)
	}

	response, err := o.transport.RoundTrip(request)
	if err != nil {
		return fault.Wrap(transportKind(ctx, err), err)
	}

	defer func() { _ = response.Body.Close() }() // Nothing can be done about it.

	got := transportHead{response}

	err = accept(got)
	if err == nil && response.ContentLength > maxBody {
		err = errTooLong()
	}

	if err != nil {
		drain(response)

		return err
	}

	buffer := bodies.get()
	defer bodies.put(buffer)

	limited := &io.LimitedReader{R: response.Body, N: maxBody + 1}
	if _, err = buffer.ReadFrom(limited); err != nil {
		return fault.Wrap(transportKind(ctx, err), err)
	}

	if limited.N == 0 {
		return errTooLong()
	}

	return use(got, buffer.Bytes())
}

// transportHead is the head of an answer over net/http.
type transportHead struct{ response *http.Response }

func (h transportHead) status() int { return h.response.StatusCode }

func (h transportHead) get(name string) string { return h.response.Header.Get(name) }

func (h transportHead) values(name string) []string {
	return slices.Clip(h.response.Header.Values(name))
}

func errTooLong() error {
	return fault.New(fault.InvalidResponse, "body of more than %d bytes", maxBody)
}
