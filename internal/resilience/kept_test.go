package resilience_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/cache"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/resilience"
	"storefront/internal/session"
	"storefront/internal/telemetry"
	"storefront/internal/wire"
	"storefront/upstream/upstreamtest"
)

const (
	instant = time.Nanosecond

	late = 50 * ms // after which services answer where it matters
	hits = `upstream_cache_hits_total{bff="test",service="user",source="hit"}`
)

// keeping is a user service whose answers may be kept, as it says.
type keeping struct {
	*kit
	*resilience.Service

	t       *testing.T
	answers *resilience.Answers
}

// keep runs test with a service that says so in each good answer, in a bubble.
func keep(t *testing.T, test func(k *keeping), says ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		const bytes = 1 << 20

		k := &keeping{kit: newKit(t), t: t, answers: resilience.NewAnswers(bytes)}
		k.options.Answers = k.answers
		k.Service = k.service(upstreamtest.User)
		k.say(says...)
		k.now("v1")
		test(k)
	})
}

// say has the service say so in each good answer from now on.
func (k *keeping) say(says ...string) { k.Say(upstreamtest.User, "/users/", says...) }

// now has the user be called so from now on.
func (k *keeping) now(name string) {
	k.Set(upstreamtest.User, "/users/", `{"id":"user_1","name":"`+name+`"}`)
}

// as asks for the user as somebody.
func (k *keeping) as(who session.Principal) answer {
	return get(session.With(k.t.Context(), who), k.Service, "user_1")
}

// want fails the test unless somebody gets that, after so many calls in all.
func (k *keeping) want(who session.Principal, want text, calls int) fresh.Status {
	k.t.Helper()

	got := k.as(who)
	if got.err != nil || got.Of != want || got.State != fresh.Fresh {
		k.t.Errorf("%q: got %+v, %v; want %s", who, got.Value, got.err, want)
	}

	k.wantCalls(calls)

	return got.Status
}

func (k *keeping) wantCalls(want int) {
	k.t.Helper()

	if n := k.Calls(upstreamtest.User); n != want {
		k.t.Errorf("%d calls, want %d", n, want)
	}
}

// asked are the validators that the service was asked about, "" for none.
func (k *keeping) asked() (tags []string) {
	for _, r := range k.Requests(upstreamtest.User) {
		tags = append(tags, r.Header.Get("If-None-Match"))
	}

	return tags
}

func (k *keeping) wantAsked(tags ...string) {
	k.t.Helper()

	if got := k.asked(); !slices.Equal(got, tags) {
		k.t.Errorf("the service was asked about %q, want %q", got, tags)
	}
}

func TestHitWithinMaxAge(t *testing.T) {
	t.Parallel()
	keep(t, func(k *keeping) {
		t := k.t

		k.Fail(upstreamtest.User, upstreamtest.Latency(late))

		end := time.Now().Add(time.Minute)
		if status := k.want("alice", "v1", 1); !status.Until.Equal(end) || status.Public {
			t.Errorf("it is said to be %+v, want until %v", status, end)
		}

		k.now("v2")
		time.Sleep(time.Until(end) - instant)

		record := &telemetry.Record{}
		ctx := telemetry.WithRecord(session.With(t.Context(), "alice"), record)

		got := get(ctx, k.Service, "user_1")
		if got.err != nil || got.Of != "v1" || got.after != 0 || !got.Until.Equal(end) {
			t.Errorf("got %+v, %v after %v", got.Value, got.err, got.after)
		}

		k.wantCalls(1)

		if timing := record.ServerTiming(); timing != "user;dur=0.0;desc=hit" {
			t.Errorf("recorded is %q", timing)
		}

		if n := k.series(t, hits); n != "1" {
			t.Errorf("%s hits are counted, want 1", n)
		}

		time.Sleep(instant) // To the very end: it is over.
		k.want("alice", "v2", 2)
	}, "Cache-Control: max-age=60")
}

// TestAgeCounts: what was old when it came is not fresh for as long.
func TestAgeCounts(t *testing.T) {
	t.Parallel()
	keep(t, func(k *keeping) {
		k.want("alice", "v1", 1)
		time.Sleep(10*time.Second - instant)
		k.want("alice", "v1", 1)
		time.Sleep(instant)
		k.want("alice", "v1", 2)
	}, "Cache-Control: max-age=60", "Age: 50")
}

// TestNotKept has answers that must not be used again. All of them may stand in
// for a failed call, for who asked before.
func TestNotKept(t *testing.T) {
	t.Parallel()

	for name, says := range map[string][]string{
		"nothing said":         nil,
		"no-store":             {"Cache-Control: no-store, max-age=60", `Etag: "a"`},
		"no-cache":             {"Cache-Control: no-cache, max-age=60"},
		"max-age of nothing":   {"Cache-Control: max-age=0"},
		"stale from the start": {"Cache-Control: max-age=60", "Age: 61"},
		"depends on all":       {"Cache-Control: max-age=60", "Vary: *"},
		"depends on the time":  {"Cache-Control: public, max-age=60", "Vary: X-Request-Timeout-Ms"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keep(t, func(k *keeping) {
				t := k.t

				if status := k.want("alice", "v1", 1); !status.Until.IsZero() {
					t.Errorf("a page of it may be kept: %+v", status)
				}

				k.now("v2")
				k.want("alice", "v2", 2)

				if tags := k.asked(); tags[1] != "" || k.answers.Len() != 0 {
					t.Errorf("it is kept all the same: asked about %q, %d entries", tags, k.answers.Len())
				}

				k.Fail(upstreamtest.User, upstreamtest.Status(http.StatusServiceUnavailable))

				if got := k.as("alice"); got.State != fresh.Stale || got.Of != "v2" {
					t.Errorf("got %+v, %v; want the last good answer", got.Value, got.err)
				}

				checkFailed(t, k.as("bob"), fault.Unavailable, 0)
			}, says...)
		})
	}
}

// TestKeepingNothing is what a cache of no bytes does, or none at all.
func TestKeepingNothing(t *testing.T) {
	t.Parallel()

	for _, answers := range []*resilience.Answers{nil, resilience.NewAnswers(0)} {
		keep(t, func(k *keeping) {
			k.options.Answers = answers
			k.Service = k.service(upstreamtest.User)
			k.want("", "v1", 1)
			k.want("", "v1", 2)
		}, "Cache-Control: public, max-age=60", `Etag: "a"`)
	}
}

// TestWhoseAnswers has the name of the user change with each call, so that
// whoever gets what was made for another is seen.
func TestWhoseAnswers(t *testing.T) {
	t.Parallel()

	callers := []session.Principal{"alice", "", "bob", "carol"}

	for name, test := range map[string]struct {
		says   []string
		public bool
	}{
		"private":                 {[]string{"Cache-Control: private, max-age=60"}, false},
		"not said":                {[]string{"Cache-Control: max-age=60"}, false},
		"s-maxage, and no public": {[]string{"Cache-Control: max-age=60, s-maxage=60"}, false},
		"public, and it depends":  {[]string{"Cache-Control: public, max-age=60", "Vary: Accept, authorization"}, false},
		"public and private":      {[]string{"Cache-Control: public, max-age=60", "Cache-Control: private"}, false},
		"public within quotes":    {[]string{`Cache-Control: max-age=60, x="a, public, b"`}, false},
		"public":                  {[]string{"Cache-Control: public, max-age=60"}, true},
		"public, for us":          {[]string{"Cache-Control: public, s-maxage=60"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keep(t, func(k *keeping) {
				t := k.t

				for i, who := range callers {
					calls := i + 1
					if test.public {
						calls = 1
					}

					k.now(fmt.Sprintf("v%d", i+1))
					k.want(who, text(fmt.Sprintf("v%d", calls)), calls)
				}

				calls := k.Calls(upstreamtest.User)

				for i, who := range callers {
					want := text("v1")
					if !test.public {
						want = text(fmt.Sprintf("v%d", i+1))
					}

					if status := k.want(who, want, calls); status.Public != test.public {
						t.Errorf("a page of it is said to be public: %v", status.Public)
					}
				}
			}, test.says...)
		})
	}
}

func TestRevalidation(t *testing.T) {
	t.Parallel()

	for name, tag := range map[string]string{"strong": `"a"`, "weak": `W/"a"`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keep(t, func(k *keeping) {
				t := k.t

				k.want("alice", "v1", 1)
				k.now("not to be seen: the tag is the same")

				for calls := 2; calls <= 4; calls++ { // A 304 renews, and one that says no more than that does too.
					time.Sleep(time.Second)
					k.want("alice", "v1", calls)
					k.want("alice", "v1", calls)

					if calls == 3 {
						k.Fail(upstreamtest.User, upstreamtest.Status(http.StatusNotModified))
					}
				}

				k.wantAsked("", tag, tag, tag)

				if n := k.dials.Load(); n != 1 {
					t.Errorf("%d connections for four calls", n)
				}

				// An answer that stands in is as old as its last 304.
				time.Sleep(time.Second)
				k.Fail(upstreamtest.User, upstreamtest.Status(http.StatusBadGateway))

				if got := k.as("alice"); got.Of != "v1" || got.State != fresh.Stale || got.Age != time.Second {
					t.Errorf("got %+v, %v", got.Value, got.err)
				}

				// What has changed takes its place.
				k.Heal()
				k.say("Cache-Control: max-age=1", `Etag: "b"`)
				k.now("v2")
				k.want("alice", "v2", 6)
				k.want("alice", "v2", 6)
				time.Sleep(time.Second)
				k.want("alice", "v2", 7)
				k.wantAsked("", tag, tag, tag, tag, tag, `"b"`)
			}, "Cache-Control: max-age=1", "Etag: "+tag)
		})
	}
}

// TestPublicStaysPublic when its service says no more than that it still holds.
func TestPublicStaysPublic(t *testing.T) {
	t.Parallel()
	keep(t, func(k *keeping) {
		k.want("alice", "v1", 1)
		time.Sleep(time.Second)
		k.Fail(upstreamtest.User, upstreamtest.Status(http.StatusNotModified))
		k.want("bob", "v1", 2)
		k.Fail(upstreamtest.User, upstreamtest.Status(http.StatusBadGateway))
		k.want("", "v1", 2)
		k.wantAsked("", `"a"`)
	}, "Cache-Control: public, max-age=1", `Etag: "a"`)
}

// TestNotModifiedUnasked is no answer: there is nothing that it could be about.
func TestNotModifiedUnasked(t *testing.T) {
	t.Parallel()
	keep(t, func(k *keeping) {
		t := k.t

		k.Fail(upstreamtest.User, upstreamtest.Status(http.StatusNotModified))
		checkFailed(t, k.as("alice"), fault.InvalidResponse, 0)
		k.Heal()
		k.want("alice", "v1", 2)

		// Bob has nothing that is his, so nothing is asked about.
		time.Sleep(time.Second)
		k.Fail(upstreamtest.User, upstreamtest.Status(http.StatusNotModified))
		checkFailed(t, k.as("bob"), fault.InvalidResponse, 0)
		k.wantAsked("", "", "")
	}, "Cache-Control: max-age=1", `Etag: "a"`)
}

// TestAlwaysRevalidated is what no-cache with a validator asks for.
func TestAlwaysRevalidated(t *testing.T) {
	t.Parallel()
	keep(t, func(k *keeping) {
		t := k.t

		k.want("alice", "v1", 1)
		k.want("alice", "v1", 2)

		if status := k.want("alice", "v1", 3); !status.Until.IsZero() {
			t.Errorf("a page of it may be kept: %+v", status)
		}

		k.wantAsked("", `"a"`, `"a"`)
	}, "Cache-Control: no-cache", `Etag: "a"`)
}

// TestStaleWhileRevalidate shows the old answer at once, and has a new one
// fetched once, however many ask.
func TestStaleWhileRevalidate(t *testing.T) {
	t.Parallel()
	keep(t, func(k *keeping) {
		t := k.t

		const callers = 50

		k.want("alice", "v1", 1)
		k.now("v2")
		k.Fail(upstreamtest.User, upstreamtest.Latency(late))
		time.Sleep(2 * time.Second)

		for range 2 {
			got := make(chan answer, callers)

			for range callers {
				go func() {
					ctx, leave := context.WithTimeout(session.With(t.Context(), "alice"), ms)
					defer leave()

					got <- get(ctx, k.Service, "user_1")
				}()
			}

			for range callers {
				if got := <-got; got.err != nil || got.Of != "v1" || got.after != 0 || got.State != fresh.Fresh || !got.Until.IsZero() {
					t.Errorf("got %+v, %v after %v; want the old one at once, and no page of it kept", got.Value, got.err, got.after)
				}
			}

			time.Sleep(late / 2)
		}

		k.wantCalls(2)

		last := k.Requests(upstreamtest.User)[1]
		if left := last.Header.Get("X-Request-Timeout-Ms"); left != "1000" {
			t.Errorf("the service is told %s ms, want all of an attempt", left)
		}

		time.Sleep(ms)
		k.want("alice", "v2", 2)

		if n := k.series(t, hits); n != "101" {
			t.Errorf("%s hits are counted, want 101", n)
		}

		// Bob has none of it.
		k.want("bob", "v2", 3)

		// Beyond, there is no other way than to wait.
		time.Sleep(11 * time.Second)

		if got := k.as("alice"); got.Of != "v2" || got.after != late {
			t.Errorf("got %+v after %v", got.Value, got.after)
		}
	}, "Cache-Control: max-age=1, stale-while-revalidate=10")
}

// TestRefreshThatFails leaves the old answer for as long as it may be shown, and
// says nothing to who got it.
func TestRefreshThatFails(t *testing.T) {
	t.Parallel()
	keep(t, func(k *keeping) {
		t := k.t

		k.want("alice", "v1", 1)

		for i, o := range outcomes() {
			if o.kind == fault.None || o.kind == fault.NotFound {
				continue
			}

			k.say("Cache-Control: max-age=1, stale-while-revalidate=10")
			k.Heal()
			time.Sleep(time.Hour) // Whatever there was is over.
			k.now(fmt.Sprintf("v%d", i))
			k.as("alice")
			k.Fail(upstreamtest.User, o.fault)
			time.Sleep(2 * time.Second)

			record := &telemetry.Record{}
			ctx := telemetry.WithRecord(session.With(t.Context(), "alice"), record)

			for range 3 {
				if got := get(ctx, k.Service, "user_1"); got.err != nil || got.Of != text(fmt.Sprintf("v%d", i)) || got.after != 0 {
					t.Errorf("%v: got %+v, %v", o.fault, got.Value, got.err)
				}

				time.Sleep(2 * time.Second)
			}

			if calls := record.Calls(); len(calls) != 3 || calls[2].Err != nil {
				t.Errorf("%v: recorded are %v", o.fault, calls)
			}
		}
	}, "Cache-Control: max-age=1, stale-while-revalidate=10")
}

// TestRefreshSaysNoMore: where the new answer is not to be kept, or the thing is
// gone, the old one is shown no more either.
func TestRefreshSaysNoMore(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]func(*keeping){
		"no-store":     func(k *keeping) { k.say("Cache-Control: no-store") },
		"nothing said": func(k *keeping) { k.say() },
		"gone":         func(k *keeping) { k.Fail(upstreamtest.User, upstreamtest.NotFound()) },
	} {
		for _, scope := range []string{"private", "public"} {
			t.Run(name+", "+scope, func(t *testing.T) {
				t.Parallel()
				keep(t, func(k *keeping) {
					t := k.t

					k.want("alice", "v1", 1)
					time.Sleep(time.Second)
					k.now("v2")
					change(k)
					k.want("alice", "v1", 1)
					synctest.Wait()
					k.wantCalls(2)

					if got := k.as("alice"); got.Of == "v1" {
						t.Errorf("got %+v", got.Value)
					}

					k.wantCalls(3)
				}, "Cache-Control: max-age=1, stale-while-revalidate=60, "+scope)
			})
		}
	}
}

func TestStaleIfErrorDirective(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		says string
		most time.Duration
	}{
		"shorter":            {"max-age=1, stale-if-error=60", time.Minute + time.Second},
		"longer":             {"max-age=1, stale-if-error=3600", time.Hour + time.Second},
		"never":              {"max-age=1, stale-if-error=0", time.Second},
		"of one not kept":    {"no-store, stale-if-error=60", time.Minute},
		"of no number":       {"max-age=1, stale-if-error=x", time.Second},
		"as is usual":        {"max-age=1", staleIfError},
		"as is usual always": {"no-store", staleIfError},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keep(t, func(k *keeping) {
				t := k.t

				k.want("alice", "v1", 1)
				k.Fail(upstreamtest.User, upstreamtest.Status(http.StatusInternalServerError))
				time.Sleep(test.most)

				if got := k.as("alice"); got.State != fresh.Stale || got.Of != "v1" || got.Age != test.most {
					t.Errorf("at its end: %+v, %v", got.Value, got.err)
				}

				time.Sleep(instant)
				checkFailed(t, k.as("alice"), fault.Unavailable, 0)
			}, "Cache-Control: "+test.says)
		})
	}
}

// TestNotFoundDropsWhatIsKept, the validator included, whoever it was kept for.
func TestNotFoundDropsWhatIsKept(t *testing.T) {
	t.Parallel()

	for _, scope := range []string{"private", "public"} {
		keep(t, func(k *keeping) {
			t := k.t

			k.want("alice", "v1", 1)
			time.Sleep(time.Second)
			k.Fail(upstreamtest.User, upstreamtest.NotFound())
			checkFailed(t, k.as("alice"), fault.NotFound, 0)

			if n := k.answers.Len(); n != 0 {
				t.Errorf("%s: %d answers are kept", scope, n)
			}

			k.Heal()
			k.want("alice", "v1", 3)
			k.wantAsked("", `"a"`, "")
		}, "Cache-Control: max-age=1, "+scope, `Etag: "a"`)
	}
}

// TestNewerOneOfAll: what has become public is seen by who has an old one of his
// own, too.
func TestNewerOneOfAll(t *testing.T) {
	t.Parallel()
	keep(t, func(k *keeping) {
		k.want("alice", "v1", 1)
		k.say("Cache-Control: public, max-age=60", `Etag: "b"`)
		k.now("v2")
		k.want("bob", "v2", 2)
		k.want("alice", "v1", 2) // Hers is still good.
		time.Sleep(time.Second)
		k.want("alice", "v2", 2)
		k.want("alice", "v2", 2)
	}, "Cache-Control: private, max-age=1", `Etag: "a"`)
}

// TestReadingsAreApart: fewer fields are another value.
func TestReadingsAreApart(t *testing.T) {
	t.Parallel()
	keep(t, func(k *keeping) {
		t := k.t

		reads := func(reading uint64, want text) {
			t.Helper()

			req := resilience.Request{Path: "/users/user_1", Names: true, Reading: reading}
			got := getWith(t.Context(), k.Service, req, func(r *wire.Reader) text { return nameOf("user_1")(r) + text(strconv.FormatUint(reading, 10)) })

			if got.err != nil || got.Of != want {
				t.Errorf("reading %d: got %+v, %v", reading, got.Value, got.err)
			}
		}

		for range 2 {
			reads(1, "v11")
			reads(2, "v12")
			k.wantCalls(2)
		}

		time.Sleep(time.Minute)
		k.Fail(upstreamtest.User, upstreamtest.Status(http.StatusNotModified))
		reads(1, "v11")
		reads(2, "v12")
		k.wantAsked("", "", `"a"`, `"a"`)
	}, "Cache-Control: public, max-age=60", `Etag: "a"`)
}

// TestKeptOfAnotherType is none, and no reason to ask about it.
func TestKeptOfAnotherType(t *testing.T) {
	t.Parallel()
	keep(t, func(k *keeping) {
		t := k.t

		k.want("", "v1", 1)

		req := resilience.Request{Path: "/users/user_1", Names: true}
		got, err := resilience.Get(t.Context(), k.Service, req, func(r *wire.Reader) number { return number(len(nameOf("user_1")(r))) })

		if err != nil || got.Of != 2 {
			t.Errorf("got %+v, %v", got, err)
		}

		k.wantAsked("", "")
	}, "Cache-Control: public, max-age=60", `Etag: "a"`)
}

// purges are those that are about what alice and bob have, by what hits it.
func purges(k *keeping) map[string]cache.Purge {
	all := map[string]cache.Purge{"all": {}, "tag of the answer": {Tag: "name:v1"}, "tag of the request": {Tag: "user:user_1"}}

	for entry := range k.answers.Entries() {
		all["key"] = cache.Purge{Key: entry.Key}
	}

	return all
}

// Tags name what a text is about.
func (t text) Tags() []string { return []string{"name:" + string(t)} }

func TestPurge(t *testing.T) {
	t.Parallel()

	req := resilience.Request{Path: "/users/user_1", Names: true, About: "user:user_1"}

	for _, name := range []string{"all", "tag of the answer", "tag of the request", "key"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keep(t, func(k *keeping) {
				t := k.t

				ask := func() answer { return getWith(t.Context(), k.Service, req, nameOf("user_1")) }

				ask()
				ask()
				k.wantCalls(1)

				which := purges(k)[name]

				for _, other := range []cache.Purge{{Key: "x"}, {Tag: "user:user_11"}, {Tag: "x"}} {
					if n := k.answers.Purge(other); n != 0 {
						t.Errorf("%+v purges %d", other, n)
					}
				}

				ask()
				k.wantCalls(1)

				if n := k.answers.Purge(which); n != 1 {
					t.Errorf("%+v purges %d, want 1", which, n)
				}

				time.Sleep(instant)
				k.now("v2")

				if got := ask(); got.Of != "v2" {
					t.Errorf("got %+v, %v", got.Value, got.err)
				}

				k.wantAsked("", "")
				time.Sleep(instant)
				ask()
				k.wantCalls(2) // What is fetched later is kept again.
			}, "Cache-Control: max-age=60, public", `Etag: "a"`)
		})
	}
}

// TestPurgeWhileUnderWay: who waits gets what comes, but it is not kept, and
// nobody joins.
func TestPurgeWhileUnderWay(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"all", "tag of the answer", "tag of the request", "key"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keep(t, func(k *keeping) {
				t := k.t

				req := resilience.Request{Path: "/users/user_1", Names: true, About: "user:user_1"}
				ask := func() <-chan answer {
					done := make(chan answer, 1)
					go func() { done <- getWith(t.Context(), k.Service, req, nameOf("user_1")) }()

					return done
				}

				<-ask()

				which := purges(k)[name]

				k.answers.Purge(cache.Purge{})
				time.Sleep(ms)
				k.Fail(upstreamtest.User, upstreamtest.Latency(late))

				early := ask()

				time.Sleep(ms)
				k.Ground()
				k.answers.Purge(which)
				time.Sleep(ms)

				after := ask()

				if got := <-early; got.err != nil || got.Of != "v1" || k.answers.Len() != 0 {
					t.Errorf("who waits gets %+v, %v, and %d are kept", got.Value, got.err, k.answers.Len())
				}

				if got := <-after; got.err != nil || got.after != late || k.answers.Len() != 1 {
					t.Errorf("who comes later gets %+v, %v after %v, and %d are kept", got.Value, got.err, got.after, k.answers.Len())
				}

				k.wantCalls(3)
			}, "Cache-Control: max-age=60")
		})
	}
}

func TestHeld(t *testing.T) {
	t.Parallel()
	keep(t, func(k *keeping) {
		t := k.t

		req := resilience.Request{Path: "/users/user_1"}
		held := func(who session.Principal) text {
			v, _ := resilience.Held[text](session.With(t.Context(), who), k.Service, req)

			return v.Of
		}
		now := time.Now()
		with := fresh.Status{Until: now.Add(time.Minute)}

		for _, without := range []fresh.Status{{}, {Until: now}, {State: fresh.Stale, Until: with.Until}} {
			resilience.Hold[text](session.With(t.Context(), "alice"), k.Service, req, req, "no", without, now)
		}

		if got := held("alice"); got != "" {
			t.Errorf("held is %q", got)
		}

		resilience.Hold[text](session.With(t.Context(), "alice"), k.Service, req, req, "hers", with, now)

		if a, b, all := held("alice"), held("bob"), held(""); a != "hers" || b+all != "" {
			t.Errorf("held are %q, %q and %q", a, b, all)
		}

		if _, ok := resilience.Held[number](session.With(t.Context(), "alice"), k.Service, req); ok {
			t.Error("a text is a number")
		}

		with.Public = true
		resilience.Hold[text](session.With(t.Context(), "bob"), k.Service, req, req, "for all", with, now)

		if a, b, all := held("alice"), held("bob"), held(""); a != "hers" || b != "for all" || all != "for all" {
			t.Errorf("held are %q, %q and %q", a, b, all)
		}

		time.Sleep(time.Minute)

		if a, b := held("alice"), held("bob"); a+b != "" {
			t.Errorf("held for too long are %q and %q", a, b)
		}
	})
}
