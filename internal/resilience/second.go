package resilience

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"storefront/internal/cache"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/telemetry"
)

const (
	// maxSharedBody is the longest body that is put into the second level: what
	// is longer holds up what others read there.
	maxSharedBody = 1 << 20
	// maxSharedWait is the longest that the second level is waited for usually, and
	// partOfWait which part of the time that is left: whoever waits in vain has
	// the rest for the service. Below minSharedWait it is not asked.
	maxSharedWait = 20 * time.Millisecond
	minSharedWait = time.Millisecond
	partOfWait    = 10
)

// SharedKeys are the keys in the second level of what is kept here under key, one
// for each side that may have answered.
func SharedKeys(key string) []string {
	return slices.Compact([]string{sharedKey(key, NewSide), sharedKey(key, OldSide)})
}

// sharedKey is the key in the second level of what is kept here under key, while
// requests are due to be answered by a side: a replica that has not read yet that
// they are not puts nothing in the way of those that have. Bodies are kept there as
// they were sent, so how they are read is not part of it: BFFs that show other
// fields share them.
func sharedKey(key string, side Side) string {
	whose, rest, _ := strings.Cut(key, " ")
	service, rest, _ := strings.Cut(rest, " ")
	_, path, found := strings.Cut(rest, " ")

	switch {
	case !found: // It is no key of ours.
		return key
	case side == OldSide:
		service += "(" + side.String() + ")"
	}

	return whose + " " + service + " " + path
}

// NewSideTag is a tag in the second level alone: all answers have it that were
// kept while the new side of a service was due, where it takes over from an older
// system. Each replica purges them when it reads that a route has gone back. However
// often that is, what others have asked the old side for by then stays.
func NewSideTag(service string) string { return "new-side:" + service }

// sender is the base URL that answers are to be from while a side is due.
func (s *Service) sender(side Side) string {
	if side == OldSide {
		return s.old.base
	}

	return s.base
}

// What a flight had from the second level.
const (
	hadFresh int32 = iota + 1
	hadOld         // usable while a new one is fetched
)

// secondLevel answers from the second level, or else has the service asked and
// puts its answer there.
func (a *asked[T]) secondLevel(ctx context.Context) (v received[T], err error) {
	if a.shared == nil {
		return a.ask(ctx, a.kept)
	}

	wait := a.wait(ctx)
	if wait < minSharedWait {
		return a.ask(ctx, a.kept)
	}

	side := a.Service.due(ctx, &a.req).Side // As the routes stand at the look.

	own, public := sharedKey(a.key(a.own, a.req), side), sharedKey(a.key(anybody, a.req), side)
	found, mark := a.look(ctx, wait, own, public)

	kept, old := a.kept, []byte(nil)

	for i, answer := range found {
		v, ok := a.revived(answer, side, i == 1)

		switch {
		case answer == nil:
		case !ok: // Whatever is wrong with it, it is as if it were not there.
			a.shared.Drop([]string{own, public}[i])
		case a.usable(v.freshness) != 0:
			a.had.Store(a.usable(v.freshness))

			return v, nil
		case v.etag != "":
			kept, old = &Kept{value: v.value, terms: freshnessOnce(answer)}, answer.Body
		}
	}

	v, err = a.ask(ctx, kept)
	if v.unchanged {
		v.body = old
	}

	switch fault.KindOf(err) { //nolint:exhaustive // The other kinds say nothing about what is there.
	case fault.None:
		a.put(own, public, side, v, mark)
	case fault.NotFound:
		if slices.ContainsFunc(found, func(answer *cache.Answer) bool { return answer != nil }) {
			a.shared.Drop(own, public)
		}
	}

	return v, err
}

// revived reads an answer from the second level as if it came from the service
// now; false where there is none, or none that fits. public tells whether it was
// found where those for anybody are.
func (a *asked[T]) revived(answer *cache.Answer, side Side, public bool) (v received[T], ok bool) {
	if answer == nil || answer.From != a.sender(side) || answer.Public != public || decode(answer.Body, a.read, &v.value) != nil {
		return v, false
	}

	v.freshness, v.age = freshnessNow(answer), answer.Age

	return v, true
}

// wait is how long the second level may be waited for.
func (a *asked[T]) wait(ctx context.Context) time.Duration {
	left := a.attemptTimeout
	if !a.deadline.IsZero() {
		left = min(left, time.Until(a.deadline))
	}

	if deadline, bounded := ctx.Deadline(); bounded {
		left = min(left, time.Until(deadline))
	}

	return min(a.sharedWait, left/partOfWait)
}

func (a *asked[T]) look(ctx context.Context, wait time.Duration, keys ...string) ([]*cache.Answer, cache.Mark) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()

	return a.shared.Find(ctx, keys...)
}

// usable says what an answer from the second level is good for; 0 is nothing.
func (a *asked[T]) usable(f freshness) int32 {
	switch {
	case f.lifetime > 0:
		return hadFresh
	case f.revalidate > 0 && !a.refreshes:
		return hadOld
	default:
		return 0
	}
}

// put puts a fresh answer into the second level: its own, or for anybody. What
// the new side has said does not stand where answers of the old one are, though
// the route has moved since the look.
func (a *asked[T]) put(own, public string, side Side, v received[T], mark cache.Mark) {
	if v.body == nil || v.moved || side == OldSide && v.side == NewSide || !a.shares(v.freshness, len(v.body)) || mark == (cache.Mark{}) {
		return
	}

	key := own
	if v.public {
		key = public
	}

	keep := v.lifetime + v.revalidate
	if v.etag != "" {
		keep += keeping
	}

	tags := tagsOf(v.value, a.req)
	if a.divider != nil && side == NewSide {
		tags = append(slices.Clip(tags), NewSideTag(a.name))
	}

	a.shared.Put(key, &cache.Answer{
		From: a.sender(side), Body: v.body, Tags: tags, Keep: keep,
		Lifetime: v.lifetime, Revalidate: v.revalidate, IfError: v.ifError, HasIfError: v.hasIfError,
		ETag: v.etag, Public: v.public,
	}, mark)
}

// shares reports whether an answer may be put into the second level.
func (s *Service) shares(f freshness, size int) bool {
	return s.shared != nil && f.store && f.lifetime > 0 && size <= maxSharedBody
}

// copied is the body of an answer that is to be put into the second level: the
// body itself goes back to a pool.
func (s *Service) copied(f freshness, body []byte) []byte {
	if !s.shares(f, len(body)) {
		return nil
	}

	return bytes.Clone(body)
}

// freshnessNow is what is left of the freshness that an answer had.
func freshnessNow(answer *cache.Answer) freshness {
	over := max(0, answer.Age-answer.Lifetime) // How long it has not been fresh.

	return freshness{
		store: true, public: answer.Public, etag: answer.ETag,
		lifetime: max(0, answer.Lifetime-answer.Age), revalidate: max(0, answer.Revalidate-over),
		ifError: max(0, answer.IfError-over), hasIfError: answer.HasIfError,
	}
}

// landed notes that an answer came from the second level, and has a new one
// fetched where it was old.
func (a *asked[T]) landed(key string, source *telemetry.Source, next call[T]) call[T] {
	return func(ctx context.Context) (fresh.Value[T], error) {
		v, err := next(ctx)
		if err != nil || *source != "" { // It may be in flight still.
			return v, err
		}

		had := a.had.Load()
		if had != 0 {
			*source = telemetry.Hit
		}

		if had == hadOld {
			again := &asked[T]{
				Service: a.Service, own: a.own, due: a.due, req: a.req, deadline: time.Now().Add(a.attemptTimeout),
				kept: a.find(key, a.req), read: a.read, refreshes: true,
			}
			inBackground(ctx, a.Service, key, again.answer(key))
		}

		return v, nil
	}
}

// freshnessOnce is the freshness that an answer had when it came.
func freshnessOnce(answer *cache.Answer) freshness {
	return freshness{
		store: true, public: answer.Public, etag: answer.ETag, lifetime: answer.Lifetime,
		revalidate: answer.Revalidate, ifError: answer.IfError, hasIfError: answer.HasIfError,
	}
}
