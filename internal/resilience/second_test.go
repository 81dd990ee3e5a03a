package resilience_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/cache"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/resilience"
	"storefront/internal/telemetry"
	"storefront/upstream/upstreamtest"
)

// second is a second level of the tests: it answers after a time, or when it is
// given up.
type second struct {
	after time.Duration
	has   map[string]*cache.Answer

	mu      sync.Mutex
	waited  []time.Duration
	put     []string
	dropped []string
}

func (s *second) Find(ctx context.Context, keys ...string) ([]*cache.Answer, cache.Mark) {
	start := time.Now()

	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()

		s.waited = append(s.waited, time.Since(start))
	}()

	select {
	case <-time.After(s.after):
	case <-ctx.Done():
		return nil, cache.Mark{}
	}

	found := make([]*cache.Answer, len(keys))
	for i, key := range keys {
		found[i] = s.has[key]
	}

	return found, cache.Mark{Purges: 1, Asked: 1}
}

func (s *second) Put(key string, _ *cache.Answer, _ cache.Mark) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.put = append(s.put, key)
}

func (s *second) Drop(keys ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.dropped = append(s.dropped, keys...)
}

func (s *second) Purge(context.Context, cache.Purge) error { return nil }

// TestSecondLevelTakesLittleOfTheBudget: 20 ms, or a tenth of what is left, or
// it is not asked at all.
func TestSecondLevelTakesLittleOfTheBudget(t *testing.T) {
	t.Parallel()

	for _, c := range []struct{ budget, want time.Duration }{
		{0, 20 * ms}, // None but the attempt timeout, a second.
		{time.Second, 20 * ms},
		{100 * ms, 10 * ms},
		{9 * ms, 0},
	} {
		t.Run(c.budget.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				level := &second{after: time.Hour}
				k.options.Shared = level
				ctx := t.Context()

				if c.budget > 0 {
					var cancel context.CancelFunc

					ctx, cancel = context.WithTimeout(ctx, c.budget)
					defer cancel()
				}

				checkFresh(t, get(ctx, k.service(upstreamtest.User), "user_1"), "user_1", c.want)

				if asked := len(level.waited) > 0; asked != (c.want > 0) {
					t.Errorf("waited %v", level.waited)
				}

				if len(level.put) > 0 {
					t.Errorf("put %v, without a mark", level.put)
				}
			})
		})
	}
}

// TestCoalescedCallsAskTheSecondLevelOnce, and are told where the answer is from.
func TestCoalescedCallsAskTheSecondLevelOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		level := &second{after: 5 * ms, has: map[string]*cache.Answer{"public user /users/user_1?": {
			From: k.URL(upstreamtest.User), Body: []byte(`{"id":"user_1","name":"Kept"}`), Public: true,
			Age: time.Minute, Lifetime: 10 * time.Minute,
		}}}
		k.options.Shared = level
		s := k.service(upstreamtest.User)

		record := new(telemetry.Record)
		first := begin(telemetry.WithRecord(t.Context(), record), s, "user_1")
		synctest.Wait()

		other := begin(t.Context(), s, "user_1")
		a, b := <-first, <-other

		until := time.Now().Add(-5 * ms).Add(9 * time.Minute)
		if a.err != nil || b.err != nil || a.Of != "Kept" || b.Of != "Kept" || !a.Until.Equal(until) || !a.Public {
			t.Errorf("got %+v and %+v, want it until %v", a, b, until)
		}

		if len(level.waited) != 1 || k.Calls(upstreamtest.User) != 0 {
			t.Errorf("looked %d times", len(level.waited))
		}

		if got := k.series(t, `upstream_cache_hits_total{bff="test",service="user",source="hit"}`); got != "1" {
			t.Errorf("%s hits", got)
		}

		if calls := record.Calls(); len(calls) != 1 || calls[0].Source != telemetry.Hit {
			t.Errorf("recorded %+v", calls)
		}
	})
}

// TestKeptInTheSecondLevelStandsIn when the service fails later, as old as it is.
func TestKeptInTheSecondLevelStandsIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		level := &second{has: map[string]*cache.Answer{"anonymous user /users/user_1?": {
			From: k.URL(upstreamtest.User), Body: []byte(`{"id":"user_1","name":"Name of user_1"}`),
			Age: time.Minute, Lifetime: 2 * time.Minute,
		}}}
		k.options.Shared = level
		s := k.service(upstreamtest.User)

		if got := get(t.Context(), s, "user_1"); got.err != nil || got.State != fresh.Fresh {
			t.Errorf("got %+v", got)
		}

		clear(level.has)
		k.Fail(upstreamtest.User, upstreamtest.Status(503))
		time.Sleep(time.Minute)
		checkStale(t, get(t.Context(), s, "user_1"), "user_1", fault.Unavailable, 2*time.Minute)
	})
}

// TestUnfitAnswersAreDropped: of another service, of another scope, or not to be
// read.
func TestUnfitAnswersAreDropped(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]func(*cache.Answer){
		"another service": func(a *cache.Answer) { a.From += "/other" },
		"another scope":   func(a *cache.Answer) { a.Public = false },
		"another user":    func(a *cache.Answer) { a.Body = []byte(`{"id":"user_2","name":"Kept"}`) },
		"no JSON":         func(a *cache.Answer) { a.Body = a.Body[1:] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				key := "public user /users/user_1?"
				answer := &cache.Answer{
					From: k.URL(upstreamtest.User), Body: []byte(`{"id":"user_1","name":"Kept"}`), Public: true, Lifetime: time.Minute,
				}
				change(answer)
				level := &second{has: map[string]*cache.Answer{key: answer}}
				k.options.Shared = level

				checkFresh(t, get(t.Context(), k.service(upstreamtest.User), "user_1"), "user_1", 0)

				if len(level.dropped) != 1 || level.dropped[0] != key {
					t.Errorf("dropped %v", level.dropped)
				}
			})
		})
	}
}

func TestSharedKeys(t *testing.T) {
	t.Parallel()

	for key, want := range map[string][]string{
		"public product 5 /products/a?":      {"public product /products/a?", "public product(old) /products/a?"},
		"public product 1z /products?q=a b ": {"public product /products?q=a b ", "public product(old) /products?q=a b "},
		"anything":                           {"anything"},
		"":                                   {""},
	} {
		if got := resilience.SharedKeys(key); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", key, got, want)
		}
	}
}
