package resilience

import (
	"context"
	"time"

	"storefront/internal/cache"
	"storefront/internal/fresh"
	"storefront/internal/session"
)

// Answers are decoded answers that may be used again, by all that their use
// depends on.
type Answers = cache.Store[*Kept]

// NewAnswers returns a place for answers of at most maxBytes together; 0 keeps
// none.
func NewAnswers(maxBytes int64) *Answers { return cache.NewStore[*Kept](maxBytes) }

// Ground lets nobody join the calls that are under way: what they bring has been
// purged. Those who wait get it all the same.
func (s *Service) Ground() { s.flights.ground() }

// Kept is a decoded answer that may be used again. It is shared between
// requests and read-only.
type Kept struct {
	value      any
	terms      freshness // as it came
	until      time.Time // fresh until
	revalidate time.Time // usable until, while a new one is fetched
}

// Tagged is an answer that can name what it is about, such as
// "product:prod_1", so that it can be purged when that changes.
type Tagged interface{ Tags() []string }

// tagsOf names what an answer to req is about.
func tagsOf(value any, req Request) (tags []string) {
	if tagged, ok := value.(Tagged); ok {
		tags = tagged.Tags()
	}

	if req.About != "" {
		tags = append(tags, req.About)
	}

	return tags
}

// keeping is how long an answer that is no longer fresh is kept to be
// revalidated: longer than that it is cheaper to hold than to ask anew.
const keeping = 10 * time.Minute

// find returns the answer that is kept for a request: the principal's own, or
// one that may be shown to anybody. It may be no longer fresh.
// own is the key of the principal's.
func (s *Service) find(own string, req Request) *Kept {
	if s.answers == nil || !s.answers.Used() {
		return nil
	}

	item, found := s.answers.Get(own)
	if found && time.Now().Before(item.Value.until) {
		return item.Value
	}

	// Somebody else may have brought a newer one that all may see.
	if open, foundOpen := s.answers.Get(s.key(anybody, req)); foundOpen && (!found || open.Value.until.After(item.Value.until)) {
		return open.Value
	}

	if !found {
		return nil
	}

	return item.Value
}

// forget drops what is kept for a request.
func (s *Service) forget(own whose, req Request) {
	if s.answers != nil && s.answers.Used() {
		s.answers.Drop(s.key(own, req))
		s.answers.Drop(s.key(anybody, req))
	}
}

// keep keeps an answer as its headers allow, and returns how it stands.
// began is when it was asked for: it is not younger than that.
func keep[T Sized](s *Service, own whose, req Request, v T, f freshness, began time.Time) fresh.Status {
	status := fresh.Status{Public: f.public}
	if f.lifetime > 0 && f.store {
		status.Until = began.Add(f.lifetime)
	}

	if s.answers == nil || req.InParts {
		return status
	}

	if !f.store || (f.lifetime <= 0 && f.revalidate <= 0 && f.etag == "") {
		s.forget(own, req) // An older one must not be shown any more.

		return status
	}

	kept := &Kept{
		value: v, terms: f, until: began.Add(f.lifetime), revalidate: began.Add(f.lifetime + f.revalidate),
	}

	end := kept.revalidate
	if f.etag != "" {
		end = end.Add(keeping)
	}

	if f.public {
		own = anybody
	}

	s.answers.Put(s.key(own, req), &cache.Item[*Kept]{Value: kept, Size: v.Size(), Began: began, End: end, Tags: tagsOf(v, req)})

	return status
}

// usable returns what is kept, if it is of the wanted type and may be used;
// refresh is true where it may only be used while a new one is fetched.
func usable[T any](kept *Kept) (v fresh.Value[T], refresh, ok bool) {
	if kept == nil {
		return v, false, false
	}

	now := time.Now()

	switch v.Of, ok = kept.value.(T); {
	case !ok:
		return v, false, false
	case now.Before(kept.until):
		v.Status = fresh.Status{Until: kept.until, Public: kept.terms.public}

		return v, false, true
	default: // Its service lets it be shown once more, not kept in pages.
		return v, true, now.Before(kept.revalidate)
	}
}

// Held returns the answer to req if a fresh one is at hand, without a call.
func Held[T any](ctx context.Context, s *Service, req Request) (fresh.Value[T], bool) {
	own := scope(session.From(ctx), s.due(ctx, &req))
	v, refresh, ok := usable[T](s.find(s.key(own, req), req))

	return v, ok && !refresh
}

// Hold keeps v as the answer to req, on the terms of the answer to of that it came
// with, as one of several, say; began is when that one was asked for. What the
// other side would be asked for is not kept.
func Hold[T Sized](ctx context.Context, s *Service, of, req Request, v T, with fresh.Status, began time.Time) {
	due := s.due(ctx, &req)
	if due.Side != s.due(ctx, &of).Side {
		return
	}

	if with.State == fresh.Fresh && with.Until.After(began) {
		keep(s, scope(session.From(ctx), due), req, v, freshness{store: true, public: with.Public, lifetime: with.Until.Sub(began)}, began)
	}
}
