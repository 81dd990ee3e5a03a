package resilience

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"storefront/internal/fault"
	"storefront/internal/telemetry"
	"storefront/internal/wire"
)

const (
	// maxBody is the most an upstream service may answer, in bytes.
	maxBody = 8 << 20
	// maxDrain is the longest unwanted body that is read, in bytes: it has most
	// likely arrived with its headers.
	maxDrain = 4 << 10
)

var errPanic = errors.New("panic")

// send is one HTTP exchange: request out, answer checked and decoded.
func send[T any](s *Service, req Request, deadline time.Time, read func(*wire.Reader) T) call[T] {
	return func(ctx context.Context) (v T, err error) {
		start := time.Now()

		defer func() { s.metrics.Sent(fault.KindOf(err), time.Since(start)) }()

		header := outboundHeader(ctx, deadline)

		ctx, span := s.tracer.StartOutbound(ctx, s.name, header)
		defer func() { telemetry.EndSpan(span, err) }()

		request, err := newRequest(ctx, s, req, header)
		if err != nil {
			return v, fault.Wrap(fault.Unavailable, err)
		}

		response, err := s.transport.RoundTrip(request)
		if err != nil {
			return v, fault.Wrap(transportKind(ctx, err), err)
		}

		defer func() { _ = response.Body.Close() }() // Nothing can be done about it.

		if err = check(response, req); err != nil {
			drain(response)

			return v, err
		}

		err = errPanic // for the span and the metrics, where decode does not return

		return decode(ctx, response, read)
	}
}

// outboundHeader is what a service is told about the request behind a call.
func outboundHeader(ctx context.Context, deadline time.Time) http.Header {
	header := http.Header{
		"Accept":     {"application/json"},
		"User-Agent": {"storefront"},
	}

	if id := telemetry.RecordFrom(ctx).RequestID; id != "" {
		header.Set("X-Request-Id", id)
	}

	if !deadline.IsZero() {
		left := max(0, time.Until(deadline).Milliseconds())
		header.Set("X-Request-Timeout-Ms", strconv.FormatInt(left, 10))
	}

	return header
}

func newRequest(ctx context.Context, s *Service, req Request, header http.Header) (*http.Request, error) {
	url := s.base + req.Path
	if req.Query != "" {
		url += "?" + req.Query
	}

	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err //nolint:wrapcheck // Wrapped by the caller with its kind.
	}

	request.Header = header

	return request, nil
}

// transportKind tells an answer that is late from one that cannot come.
func transportKind(ctx context.Context, err error) fault.Kind {
	if cause := context.Cause(ctx); cause != nil {
		return fault.KindOf(cause)
	}

	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fault.Timeout
	}

	return fault.Unavailable
}

// check refuses an answer that is not a 200 with JSON in bounds.
func check(response *http.Response, req Request) error {
	switch status := response.StatusCode; {
	case status == http.StatusNotFound && req.Names:
		return fault.New(fault.NotFound, "status 404")
	case status == http.StatusTooManyRequests:
		return fault.New(fault.Overload, "status 429")
	case status >= http.StatusInternalServerError:
		return fault.New(fault.Unavailable, "status %d", status)
	case status != http.StatusOK: // redirects too: an answer from elsewhere is not this service's
		return fault.New(fault.InvalidResponse, "status %d", status)
	case !isJSON(response.Header.Get("Content-Type")):
		return fault.New(fault.InvalidResponse, "content type is not JSON")
	case !strings.EqualFold(response.Header.Get("Content-Encoding"), "identity") && response.Header.Get("Content-Encoding") != "":
		return fault.New(fault.InvalidResponse, "content encoding was not asked for")
	case response.ContentLength > maxBody:
		return fault.New(fault.InvalidResponse, "body of %d bytes", response.ContentLength)
	}

	return nil
}

// isJSON reports whether a Content-Type is JSON. None at all is taken as JSON:
// the body will tell.
func isJSON(contentType string) bool {
	if contentType == "" || contentType == "application/json" {
		return true
	}

	media, _, err := mime.ParseMediaType(contentType)

	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}

func decode[T any](ctx context.Context, response *http.Response, read func(*wire.Reader) T) (v T, err error) {
	buffer := bodies.get()
	defer bodies.put(buffer)

	limited := &io.LimitedReader{R: response.Body, N: maxBody + 1}
	if _, err = buffer.ReadFrom(limited); err != nil {
		return v, fault.Wrap(transportKind(ctx, err), err)
	}

	if limited.N == 0 {
		return v, fault.New(fault.InvalidResponse, "body of more than %d bytes", maxBody)
	}

	if err = wire.Decode(buffer.Bytes(), func(r *wire.Reader) { v = read(r) }); err != nil {
		var none T

		return none, fault.Wrap(fault.InvalidResponse, err)
	}

	return v, nil
}

// drain reads a short unwanted body, so that its connection can be used again.
// A long one, one of unknown length, or one that does not come is dearer than a
// new connection.
func drain(response *http.Response) {
	const patience = 10 * time.Millisecond

	if response.ContentLength < 0 || response.ContentLength > maxDrain {
		return
	}

	giveUp := time.AfterFunc(patience, func() { _ = response.Body.Close() })
	defer giveUp.Stop()

	_, _ = io.Copy(io.Discard, response.Body) // A body that breaks off costs its connection.
}
