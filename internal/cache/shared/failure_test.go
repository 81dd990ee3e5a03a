package shared_test

import (
	"context"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"storefront/internal/cache"
	"storefront/internal/cache/redistest"
)

// quick is far less than any timeout of the client.
const quick = 500 * time.Millisecond

// TestDeadAtStart: the program starts, answers, and takes the server when it
// comes.
func TestDeadAtStart(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=60")
	server.Stop()

	a := newReplica(t, server.URL(), u)
	eventually(t, "a line in the log", func() bool { return strings.Contains(a.log.String(), "no shared cache") })
	a.gets(alice, "one")

	if n := a.reads("skipped"); n != 1 {
		t.Errorf("%d looks were skipped", n)
	}

	server.Start()
	a.connected()

	b := newReplica(t, server.URL(), u).connected()
	b.gets(alice, "one")
	b.written("stored", 1)
}

// TestDeathMidway costs no answer.
func TestDeathMidway(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=60, stale-if-error=60")
	a, b := pair(t, server, u)
	a.gets(alice, "one")
	a.written("stored", 1)
	server.Stop()

	start := time.Now()

	b.gets(bob, "one")

	if took := time.Since(start); took > quick {
		t.Errorf("it took %v", took)
	}

	eventually(t, "no connection", func() bool { return !b.level.Summary().Connected })
	server.Start()
	b.connected()
}

// silent is a server that takes connections and says nothing, or passes on what
// another says until it is told to fall silent.
type silent struct {
	net.Listener

	mu    sync.Mutex
	quiet bool
	conns []net.Conn
}

func newSilent(t *testing.T, to string) *silent {
	t.Helper()

	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	s := &silent{Listener: listener, quiet: to == ""}

	var done sync.WaitGroup

	done.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}

			s.keep(conn)

			if to == "" {
				continue
			}

			behind, err := new(net.Dialer).DialContext(context.Background(), "tcp", to)
			if err != nil {
				_ = conn.Close()

				continue
			}

			s.keep(behind)
			done.Go(func() { s.pass(behind, conn) })
			done.Go(func() { s.pass(conn, behind) })
		}
	})

	t.Cleanup(func() {
		_ = listener.Close()

		s.mu.Lock()
		for _, conn := range s.conns {
			_ = conn.Close()
		}
		s.mu.Unlock()

		done.Wait()
	})

	return s
}

func (s *silent) keep(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.conns = append(s.conns, conn)
}

func (s *silent) hush() {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.quiet = true
}

func (s *silent) pass(from, to net.Conn) {
	buffer := make([]byte, 32<<10)

	for {
		n, err := from.Read(buffer)
		if err != nil {
			_ = to.Close()

			return
		}

		s.mu.Lock()
		quiet := s.quiet
		s.mu.Unlock()

		if !quiet {
			_, _ = to.Write(buffer[:n])
		}
	}
}

func (s *silent) url() *url.URL { return &url.URL{Scheme: "redis", Host: s.Addr().String()} }

// TestSilentAtStart: a server that says nothing is as good as none, and stopping
// does not wait for it.
func TestSilentAtStart(t *testing.T) {
	t.Parallel()

	u := newUpstream(t, "public, max-age=60")
	a := newReplicaWith(t, newSilent(t, "").url(), u, time.Second, 0)
	start := time.Now()

	a.gets(alice, "one")

	if err := a.level.Close(); err != nil {
		t.Error(err)
	}

	if took := time.Since(start); took > quick {
		t.Errorf("it took %v", took)
	}
}

// TestSilentMidway costs the first ones 20 ms, and those after them nothing.
func TestSilentMidway(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "no-store")
	hush := newSilent(t, server.Addr())
	a := newReplicaWith(t, hush.url(), u, time.Second, 0).connected()

	a.gets(alice, "one")
	hush.hush()

	start := time.Now()

	for range 20 {
		a.gets(alice, "one")
	}

	if took := time.Since(start); took > quick {
		t.Errorf("20 answers took %v", took)
	}

	if failed, skipped := a.reads("error"), a.reads("skipped"); failed > 2 || skipped < 18 {
		t.Errorf("%d failed, %d skipped", failed, skipped)
	}

	start = time.Now()

	if _, err := a.caches.Purge(t.Context(), cache.Purge{}); err == nil {
		t.Error("nobody was told of the purge, and no error says so")
	}

	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("the purge took %v", took)
	}
}

// TestGarbage: what was not written by us, or is not for that key, or cannot be
// read, is as good as nothing, and goes.
func TestGarbage(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=60")
	client := inside(t, server)
	a := newReplica(t, server.URL(), u).connected()
	a.gets(alice, "one")
	a.written("stored", 1)

	at := keys(t, client, "storefront:1:answer:*")
	if len(at) != 1 {
		t.Fatal(at)
	}

	good, err := client.Do(t.Context(), client.B().Get().Key(at[0]).Build()).ToString()
	if err != nil {
		t.Fatal(err)
	}

	bad := map[string]string{"empty": "", "text": "hello", "its beginning": good[:len(good)-1], "more": good + " "}

	for i := 0; i < len(good); i += 7 {
		flipped := []byte(good)
		flipped[i] ^= 4
		bad["a bit of byte "+strconv.Itoa(i)] = string(flipped)
	}

	u.say(`{"name":"two"}`)

	for about, text := range bad {
		if err := client.Do(t.Context(), client.B().Set().Key(at[0]).Value(text).Build()).Error(); err != nil {
			t.Fatal(err)
		}

		b := newReplica(t, server.URL(), u).connected()
		b.gets(bob, "two")

		if n := b.reads("broken"); n != 1 {
			t.Errorf("%s: %d broken ones were read", about, n)
		}

		if err := b.level.Close(); err != nil { // It writes no more.
			t.Error(err)
		}
	}
}

// TestAnswerOfAnotherKey has another user's answer where one's own would be.
func TestAnswerOfAnotherKey(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "max-age=60")
	client := inside(t, server)
	a, b := pair(t, server, u)

	a.gets(alice, "one")
	a.written("stored", 1)
	of := keys(t, client, "storefront:1:answer:*")
	a.gets(bob, "one")
	a.written("stored", 2)

	for _, at := range keys(t, client, "storefront:1:answer:*") {
		if at == of[0] {
			continue
		}

		if err := client.Do(t.Context(), client.B().Copy().Source(of[0]).Destination(at).Replace().Build()).Error(); err != nil {
			t.Fatal(err)
		}
	}

	u.say(`{"name":"two"}`)
	b.gets(bob, "two")

	if n := b.reads("broken"); n != 1 {
		t.Errorf("%d broken ones were read", n)
	}
}

// TestUnreadableBody is in a good envelope, but no answer that this BFF takes.
func TestUnreadableBody(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=60")
	a := newReplica(t, server.URL(), u).connected()
	answer := &cache.Answer{From: u.URL, Body: []byte(`{"title":"one"}`), Lifetime: time.Minute, Keep: time.Minute, Public: true}

	_, mark := a.level.Find(t.Context(), "public product /products/a?")
	a.level.Put("public product /products/a?", answer, mark)
	a.written("stored", 1)
	a.gets(alice, "one")
	a.written("stored", 2)
}

// TestSecretsAreNotShown, not even when they are wrong.
func TestSecretsAreNotShown(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=60")
	at := server.URL()
	at.User = url.UserPassword("somebody", "s3cret-s3cret")

	a := newReplica(t, at, u)
	eventually(t, "a line in the log", func() bool { return strings.Contains(a.log.String(), "no shared cache") })

	if log := a.log.String(); strings.Contains(log, "s3cret") || strings.Contains(log, "somebody") {
		t.Error(log)
	}
}

// TestPasswordAndDatabase are those of the URL.
func TestPasswordAndDatabase(t *testing.T) {
	t.Parallel()

	server, u := redistest.New(t), newUpstream(t, "public, max-age=60")
	admin := inside(t, server)

	if err := admin.Do(t.Context(), admin.B().Arbitrary("ACL", "SETUSER", "bff", "on", ">pass word", "~storefront:*", "&storefront:*", "+@all").Build()).Error(); err != nil {
		t.Fatal(err)
	}

	at := server.URL()
	at.User, at.Path, at.Scheme = url.UserPassword("bff", "pass word"), "/3", "valkey"

	a := newReplica(t, at, u).connected()
	a.gets(alice, "one")
	a.written("stored", 1)

	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{server.Addr()}, DisableCache: true, ForceSingleClient: true, SelectDB: 3})
	if err != nil {
		t.Fatal(err)
	}

	defer client.Close()

	if n := len(keys(t, client, "storefront:1:answer:*")); n != 1 {
		t.Errorf("%d answers in the database", n)
	}
}
