// Package resilience is the outbound pipe: what stands between a screen that
// wants a section and a service that may be late, gone or wrong.
//
// The order of the pipe is stated once, in [Get]. The package knows neither the
// services nor what their answers mean.
package resilience

import (
	"context"
	"strconv"
	"time"

	"storefront/internal/cache"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/session"
	"storefront/internal/telemetry"
	"storefront/internal/wire"
)

// Request is one read from a service.
type Request struct {
	// Path is relative to the service's base URL, starts with a slash and is
	// escaped; Query is encoded, without the question mark.
	Path, Query string
	// Names is true where the path names one thing, so that 404 means "no such
	// thing" and not "no such path".
	Names bool
	// Reading tells apart different readings of one answer, such as of other
	// fields: equal readings share calls and last good answers.
	Reading uint64
}

// Sized is a decoded answer that can tell about how many bytes of memory it
// holds, so that a cache of answers can be bounded.
type Sized interface{ Size() int }

// call is one step of the pipe: everything inside it, seen from outside.
type call[T any] func(context.Context) (T, error)

// Get reads an answer from s and decodes it with read. This is the outbound
// order, outermost step first:
//
//	stale-if-error → budget → coalescing → (bulkhead → retry → breaker → hedge →) attempt timeout → remember → send
//
// The steps in brackets have their place but are not there yet; the statements
// below stand innermost first. An answer that could be had is fresh, or stale
// when the call failed and a last good answer is at hand. An error is always a
// *[fault.Error].
func Get[T Sized](ctx context.Context, s *Service, req Request, read func(*wire.Reader) T) (fresh.Value[T], error) {
	key := cacheKey(ctx, s, req)
	deadline, _ := ctx.Deadline()

	var source telemetry.Source // where the answer came from

	step := send(s, req, deadline, read)
	step = remember(s, key, step)
	step = attemptTimeout(s, step)
	step = coalesce(s, key, &source, step)
	step = budget(step)

	return staleIfError(ctx, s, key, &source, step)
}

// cacheKey holds all that an answer depends on: who asks, whom, and for what.
func cacheKey(ctx context.Context, s *Service, req Request) string {
	return string(session.From(ctx)) + "\x00" + s.name + "\x00" + strconv.FormatUint(req.Reading, 36) + "\x00" + req.Path + "?" + req.Query
}

// remember keeps a good answer as the last good one.
func remember[T Sized](s *Service, key string, next call[T]) call[T] {
	return func(ctx context.Context) (T, error) {
		v, err := next(ctx)

		switch fault.KindOf(err) { //nolint:exhaustive // The other kinds say nothing about the last good answer.
		case fault.None:
			s.lastGood.Put(key, v, v.Size())
		case fault.NotFound:
			s.lastGood.Drop(key)
		}

		return v, err
	}
}

// attemptTimeout bounds one attempt, whoever waits for it.
func attemptTimeout[T any](s *Service, next call[T]) call[T] {
	return func(ctx context.Context) (T, error) {
		ctx, cancel := context.WithTimeout(ctx, s.attemptTimeout)
		defer cancel()

		return next(ctx)
	}
}

// coalesce lets concurrent equal calls share one. A caller that joined a flight
// late, and sees it run out of time while it has time itself, starts another.
func coalesce[T any](s *Service, key string, source *telemetry.Source, next call[T]) call[T] {
	return func(ctx context.Context) (none T, err error) {
		fly := func(ctx context.Context) (any, error) { return next(ctx) }

		v, shared, err := s.flights.do(ctx, key, fly)
		if shared && fault.KindOf(err) == fault.Timeout && ctx.Err() == nil {
			v, shared, err = s.flights.do(ctx, key, fly)
		}

		if err != nil {
			return none, err
		}

		if shared {
			*source = telemetry.Coalesced
		}

		typed, ok := v.(T)
		if !ok {
			return none, fault.New(fault.InvalidResponse, "two readings of one answer share a key")
		}

		return typed, nil
	}
}

// budget starts nothing when time is up, and gives errors their kind.
func budget[T any](next call[T]) call[T] {
	return func(ctx context.Context) (v T, err error) {
		if err = ctx.Err(); err == nil {
			v, err = next(ctx)
		}

		return v, fault.Of(err)
	}
}

// staleIfError lets the last good answer stand in for a call that failed,
// however it failed, unless the service says that there is no such thing.
func staleIfError[T any](ctx context.Context, s *Service, key string, source *telemetry.Source, next call[T]) (fresh.Value[T], error) {
	start := time.Now()
	v, err := next(ctx)
	failure := err

	answer := fresh.Now(v)
	if kind := fault.KindOf(err); kind != fault.None {
		answer = fresh.None[T](kind)

		if old, age, ok := lastGood[T](s.lastGood, key, kind); ok {
			answer, err = fresh.Old(old, kind, age), nil
			*source = telemetry.Stale
		}
	}

	if *source != "" {
		s.metrics.Saved(*source)
	}

	telemetry.RecordFrom(ctx).AddCall(telemetry.Call{
		Service: s.name, Duration: time.Since(start), Source: *source, Err: failure,
	})

	return answer, err
}

func lastGood[T any](c *cache.LastGood, key string, why fault.Kind) (value T, age time.Duration, ok bool) {
	if why == fault.NotFound || why == fault.Canceled {
		return value, 0, false
	}

	v, age, ok := c.Get(key)
	if !ok {
		return value, 0, false
	}

	value, ok = v.(T)

	return value, age, ok
}
