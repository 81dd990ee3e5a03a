package resilience

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"

	"storefront/internal/fault"
	"storefront/internal/h1"
)

// overLean carries exchanges with a near service over plain HTTP/1.1, at a
// fraction of what net/http takes.
type overLean struct {
	client *h1.Client
	prefix string // of each path
}

// newLean returns an exchanger with the service at base, whose scheme is http.
func newLean(base *url.URL, dial dialer) *overLean {
	const (
		maxIdle        = 256
		maxHeaderBytes = 64 << 10
	)

	addr := base.Host
	if base.Port() == "" {
		addr += ":80"
	}

	var header h1.Header

	header.Add("Accept", acceptJSON)
	header.Add("User-Agent", userAgent)

	return &overLean{
		prefix: base.EscapedPath(),
		client: h1.New(addr, base.Host, h1.Options{
			MaxIdle: maxIdle, IdleTimeout: idleTimeout, DialTimeout: dialTimeout, MaxHeader: maxHeaderBytes,
			Header: header, Dial: dial,
			Wanted: func(a *h1.Answer) bool { return a.Status == http.StatusOK },
		}),
	}
}

// leanCall is what one exchange needs, for the next one to use again.
type leanCall struct {
	header h1.Header
	answer h1.Answer
}

var leanCalls = sync.Pool{New: func() any { return new(leanCall) }} //nolint:gochecknoglobals // A pool is shared by nature.

func (o *overLean) get(ctx context.Context, target string, header *outbound, accept func(head) error, use func(head, []byte) error) error {
	call, _ := leanCalls.Get().(*leanCall)

	// After a panic it is left to the collector: nobody knows who still holds it.
	err := o.exchange(ctx, call, target, header, accept, use)

	if cap(call.answer.Body) <= maxPooled {
		leanCalls.Put(call)
	}

	return err
}

func (o *overLean) exchange(
	ctx context.Context, call *leanCall, target string, header *outbound, accept func(head) error, use func(head, []byte) error,
) error {
	call.header.Reset()

	for _, field := range header.all() {
		call.header.Add(field.name, field.value)
	}

	err := o.client.Get(ctx, o.prefix+target, &call.header, maxBody, &call.answer)

	switch {
	case errors.Is(err, h1.ErrTooLong):
		return errTooLong()
	case errors.Is(err, h1.ErrMalformed):
		return fault.Wrap(fault.Unavailable, err) // As net/http has it: there is no answer to speak of.
	case err != nil:
		return fault.Wrap(transportKind(ctx, err), err)
	}

	got := leanHead{&call.answer}
	if err = accept(got); err != nil {
		return err
	}

	return use(got, call.answer.Body)
}

// leanHead is the head of a lean answer.
type leanHead struct{ answer *h1.Answer }

func (h leanHead) status() int { return h.answer.Status }

func (h leanHead) get(name string) string { return string(h.answer.Header(name)) }

func (h leanHead) values(name string) []string {
	var values []string
	for value := range h.answer.Values(name) {
		values = append(values, string(value))
	}

	return values
}
