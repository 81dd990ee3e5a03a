package shared_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"storefront/internal/cache/redistest"
)

const (
	alice = "alice"
	bob   = "bob"
)

// TestOneCallForAllReplicas: what one has asked for is at hand for the other.
func TestOneCallForAllReplicas(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=60")
	a, b := pair(t, server, u)

	a.gets(alice, "one")
	a.written("stored", 1)
	u.say(`{"name":"two"}`)
	b.gets(bob, "one")
	b.gets(bob, "one") // From its own memory.

	if u.count() != 1 || b.reads("hit") != 1 {
		t.Errorf("%d calls, %d hits", u.count(), b.reads("hit"))
	}

	if n := b.metric(`upstream_cache_hits_total{bff="test",service="product",source="hit"}`); n != 2 {
		t.Errorf("%d hits are counted", n)
	}
}

// TestAnswersOfOneReachNoOther, unless they are public.
func TestAnswersOfOneReachNoOther(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "max-age=60")
	a, b := pair(t, server, u)

	a.gets(alice, "one")
	a.written("stored", 1)
	u.say(`{"name":"two"}`)
	b.gets(bob, "two")
	b.gets("", "two")
	b.gets(alice, "one")

	if u.count() != 3 {
		t.Errorf("%d calls", u.count())
	}
}

// TestExpiry: an answer is as old as it is, whoever kept it.
func TestExpiry(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=1")
	a, b := pair(t, server, u)
	client := inside(t, server)

	start := time.Now()

	a.gets(alice, "one")
	a.written("stored", 1)
	u.say(`{"name":"two"}`)
	time.Sleep(time.Until(start.Add(500 * time.Millisecond)))

	got, err := b.ask(t.Context())
	if left := got.Until.Sub(start); err != nil || got.Of != "one" || left > 1100*time.Millisecond {
		t.Errorf("got %+v, %v, until %v after it was asked for", got, err, left)
	}

	eventually(t, "the end of the answer", func() bool { return len(keys(t, client, "storefront:1:answer:*")) == 0 })
	b.gets(bob, "two")
}

// TestIndexesEnd with their answers.
func TestIndexesEnd(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=1")
	a := newReplica(t, server.URL(), u).connected()
	client := inside(t, server)

	a.gets(alice, "one")
	a.written("stored", 1)

	if n := len(keys(t, client, "storefront:1:tag:*")); n != 2 {
		t.Errorf("%d indexes", n)
	}

	eventually(t, "only the state is left", func() bool { return len(keys(t, client, "*")) == 1 })
}

// TestWhatIsNotStored: what its service forbids, what is not fresh, what is too
// long.
func TestWhatIsNotStored(t *testing.T) {
	t.Parallel()

	server := redistest.New(t)
	client := inside(t, server)

	for _, c := range []struct{ about, cacheControl, body string }{
		{"forbidden", "no-store, max-age=60", `{"name":"one"}`},
		{"never fresh", "public", `{"name":"one"}`},
		{"no longer fresh", "max-age=0, stale-while-revalidate=60", `{"name":"one"}`},
		{"too long", "public, max-age=60", `{"name":"one","x":"` + strings.Repeat("x", 1<<20) + `"}`},
	} {
		u := newUpstream(t, c.cacheControl)
		u.say(c.body)

		a := newReplica(t, server.URL(), u).connected()
		a.gets(alice, "one")

		if err := a.level.Close(); err != nil { // What is under way is over.
			t.Error(err)
		}

		if found := keys(t, client, "storefront:1:answer:*"); len(found) != 0 {
			t.Errorf("%s: %v", c.about, found)
		}
	}
}

// TestAnotherServiceOfThatName is another environment that was given the same
// server by mistake.
func TestAnotherServiceOfThatName(t *testing.T) {
	t.Parallel()

	server := redistest.New(t)
	one, other := newUpstream(t, "public, max-age=60"), newUpstream(t, "public, max-age=60")
	other.say(`{"name":"other"}`)

	a, b := newReplica(t, server.URL(), one).connected(), newReplica(t, server.URL(), other).connected()

	a.gets(alice, "one")
	a.written("stored", 1)
	b.gets(alice, "other")
}

// TestUnchangedAnswersAreSharedAgain: the service is asked whether the answer
// still holds, and its yes is for all replicas.
func TestUnchangedAnswersAreSharedAgain(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=1")
	u.header.Set("Etag", `"1"`)
	a, b := pair(t, server, u)

	a.gets(alice, "one")
	a.written("stored", 1)
	time.Sleep(1100 * time.Millisecond)
	b.gets(bob, "one") // It has never seen it.
	b.written("stored", 1)
	a.gets(alice, "one")

	if u.count() != 2 || u.asked[1].Get("If-None-Match") != `"1"` {
		t.Errorf("%d calls, %v", u.count(), u.asked)
	}
}

// TestStaleWhileRevalidate shows an old answer of another replica once, and asks
// for a new one.
func TestStaleWhileRevalidate(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=1, stale-while-revalidate=60")
	a, b := pair(t, server, u)

	a.gets(alice, "one")
	a.written("stored", 1)
	u.say(`{"name":"two"}`)
	time.Sleep(1100 * time.Millisecond)
	b.gets(bob, "one")
	eventually(t, "a new answer", func() bool {
		got, err := b.ask(t.Context())

		return err == nil && got.Of == "two"
	})

	if u.count() > 3 { // One may be asked for again just as the new one comes in.
		t.Errorf("%d calls", u.count())
	}
}

// TestGoneIsGone: a 404 takes away what may be shown while a new one is fetched.
func TestGoneIsGone(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=1, stale-while-revalidate=60")
	a, b := pair(t, server, u)
	client := inside(t, server)

	a.gets(alice, "one")
	a.written("stored", 1)

	u.mu.Lock()
	u.status = http.StatusNotFound
	u.mu.Unlock()

	time.Sleep(1100 * time.Millisecond)
	b.gets(bob, "one")
	eventually(t, "nothing is kept", func() bool { return len(keys(t, client, "storefront:1:answer:*")) == 0 })
}
