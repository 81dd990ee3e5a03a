package shared_test

import (
	"testing"

	"storefront/internal/cache"
	"storefront/internal/cache/redistest"
	"storefront/internal/session"
)

// TestPurgesReachAllReplicas, by key, by tag and all.
func TestPurgesReachAllReplicas(t *testing.T) {
	t.Parallel()

	for name, which := range map[string]cache.Purge{
		"key": {Key: "public product 5 /products/a?"}, "tag": {Tag: "product:a"}, "all": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server, u := redistest.New(t), newUpstream(t, "public, max-age=60")
			a, b := pair(t, server, u)
			a.gets(alice, "one")
			a.written("stored", 1)
			b.gets(bob, "one")
			u.say(`{"name":"two"}`)

			if purged, err := a.caches.Purge(t.Context(), which); purged != 1 || err != nil {
				t.Errorf("%d purged, %v", purged, err)
			}

			a.gets(alice, "two")
			a.written("stored", 2)
			eventually(t, "the other's purge", func() bool { return b.metric(`shared_cache_purges_total{outcome="heard"}`) == 1 })
			b.gets(bob, "two")

			if u.count() != 2 {
				t.Errorf("%d calls", u.count())
			}
		})
	}
}

// TestOtherPurgesLeaveIt there.
func TestOtherPurgesLeaveIt(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=60")
	a, b := pair(t, server, u)
	a.gets(alice, "one")
	a.written("stored", 1)

	for _, which := range []cache.Purge{{Key: "alice product 5 /products/a?"}, {Tag: "product:b"}} {
		if _, err := a.caches.Purge(t.Context(), which); err != nil {
			t.Error(err)
		}
	}

	b.gets(bob, "one")

	if u.count() != 1 {
		t.Errorf("%d calls", u.count())
	}
}

// TestPurgeWhileItIsMade: what was asked for before a purge is not kept after it,
// by nobody, whoever purged.
func TestPurgeWhileItIsMade(t *testing.T) {
	t.Parallel()

	for name, which := range map[string]cache.Purge{
		"key": {Key: "public product 5 /products/a?"}, "tag": {Tag: "product:a"}, "all": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server, u := redistest.New(t), newUpstream(t, "public, max-age=60")
			a, b := pair(t, server, u)
			u.entered, u.gate = make(chan struct{}), make(chan struct{})

			done := make(chan struct{})
			go func() {
				defer close(done)

				a.gets(alice, "one")
			}()

			<-u.entered // It has been asked for.

			if _, err := b.caches.Purge(t.Context(), which); err != nil {
				t.Error(err)
			}

			eventually(t, "the other's purge", func() bool { return a.metric(`shared_cache_purges_total{outcome="heard"}`) == 1 })
			close(u.gate)
			<-done
			a.written("refused", 1)

			u.mu.Lock()
			u.entered, u.gate, u.body = nil, nil, `{"name":"two"}`
			u.mu.Unlock()

			b.gets(bob, "two")
			a.gets(alice, "two")
		})
	}
}

// TestPurgeWithoutServer is made up for, and nothing old is found before that.
func TestPurgeWithoutServer(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=60")
	a, b := pair(t, server, u)
	b.gets(bob, "one")
	b.written("stored", 1)
	server.Stop()
	eventually(t, "no connection", func() bool { return !a.level.Summary().Connected && !b.level.Summary().Connected })

	if _, err := a.caches.Purge(t.Context(), cache.Purge{Tag: "product:a"}); err == nil {
		t.Error("nobody was told of the purge, and no error says so")
	}

	if owed := a.level.Summary().Owed; owed != 1 {
		t.Errorf("%d purges owed", owed)
	}

	u.say(`{"name":"two"}`)
	b.gets(bob, "one") // Nobody could tell it.
	server.Start()
	a.connected()
	b.connected()

	if owed := a.level.Summary().Owed; owed != 0 {
		t.Errorf("%d purges owed", owed)
	}

	b.gets(bob, "two")
}

// TestPurgesMissed: one that was away may have missed some, so it forgets all.
func TestPurgesMissed(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=60")
	a, b := pair(t, server, u)
	client := inside(t, server)
	b.gets(bob, "one")
	b.written("stored", 1)
	u.say(`{"name":"two"}`)

	missed := `shared_cache_purges_total{outcome="missed"}`
	before := b.metric(missed)

	// The subscription of both ends, and a purge goes unheard.
	if err := client.Do(t.Context(), client.B().Arbitrary("CLIENT", "KILL", "TYPE", "pubsub").Build()).Error(); err != nil {
		t.Fatal(err)
	}

	if _, err := a.caches.Purge(t.Context(), cache.Purge{Tag: "product:a"}); err != nil {
		t.Log(err) // It is made up for.
	}

	eventually(t, "b to forget", func() bool { return b.metric(missed) > before })
	a.connected()
	eventually(t, "a to purge", func() bool { return a.level.Summary().Owed == 0 })
	b.connected().gets(bob, "two")
}

// TestWhatTheServerForgot: purges are told apart from those of a former life.
func TestWhatTheServerForgot(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=60")
	a, b := pair(t, server, u)
	client := inside(t, server)

	if err := client.Do(t.Context(), client.B().Flushall().Build()).Error(); err != nil {
		t.Fatal(err)
	}

	a.gets(alice, "one") // It finds no state; one is made.
	eventually(t, "a state", func() bool { return len(keys(t, client, "storefront:1:state")) == 1 })

	a.gets(bob, "one") // From memory.

	if _, err := b.ask(session.With(t.Context(), bob)); err != nil {
		t.Error(err)
	}

	b.written("stored", 1)
}
