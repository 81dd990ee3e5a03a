package resilience_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/resilience"
	"storefront/internal/session"
	"storefront/upstream/upstreamtest"
)

// byUser has the new side answer what is for Ann, and the old one the rest; once
// it is over, the old one all.
type byUser struct{ over atomic.Bool }

func (*byUser) Divides() bool { return true }

func (b *byUser) Due(ctx context.Context, target string) resilience.Due {
	if session.Whom(ctx) == "ann" && !b.over.Load() && !strings.HasPrefix(target, "/old") {
		return resilience.Due{Side: resilience.NewSide, ByUser: true}
	}

	return resilience.Due{Side: resilience.OldSide, ByUser: true}
}

func (b *byUser) Carry(ctx context.Context, target string, sides resilience.Sides) error {
	_, err := sides.Answer(ctx, resilience.Ask{Side: b.Due(ctx, target).Side, Target: target, Personal: true})

	return err
}

// newApart is a service divided that way, with each side's word for one thing,
// which everybody may keep.
func newApart(t *testing.T, by resilience.Divider) *divided {
	t.Helper()

	d := newDivided(t, by)
	d.options.Answers = resilience.NewAnswers(1 << 20)
	d.service = d.kit.service(upstreamtest.User)

	for side, shop := range map[string]*upstreamtest.Shop{"new": d.Shop, "old": d.old} {
		shop.Set(upstreamtest.User, "/users/u", `{"id":"u","name":"`+side+`"}`)
		shop.Say(upstreamtest.User, "/users/u", "Cache-Control: public, max-age=60")
	}

	return d
}

// TestUsersOfTwoSidesShareNothing: the same question of the same principal, for
// users on either side, is two questions: under way, kept, and as the last good
// answer.
func TestUsersOfTwoSidesShareNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newApart(t, new(byUser))
		ann, bob, carol := session.About(t.Context(), "ann"), session.About(t.Context(), "bob"), session.About(t.Context(), "carol")
		says := func(ctx context.Context, want text) {
			t.Helper()

			if got := get(ctx, d.service, "u"); got.err != nil || got.Of != want {
				t.Errorf("got %+v, %v; want %s", got.Value, got.err, want)
			}
		}
		calls := func(toNew, toOld int) {
			t.Helper()

			if n, o := d.Calls(upstreamtest.User), d.old.Calls(upstreamtest.User); n != toNew || o != toOld {
				t.Errorf("new was asked %d times, old %d; want %d and %d", n, o, toNew, toOld)
			}
		}

		for _, shop := range []*upstreamtest.Shop{d.Shop, d.old} {
			shop.Fail(upstreamtest.User, upstreamtest.Latency(50*ms))
		}

		first, second, third := begin(ann, d.service, "u"), begin(bob, d.service, "u"), begin(carol, d.service, "u")
		if a, b, c := <-first, <-second, <-third; a.Of != "new" || b.Of != "old" || c.Of != "old" {
			t.Errorf("got %s, %s and %s at one time", a.Of, b.Of, c.Of)
		}

		says(ann, "new")
		says(bob, "old")
		calls(1, 1) // What is kept is used, by those of one side.

		time.Sleep(2 * time.Minute)
		d.old.Fail(upstreamtest.User, upstreamtest.Status(500))
		says(ann, "new")
		checkLastGood(t, get(bob, d.service, "u"), "old")
		calls(2, 2)
	})
}

func checkLastGood(t *testing.T, got answer, want text) {
	t.Helper()

	if got.err != nil || got.State != fresh.Stale || got.Of != want {
		t.Errorf("got %+v, %v; want %s, stale", got.Value, got.err, want)
	}
}

// TestWhatHasMovedMeanwhileIsForNobodyElse: a route that moves while a call is
// under way may have it answered by another side than it was begun for.
func TestWhatHasMovedMeanwhileIsForNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		by := new(byUser)
		d := newApart(t, by)
		ann := session.About(t.Context(), "ann")

		d.Fail(upstreamtest.User, upstreamtest.Latency(50*ms))

		got := begin(ann, d.service, "u")

		time.Sleep(10 * ms)
		by.over.Store(true)

		if a := <-got; a.err != nil || a.Of != "new" {
			t.Errorf("got %+v, %v", a.Value, a.err)
		}

		by.over.Store(false)
		d.Fail(upstreamtest.User, upstreamtest.Status(500))

		if a := get(ann, d.service, "u"); a.kind() != fault.Unavailable {
			t.Errorf("kept is %+v", a.Value)
		}
	})
}

// TestHeldByOneSide: what came in an answer of one side is not taken for that of
// the other one to another question.
func TestHeldByOneSide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newApart(t, new(byUser))
		all, one, elsewhere := resilience.Request{Path: "/users"}, resilience.Request{Path: "/users/u"}, resilience.Request{Path: "/old/u"}
		now, with := time.Now(), fresh.Status{Until: time.Now().Add(time.Minute)}
		ann, bob := session.About(t.Context(), "ann"), session.About(t.Context(), "bob")

		for _, req := range []resilience.Request{one, elsewhere} {
			resilience.Hold[text](ann, d.service, all, req, "new", with, now)
		}

		for want, held := range map[string]struct {
			ctx context.Context
			req resilience.Request
		}{"new": {ann, one}, "": {bob, one}, " ": {ann, elsewhere}} {
			if v, _ := resilience.Held[text](held.ctx, d.service, held.req); string(v.Of) != strings.TrimSpace(want) {
				t.Errorf("%s: held is %q, want %q", held.req.Path, v.Of, want)
			}
		}
	})
}
