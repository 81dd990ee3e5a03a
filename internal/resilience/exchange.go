package resilience

import (
	"context"
	"io"
	"net/http"

	"storefront/internal/fault"
)

// exchanger carries one request to a service and its whole answer back.
type exchanger interface {
	// get sends GET target, which is relative to the service's base URL. The
	// head of the answer is shown to accept before its body is read; an error of
	// accept ends the exchange and is returned. Other errors have a kind. use
	// gets the body, which it must not keep.
	get(ctx context.Context, target string, header http.Header, accept func(head) error, use func(head, []byte) error) error
}

// head is what comes before the body of an answer.
type head struct {
	status int
	header http.Header
	// length is the body's length, -1 where it is not known ahead.
	length int64
}

// overTransport carries exchanges over net/http: TLS, HTTP/2 and all.
type overTransport struct {
	base      string
	transport http.RoundTripper
}

func (o *overTransport) get(
	ctx context.Context, target string, header http.Header, accept func(head) error, use func(head, []byte) error,
) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.base+target, http.NoBody)
	if err != nil {
		return fault.Wrap(fault.Unavailable, err)
	}

	request.Header = header

	response, err := o.transport.RoundTrip(request)
	if err != nil {
		return fault.Wrap(transportKind(ctx, err), err)
	}

	defer func() { _ = response.Body.Close() }() // Nothing can be done about it.

	got := head{status: response.StatusCode, header: response.Header, length: response.ContentLength}
	if err = accept(got); err != nil {
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

func errTooLong() error {
	return fault.New(fault.InvalidResponse, "body of more than %d bytes", maxBody)
}
