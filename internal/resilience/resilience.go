// Package resilience is the outbound pipe: what stands between a screen that
// wants a section and a service that may be late, gone or wrong.
//
// The order of the pipe is stated once, in [Get]. The package knows neither the
// services nor what their answers mean.
package resilience

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"storefront/internal/cache"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/need"
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
	// OfOne is true where an answer that cannot be read says nothing of others: it
	// is about one record, which may be broken in an old system that is well.
	OfOne bool
	// AnyContent is true where any Content-Type is taken: that of an old system says
	// little. The body has to be JSON all the same.
	AnyContent bool
	// Refused, where set, is called once for each answer that breaks the service's
	// contract and is not read for it: its status, content, coding or length is
	// none that is taken. It must be safe for concurrent use.
	Refused func()
	// Reading tells apart different readings of one answer, such as of other
	// fields: equal readings share calls and last good answers.
	Reading uint64
	// InParts has the answer not be kept whole: who asks keeps its parts, see
	// [Hold].
	InParts bool
	// About, where set, names whom the answer is about, such as "user:user_1",
	// beside what the answer itself names.
	About string
}

// target is the path with its query.
func (r *Request) target() string {
	if r.Query == "" {
		return r.Path
	}

	return r.Path + "?" + r.Query
}

// Sized is a decoded answer that can tell about how many bytes of memory it
// holds, so that a cache of answers can be bounded.
type Sized interface{ Size() int }

// call is one step of the pipe: everything inside it, seen from outside.
type call[T any] func(context.Context) (fresh.Value[T], error)

// Get reads an answer from s and decodes it with read. This is the outbound
// order, outermost step first:
//
//	at hand → stale-if-error → shedding → budget → coalescing → remember → second level →
//	bulkhead → retry → hedge → breaker of the replica → attempt timeout → send
//
// The first line is stated below, innermost step first, the second one in ask;
// the attempt timeout is that of the flight. An answer that could be had is
// fresh, or stale when the call failed, or was not made, and a last good answer
// is at hand. An error is always a *[fault.Error].
func Get[T Sized](ctx context.Context, s *Service, req Request, read func(*wire.Reader) T) (fresh.Value[T], error) {
	due := s.due(ctx, &req)
	own := scope(session.From(ctx), due)
	key := s.key(own, req)
	kept := s.find(key, req)

	v, refresh, atHand := usable[T](kept)
	if atHand && !refresh {
		s.Hit(ctx)

		return v, nil
	}

	a := &asked[T]{Service: s, own: own, due: due, req: req, kept: kept, read: read, refreshes: atHand}
	a.deadline, _ = ctx.Deadline()

	if atHand {
		a.deadline = time.Now().Add(s.attemptTimeout) // Of the new one; nobody waits for it.
		inBackground(ctx, s, key, a.answer(key))
		s.Hit(ctx)

		return v, nil
	}

	var source telemetry.Source // where the answer came from

	step := a.answer(key)
	step = coalesce(s, key, &source, step)
	step = a.landed(key, &source, step)
	step = budget(step)
	step = shed(s, step)

	return a.staleIfError(ctx, key, &source, step)
}

// asked is one call, with what its innermost steps need to know.
type asked[T Sized] struct {
	*Service

	own      whose // the answer is, unless it is for anybody
	due      Due
	req      Request
	deadline time.Time
	kept     *Kept // nil: nothing that the service could be asked about
	read     func(*wire.Reader) T
	// refreshes is true where an old answer is shown meanwhile.
	refreshes bool
	// tried are the replicas that were asked.
	tried atomic.Uint64
	// had is what the second level had, once the flight that asked it is over.
	had atomic.Int32
	// extras are the retries and hedges so far.
	extras atomic.Int32
}

// answer has the service asked, or who shares its answers, and notes what the
// answer is good for.
func (a *asked[T]) answer(key string) call[T] {
	return remember(a.Service, key, a.own, a.req, a.secondLevel)
}

// Hit notes an answer that took no call.
func (s *Service) Hit(ctx context.Context) {
	s.metrics.Saved(telemetry.Hit)
	telemetry.RecordFrom(ctx).AddCall(telemetry.Call{Service: s.name, Source: telemetry.Hit})
}

// whose says whom an answer may be shown to; it begins each key. The digest of
// a principal is longer than any of the other words.
type whose string

// anybody is whose answers are that may be shown to all.
const anybody whose = "public"

// personal is the scope of one principal.
func personal(who session.Principal) whose {
	if who == "" {
		return "anonymous"
	}

	return whose(who)
}

// scope is the scope of one principal in which answers to a request are used. Where
// users are divided, each side has its own: whom a request is about may not be in
// the request.
func scope(who session.Principal, due Due) whose {
	if due.ByUser {
		return personal(who) + "@" + whose(due.Side.String())
	}

	return personal(who)
}

// key holds all that an answer depends on: who asks, whom, and for what. What
// a client has written comes last.
func (s *Service) key(of whose, req Request) string {
	const base = 36

	return string(of) + " " + s.name + " " + strconv.FormatUint(req.Reading, base) + " " + req.Path + "?" + req.Query
}

// remember keeps a good answer as the last good one.
func remember[T Sized](s *Service, key string, own whose, req Request, next func(context.Context) (received[T], error)) call[T] {
	return func(ctx context.Context) (v fresh.Value[T], err error) {
		began := time.Now()
		answer, err := next(ctx)
		if answer.moved {
			return fresh.Now(answer.value), err
		}

		switch fault.KindOf(err) { //nolint:exhaustive // The other kinds say nothing about the last good answer.
		case fault.None:
			v = fresh.Value[T]{Of: answer.value, Status: keep(s, own, req, answer.value, answer.freshness, began)}

			good := cache.Good{
				Value: answer.value, Size: answer.value.Size(), Age: answer.age, MaxAge: s.lastGood.MaxAge(), Began: began, About: req.About,
			}
			if answer.hasIfError {
				good.MaxAge = answer.age + answer.lifetime + answer.ifError
			}

			s.lastGood.Keep(key, good)
		case fault.NotFound:
			s.lastGood.Drop(key)
			s.forget(own, req)
		}

		return v, err
	}
}

// coalesce lets concurrent equal calls share one. A caller that joined a flight
// late, and sees it run out of time while it has time itself, starts another.
func coalesce[T any](s *Service, key string, source *telemetry.Source, next call[T]) call[T] {
	fly := func(ctx context.Context) (any, error) { return next(ctx) }

	return func(ctx context.Context) (none fresh.Value[T], err error) {
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

		typed, ok := v.(fresh.Value[T])
		if !ok {
			return none, fault.New(fault.InvalidResponse, "two readings of one answer share a key")
		}

		return typed, nil
	}
}

// inBackground has a new answer fetched, unless it is being fetched, while an
// old one is shown.
func inBackground[T any](ctx context.Context, s *Service, key string, next call[T]) {
	if s.flights.running(key) {
		return
	}

	// Nobody waits for it: it is worth no extra calls.
	ctx, cancel := context.WithTimeout(need.With(context.WithoutCancel(ctx), need.Wanted{}), s.attemptTimeout)

	// Joined here, so that who asks next finds it running.
	flight, _ := s.flights.join(ctx, key, func(ctx context.Context) (any, error) { return next(ctx) })

	go func() {
		defer cancel()

		_, _ = s.flights.wait(ctx, key, flight) // The metrics tell.
	}()
}

// shed makes no call for a section that the page can do without while there is
// too much to do.
func shed[T any](s *Service, next call[T]) call[T] {
	return func(ctx context.Context) (v fresh.Value[T], err error) {
		if need.From(ctx).Shed {
			s.metrics.Refused(telemetry.ShedSection)

			return v, fault.New(fault.Overload, "optional sections are shed")
		}

		return next(ctx)
	}
}

// budget starts nothing when time is up, and gives errors their kind.
func budget[T any](next call[T]) call[T] {
	return func(ctx context.Context) (v fresh.Value[T], err error) {
		if err = ctx.Err(); err == nil {
			v, err = next(ctx)
		}

		return v, fault.Of(err)
	}
}

// staleIfError lets the last good answer stand in for a call that failed,
// however it failed, unless the service says that there is no such thing.
func (a *asked[T]) staleIfError(ctx context.Context, key string, source *telemetry.Source, next call[T]) (fresh.Value[T], error) {
	start := time.Now()
	answer, err := next(ctx)
	failure := err

	if kind := fault.KindOf(err); kind != fault.None {
		answer = fresh.None[T](kind)

		if old, age, ok := lastGood[T](a.lastGood, key, kind); ok {
			answer, err = fresh.Old(old, kind, age), nil
			*source = telemetry.Stale
		}
	}

	if *source != "" {
		a.metrics.Saved(*source)
	}

	telemetry.RecordFrom(ctx).AddCall(telemetry.Call{
		Service: a.name, Duration: time.Since(start), Source: *source, Extra: int(a.extras.Load()), Err: failure,
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
