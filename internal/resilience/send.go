package resilience

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net"
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

// received is an answer that was accepted, and what its service lets be done
// with it.
type received[T any] struct {
	freshness

	value T
	// body is a copy of the body where the second level is to have it.
	body []byte
	// unchanged is true where the service said that the kept answer still holds.
	unchanged bool
	// stoodIn is true of what the old side says where the replica failed, unasked
	// where it was not asked.
	stoodIn, unasked bool
	// side is the one that it is from.
	side Side
	// moved is true of an answer that nobody else may have: it may be that of
	// another side than was due when it was asked for.
	moved bool
	// age is how old it is, where it does not come from the service.
	age time.Duration
}

// send is one HTTP exchange: request out, answer checked and decoded. Where an
// answer is kept that is no longer fresh, the service is asked whether it still
// holds.
func send[T any](s *Service, on *replica, req Request, deadline time.Time, kept *Kept, read func(*wire.Reader) T) func(context.Context) (received[T], error) {
	target := req.target()
	old, revalidates := revalidated[T](kept)

	return func(ctx context.Context) (v received[T], err error) {
		start := time.Now()

		defer func() { s.metrics.Sent(fault.KindOf(err), time.Since(start)) }()

		header := new(outbound)
		header.describe(ctx, deadline)
		if revalidates {
			header.Set("If-None-Match", kept.terms.etag)
		}

		ctx, span := s.tracer.StartOutbound(ctx, s.name, header)
		defer func() { telemetry.EndSpan(span, err) }()
		defer func() { req.noteRefusal(err) }()

		err = errPanic // for the span and the metrics, where decoding does not return

		err = on.exchange.get(ctx, target, header,
			func(h head) error { return check(h, req, revalidates) },
			func(h head, body []byte) error {
				v.freshness = freshnessOf(h)

				if h.status() == http.StatusNotModified {
					v.value, v.unchanged, v.freshness = old, true, kept.renewed(v.freshness, h)

					return nil
				}

				if !isJSON(h.get("Content-Type")) && !opens(body) {
					return errNotJSON()
				}

				v.body = s.copied(v.freshness, body)

				return decode(body, read, &v.value)
			})
		v.stoodIn, v.unasked, v.side = header.stoodIn, header.unasked, header.side

		return v, err
	}
}

// revalidated returns the kept answer that a service can be asked about.
func revalidated[T any](kept *Kept) (old T, ok bool) {
	if kept == nil || kept.terms.etag == "" {
		return old, false
	}

	old, ok = kept.value.(T)

	return old, ok
}

// renewed is what the head of a 304 says of a kept answer; one that says nothing
// of its use leaves it as it was (RFC 9111, 3.2).
func (k *Kept) renewed(f freshness, h head) freshness {
	if f.etag == "" {
		f.etag = k.terms.etag
	}

	if len(h.values("Cache-Control")) > 0 || len(h.values("Vary")) > 0 {
		return f
	}

	was := k.terms
	was.etag = f.etag

	return was
}

// describe tells a service about the request behind a call.
func (o *outbound) describe(ctx context.Context, deadline time.Time) {
	if id := telemetry.RecordFrom(ctx).RequestID; id != "" {
		o.Set("X-Request-Id", id)
	}

	o.deadline = deadline

	if !deadline.IsZero() {
		o.Set(timeoutField, milliseconds(deadline))
	}
}

// timeoutField says how many whole milliseconds of a budget are left.
const timeoutField = "X-Request-Timeout-Ms"

func milliseconds(deadline time.Time) string {
	const base = 10

	return strconv.FormatInt(max(0, time.Until(deadline).Milliseconds()), base)
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

// unreached reports whether a request was refused before any of it was sent.
func unreached(err error) bool {
	dial, is := errors.AsType[*net.OpError](err)

	return is && dial.Op == "dial" && fault.KindOf(err) == fault.Unavailable
}

// check refuses an answer that is not a 200 with JSON in bounds, nor a 304 that
// was asked for.
func check(h head, req Request, revalidates bool) error {
	status := h.status()

	switch {
	case status == http.StatusNotModified && revalidates:
		return nil
	case status == http.StatusNotFound && req.Names:
		return refusal(fault.NotFound, h)
	case status == http.StatusTooManyRequests:
		return refusal(fault.Overload, h)
	case status >= http.StatusInternalServerError:
		return refusal(fault.Unavailable, h)
	case status != http.StatusOK: // redirects too: an answer from elsewhere is not this service's
		return refusal(fault.InvalidResponse, h)
	case !req.AnyContent && !isJSON(h.get("Content-Type")):
		return errNotJSON()
	}

	if coding := h.get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return fault.New(fault.InvalidResponse, "content encoding was not asked for")
	}

	return nil
}

// noteRefusal tells who asked of an answer that was refused unread.
func (r *Request) noteRefusal(err error) {
	if r.Refused != nil && fault.KindOf(err) == fault.InvalidResponse && !isContent(err) {
		r.Refused()
	}
}

// refusal is an answer of a status that is not wanted.
func refusal(kind fault.Kind, h head) error {
	return fault.Wrap(kind, &statusError{code: h.status(), after: retryAfter(h.get("Retry-After"))})
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

func errNotJSON() error { return fault.New(fault.InvalidResponse, "content type is not JSON") }

// opens reports whether a body begins as an object or a list of JSON does: what is
// neither called JSON nor looks like it is a page of whoever stands before a
// service, and no broken answer of its own.
func opens(body []byte) bool {
	body = bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\ufeff")), " \t\r\n")

	return len(body) > 0 && (body[0] == '{' || body[0] == '[')
}

// decode reads a body into v, which stays as it is when the body is wrong.
func decode[T any](body []byte, read func(*wire.Reader) T, v *T) error {
	var decoded T

	if err := wire.Decode(body, func(r *wire.Reader) { decoded = read(r) }); err != nil {
		return fault.Wrap(fault.InvalidResponse, err)
	}

	*v = decoded

	return nil
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
