package shared_test

import (
	"context"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"

	"storefront/internal/cache"
	"storefront/internal/cache/redistest"
	"storefront/internal/fresh"
	"storefront/internal/resilience"
	"storefront/internal/session"
)

// following is what a replica has read so far of whose turn it is: false is the
// new side's. With moves it is that one's as soon as an answer was looked for.
type following struct{ old, moves atomic.Bool }

func (*following) Divides() bool { return true }

func (f *following) Due(context.Context, string) (due resilience.Due) {
	if f.old.Load() {
		due.Side = resilience.OldSide
	}

	return due
}

func (f *following) Carry(ctx context.Context, target string, sides resilience.Sides) error {
	side := f.Due(ctx, target).Side
	if f.moves.Load() {
		side = resilience.NewSide
	}

	_, err := sides.Answer(ctx, resilience.Ask{Side: side, Target: target})

	return err
}

// mover is a replica that follows a route.
type mover struct {
	*replica

	turn following
}

// newMover starts a replica whose service takes over from an old system.
func newMover(t *testing.T, server *redistest.Server, fresh, old *upstream) *mover {
	t.Helper()

	m, good := &mover{}, cache.NewLastGood(patience, 1000, 1<<20)
	m.replica = newReplicaWith(t, server.URL(), fresh, patience, patience, func(o *resilience.Options) {
		o.Old, o.Dividers, o.LastGood = old.URL, map[string]resilience.Divider{"product": &m.turn}, good
	})
	m.caches.Add("test", cache.LastGoodKind, good, func() {})
	m.connected()

	return m
}

// movers are three, over both sides.
func movers(t *testing.T) (all [3]*mover, fresh, old *upstream) {
	t.Helper()

	server := redistest.New(t)
	fresh, old = newUpstream(t, "public, max-age=60"), newUpstream(t, "public, max-age=60")
	old.say(`{"name":"old"}`)

	for i := range all {
		all[i] = newMover(t, server, fresh, old)
	}

	return all, fresh, old
}

// goesBack has a replica take note that the old side answers again.
func (m *mover) goesBack() {
	m.t.Helper()
	m.turn.old.Store(true)

	if _, err := m.caches.Renew(m.t.Context(), resilience.NewSideTag("product")); err != nil {
		m.t.Error(err)
	}
}

// TestRollBackIsOne for all replicas, though each follows by itself: what one has
// asked the old side for since is there for the others.
func TestRollBackIsOne(t *testing.T) {
	t.Parallel()

	all, fresh, old := movers(t)
	first, last := all[0], all[2]

	first.gets(alice, "one")
	first.written("stored", 1)
	all[1].gets(bob, "one")
	first.goesBack()

	last.gets(bob, "one") // It does not know yet, and asks for it again.
	last.written("stored", 1)
	first.gets(alice, "old")
	first.written("stored", 2)

	for _, m := range all[1:] {
		m.goesBack()
	}

	for i, m := range all {
		m.gets(session.Principal("visitor"+strconv.Itoa(i)), "old")
	}

	if fresh.count() != 2 || old.count() != 1 {
		t.Errorf("%d calls of the new side, %d of the old one", fresh.count(), old.count())
	}
}

// TestRollBackInFlight: what the new side was asked for before is kept nowhere.
func TestRollBackInFlight(t *testing.T) {
	t.Parallel()

	all, fresh, old := movers(t)
	fresh.entered, fresh.gate = make(chan struct{}), make(chan struct{})

	done := make(chan struct{})
	go func() {
		defer close(done)

		all[0].gets(alice, "one")
	}()

	<-fresh.entered

	for _, m := range all {
		m.goesBack()
	}

	close(fresh.gate)
	<-done
	all[0].written("refused", 1)

	for _, m := range all {
		m.turn.old.Store(false) // What it says now is another thing.
	}

	fresh.mu.Lock()
	fresh.entered, fresh.gate, fresh.body = nil, nil, `{"name":"two"}`
	fresh.mu.Unlock()

	for _, m := range all {
		m.gets(alice, "two")
	}

	if old.count() != 0 {
		t.Errorf("%d calls of the old side", old.count())
	}
}

// TestRollBackLeavesLastGoodAnswers at every replica.
func TestRollBackLeavesLastGoodAnswers(t *testing.T) {
	t.Parallel()

	all, _, old := movers(t)

	for i, m := range all {
		m.gets(session.Principal("visitor"+strconv.Itoa(i)), "one")
	}

	old.mu.Lock()
	old.status = http.StatusServiceUnavailable
	old.mu.Unlock()

	for _, m := range all {
		m.goesBack()
	}

	for i, m := range all {
		eventually(t, "the purges of the others", func() bool { return m.metric(`shared_cache_purges_total{outcome="heard"}`) == len(all)-1 })

		got, err := m.ask(session.With(t.Context(), session.Principal("visitor"+strconv.Itoa(i))))
		if err != nil || got.Of != "one" || got.State != fresh.Stale {
			t.Errorf("replica %d: %+v, %v", i, got, err)
		}
	}
}

// TestPurgesOfKeysReachBothSides, whichever has answered.
func TestPurgesOfKeysReachBothSides(t *testing.T) {
	t.Parallel()

	all, fresh, old := movers(t)
	all[0].gets(alice, "one")
	all[0].written("stored", 1)
	all[1].turn.old.Store(true)
	all[1].gets(alice, "old")
	all[1].written("stored", 1)

	if _, err := all[0].caches.Purge(t.Context(), cache.Purge{Key: "public product 5 /products/a?"}); err != nil {
		t.Fatal(err)
	}

	all[2].gets(alice, "one")
	all[2].turn.old.Store(true)
	all[2].caches.PurgeHere(cache.Purge{})
	all[2].gets(alice, "old")

	if fresh.count() != 2 || old.count() != 2 {
		t.Errorf("%d calls of the new side, %d of the old one", fresh.count(), old.count())
	}
}

// TestMovesMeanwhile: what the new side says is not put where answers of the old
// one are looked for.
func TestMovesMeanwhile(t *testing.T) {
	t.Parallel()

	server := redistest.New(t)
	m := newMover(t, server, newUpstream(t, "max-age=60"), newUpstream(t, "max-age=60"))
	m.turn.old.Store(true)
	m.turn.moves.Store(true)
	m.gets(alice, "one")
	m.turn.moves.Store(false)

	const after = 2 * 4 // Twice the writers: what came before has been written.

	for i := range after {
		m.gets(session.Principal("visitor"+strconv.Itoa(i)), "one")
	}

	m.written("stored", after)

	if found := keys(t, inside(t, server), "storefront:1:answer:*"); len(found) != after {
		t.Errorf("kept %v", found)
	}
}
