package strangler

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/telemetry"
	"storefront/upstream/strangler/compare"
)

// comparing is one route whose answers are compared.
type comparing struct {
	*shadows

	route   *route
	metrics *telemetry.Metrics
}

func newComparing(tb testing.TB, rules Compare) *comparing {
	tb.Helper()

	metrics := telemetry.NewMetrics()
	all := metrics.Strangler()
	r := newRoute(Route{
		Name: "users", Mode: ModeShadow, Compare: rules,
		Paths: []Path{{Old: "/api/users", New: "/users"}, {Old: "/api/users/{id}", New: "/users/{id}"}},
	}, all.Route("users"))
	c := &comparing{newShadows(), r, metrics}
	c.pause = 0 // TestClientsFirst is about it.
	tb.Cleanup(func() { _ = c.close() })

	return c
}

type peek = func(context.Context, Ask) (Reply, error)

// says is a new side that always says the same.
func newSays(status int, body string) peek {
	return func(context.Context, Ask) (Reply, error) { return Reply{Status: status, Body: []byte(body)}, nil }
}

// newHangs is a new side that never answers.
func newHangs(ctx context.Context, _ Ask) (Reply, error) {
	<-ctx.Done()

	return Reply{}, ctx.Err()
}

func (c *comparing) ask(old Reply, peek peek) {
	c.offer(comparison{route: c.route, target: "/users/user_42?full=1", pattern: "/users/{id}", id: "req-1", old: old, peek: peek})
}

// counts are what came of comparing, as metrics say; those that are 0 are left
// out.
func (c *comparing) counts() map[string]int {
	counts := map[string]int{}

	for _, outcome := range []string{"same", "different", "failed", "skipped"} {
		if n := c.metric(fmt.Sprintf("strangler_shadows_total{outcome=%q,route=\"users\"}", outcome)); n != 0 {
			counts[outcome] = n
		}
	}

	return counts
}

// metric is the value of a series, 0 where there is none.
func (c *comparing) metric(series string) (n int) {
	scraped := httptest.NewRecorder()
	c.metrics.Handler().ServeHTTP(scraped, httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/metrics", nil))

	for line := range strings.Lines(scraped.Body.String()) {
		if value, found := strings.CutPrefix(line, series+" "); found {
			_, _ = fmt.Sscan(value, &n)
		}
	}

	return n
}

func (c *comparing) expect(t *testing.T, want map[string]int) {
	t.Helper()

	if got := c.counts(); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func zippedBody(body string) []byte {
	var packed bytes.Buffer

	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte(body))
	_ = w.Close()

	return packed.Bytes()
}

func TestShadowOutcomes(t *testing.T) {
	t.Parallel()

	ok := Reply{Status: 200, Body: []byte(`{"id":"1","name":"Ann"}`)}
	tests := map[string]struct {
		old  Reply
		new  peek
		want outcome
		path string
	}{
		"the same":          {old: ok, new: newSays(200, `{"name":"Ann","id":"1"}`), want: cameSame},
		"a superset":        {old: ok, new: newSays(200, `{"name":"Ann","id":"1","mail":"a@b.example"}`), want: cameSame},
		"another value":     {old: ok, new: newSays(200, `{"name":"Bob","id":"1"}`), want: cameDifferent, path: "$.name"},
		"ignored":           {old: ok, new: newSays(200, `{"name":"Ann"}`), want: cameSame},
		"no JSON":           {old: ok, new: newSays(200, `<html>`), want: cameDifferent, path: "$"},
		"another status":    {old: ok, new: newSays(404, ``), want: cameDifferent, path: "$status"},
		"found after all":   {old: Reply{Status: 404}, new: newSays(200, `{}`), want: cameDifferent, path: "$status"},
		"a redirect":        {old: ok, new: newSays(302, ``), want: cameDifferent, path: "$status"},
		"not found by both": {old: Reply{Status: 404, Body: []byte("a")}, new: newSays(404, "b"), want: cameSame},
		"new fails":         {old: ok, new: newSays(500, ``), want: cameLost},
		"new has enough":    {old: ok, new: newSays(429, ``), want: cameLost},
		"new is gone":       {old: ok, new: func(context.Context, Ask) (Reply, error) { return Reply{}, errors.New("refused") }, want: cameLost},
		"new says nothing":  {old: ok, new: newSays(0, ""), want: cameLost},
		"new panics":        {old: ok, new: func(context.Context, Ask) (Reply, error) { panic("broken reader") }, want: cameLost},
		"new is too slow":   {old: ok, new: newHangs, want: cameLost},
		"both in gzip": {
			old: Reply{Status: 200, Encoding: "gzip", Body: zippedBody(`{"id":1}`)},
			new: func(context.Context, Ask) (Reply, error) {
				return Reply{Status: 200, Encoding: "X-Gzip", Body: zippedBody(` {"id":1}`)}, nil
			},
			want: cameSame,
		},
		"new breaks its gzip": {old: ok, new: func(context.Context, Ask) (Reply, error) {
			return Reply{Status: 200, Encoding: "gzip", Body: zippedBody(`{"id":1}`)[:20]}, nil
		}, want: cameLost},
		"new in another coding": {old: ok, new: func(context.Context, Ask) (Reply, error) {
			return Reply{Status: 200, Encoding: "br"}, nil
		}, want: cameSkipped},
		"new inflates to no end": {old: ok, new: func(context.Context, Ask) (Reply, error) {
			return Reply{Status: 200, Encoding: "gzip", Body: zippedBody(strings.Repeat(" ", 4<<20))}, nil
		}, want: cameSkipped},
		"old breaks its gzip":   {old: Reply{Status: 200, Encoding: "gzip", Body: []byte("{}")}, new: newSays(200, `{}`), want: cameSkipped},
		"old in another coding": {old: Reply{Status: 200, Encoding: "br"}, new: newSays(200, ``), want: cameSkipped},
		"old fails":             {old: Reply{Status: 503}, new: newSays(200, `{}`), want: cameSkipped},
		"old has enough":        {old: Reply{Status: 429}, new: newSays(200, `{}`), want: cameSkipped},
		"old leads elsewhere":   {old: Reply{Status: 302}, new: newSays(302, ``), want: cameSkipped},
		"old says not modified": {old: Reply{Status: 304}, new: newSays(200, ``), want: cameSkipped},
		"old sends a part":      {old: Reply{Status: 206}, new: newSays(206, ``), want: cameSkipped},
		"old is not done":       {old: Reply{Status: 103}, new: newSays(200, ``), want: cameSkipped},
		"old says too much":     {old: Reply{Status: 200, Body: make([]byte, compare.MaxBody+1)}, new: newSays(200, `{}`), want: cameSkipped},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newComparing(t, Compare{Ignore: []string{"$.id"}})
				c.ask(test.old, test.new)
				time.Sleep(maxLook)
				synctest.Wait()

				c.expect(t, map[string]int{string(test.want): 1})

				_, _, found, _ := c.route.differences.summary()
				if (len(found) == 1) != (test.path != "") || len(found) == 1 && found[0].Path != test.path {
					t.Errorf("got %+v, want one at %q", found, test.path)
				}
			})
		})
	}
}

// The new side is asked what it would have been asked, for nobody.
func TestShadowAsks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newComparing(t, Compare{})
		c.ask(Reply{Status: 200}, func(ctx context.Context, ask Ask) (Reply, error) {
			if ask.Side != New || ask.Target != "/users/user_42?full=1" || !ask.Keep || ask.Patience != 0 {
				t.Errorf("asked %+v", ask)
			}

			if deadline, bounded := ctx.Deadline(); !bounded || time.Until(deadline) != maxLook {
				t.Errorf("has until %v", deadline)
			}

			return Reply{Status: 200}, nil
		})
		synctest.Wait()
		c.expect(t, map[string]int{"same": 1})
	})
}

// The log has the first failure of a series, and its end.
func TestShadowSaysWhyItFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &events{}

		c := newComparing(t, Compare{})
		c.logTo(slog.New(slog.NewTextHandler(log, nil)))

		for _, says := range []peek{newSays(503, "secret"), newSays(500, ""), newSays(200, ""), newSays(200, "")} {
			c.ask(Reply{Status: 200}, says)
			synctest.Wait()
		}

		if n := log.count("level=WARN", "shadow fails", "route=users", `kind="status 503"`); n != 1 || log.count("shadow fails") != 1 || log.count("answers again") != 1 || log.count("secret") != 0 {
			t.Errorf("got %s", log.text.String())
		}

		if last := c.route.reported().LastFailure; last == nil || last.Kind != "status 500" || last.At.IsZero() {
			t.Errorf("the report has %+v", last)
		}

		c.ask(Reply{Status: 200}, func(context.Context, Ask) (Reply, error) {
			return Reply{Status: 200, Encoding: "gzip", Body: []byte("{}")}, nil
		})
		synctest.Wait()

		if last := c.route.reported().LastFailure; last == nil || last.Kind != "unreadable" {
			t.Errorf("the report has %+v", last)
		}

		if c.route.differences.forget(); c.route.reported().LastFailure != nil {
			t.Error("the report has what was forgotten")
		}
	})
}

func TestShadowPanicsAreLogged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer

		c := newComparing(t, Compare{})
		c.logTo(slog.New(slog.NewTextHandler(&log, nil)))
		c.ask(Reply{Status: 200}, func(context.Context, Ask) (Reply, error) { panic("broken reader") })
		synctest.Wait()

		for _, word := range []string{"level=ERROR", "route=users", "request_id=req-1", "broken reader", "stack="} {
			if !strings.Contains(log.String(), word) {
				t.Errorf("no %s in %s", word, log.String())
			}
		}

		c.ask(Reply{Status: 200}, newSays(200, ""))
		synctest.Wait()
		c.expect(t, map[string]int{"failed": 1, "same": 1})
	})
}

// As many as are bound to are under way, as many as fit wait, the rest is
// skipped; what waited too long as well.
func TestShadowsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newComparing(t, Compare{})
		c.bound(Bounds{MaxConcurrent: 3})

		var running, most atomic.Int32

		slow := func(context.Context, Ask) (Reply, error) {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			time.Sleep(maxWait - time.Millisecond)

			return Reply{Status: 200}, nil
		}

		for range 3 {
			c.ask(Reply{Status: 200}, slow)
			synctest.Wait() // It runs.
		}

		for range maxWaiting + 5 {
			c.ask(Reply{Status: 200}, slow)
		}

		c.expect(t, map[string]int{"skipped": 5})
		time.Sleep(time.Minute)

		if most.Load() != 3 {
			t.Errorf("%d ran at once", most.Load())
		}

		c.expect(t, map[string]int{"skipped": 5 + maxWaiting - 3, "same": 6})
	})
}

// A bound that is lowered holds as soon as what runs is done.
func TestShadowsFollowTheirBounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const took = 100 * time.Millisecond

		c := newComparing(t, Compare{})

		var running, most atomic.Int32

		for range 2 * usualConcurrent {
			c.ask(Reply{Status: 200}, func(context.Context, Ask) (Reply, error) {
				most.Store(max(most.Load(), running.Add(1)))
				defer running.Add(-1)
				time.Sleep(took)

				return Reply{Status: 200}, nil
			})
		}

		synctest.Wait()

		if most.Load() != usualConcurrent {
			t.Errorf("%d ran at once", most.Load())
		}

		c.bound(Bounds{MaxConcurrent: 2})
		time.Sleep(took)
		synctest.Wait()
		most.Store(0)
		time.Sleep(time.Minute)

		if most.Load() != 2 {
			t.Errorf("%d ran at once", most.Load())
		}

		c.expect(t, map[string]int{"same": 2 * usualConcurrent})
	})
}

// Goroutines are there while there is something to do.
func TestShadowsRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newComparing(t, Compare{})
		for range 100 {
			c.ask(Reply{Status: 200, Body: []byte("{}")}, newSays(200, "{}"))
		}

		synctest.Wait()

		if c.running != 0 || c.count != 0 || c.bytes != 0 {
			t.Errorf("%d run, %d wait with %d bytes", c.running, c.count, c.bytes)
		}

		for i := range c.waiting {
			if c.waiting[i].route != nil {
				t.Error("a comparison is kept")
			}
		}

		c.expect(t, map[string]int{"same": 100})
	})
}

func TestShadowsAreBoundedByBytes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newComparing(t, Compare{})
		c.bound(Bounds{MaxConcurrent: 1})
		c.ask(Reply{Status: 200}, newHangs)
		synctest.Wait()

		body := bytes.Repeat([]byte(" "), compare.MaxBody)
		for range 20 {
			c.ask(Reply{Status: 200, Body: body}, newSays(200, ""))
		}

		c.expect(t, map[string]int{"skipped": 4})
	})
}

func TestShadowsHaveARate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newComparing(t, Compare{})

		burst := func(n int) {
			for range n {
				c.ask(Reply{Status: 200}, newSays(200, ""))
				synctest.Wait()
			}
		}

		burst(usualPerSecond + 10)
		c.expect(t, map[string]int{"same": usualPerSecond, "skipped": 10})

		time.Sleep(100 * time.Millisecond)
		burst(110)
		c.expect(t, map[string]int{"same": usualPerSecond + 100, "skipped": 20})

		c.bound(Bounds{MaxPerSecond: 10})
		time.Sleep(time.Hour)
		burst(15)
		c.expect(t, map[string]int{"same": usualPerSecond + 110, "skipped": 25})
	})
}

// A new side that is dead is asked ten times, and then for a moment not at all.
func TestShadowsLeaveTheDeadAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newComparing(t, Compare{})

		burst := func(n int, side peek) {
			for range n {
				c.ask(Reply{Status: 200}, side)
				synctest.Wait()
			}
		}

		burst(9, newSays(500, ""))
		burst(1, newSays(200, ""))
		burst(15, newSays(500, ""))
		c.expect(t, map[string]int{"failed": 19, "same": 1, "skipped": 5})

		time.Sleep(restAfterLost)
		burst(5, newSays(500, "")) // It is asked once, and still dead.
		c.expect(t, map[string]int{"failed": 20, "same": 1, "skipped": 9})

		time.Sleep(restAfterLost)
		c.bound(Bounds{MaxConcurrent: 1})

		for range 5 { // What waits is not asked for either.
			c.ask(Reply{Status: 200}, newSays(500, ""))
		}

		synctest.Wait()
		c.expect(t, map[string]int{"failed": 21, "same": 1, "skipped": 13})

		time.Sleep(restAfterLost)
		burst(5, newSays(200, ""))
		burst(5, newSays(500, ""))
		c.expect(t, map[string]int{"failed": 26, "same": 6, "skipped": 13})
	})
}

// Closing ends what runs, compares nothing more and leaves nothing behind.
func TestShadowsClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newComparing(t, Compare{})
		c.bound(Bounds{MaxConcurrent: 2})

		for range 10 {
			c.ask(Reply{Status: 200}, newHangs)
		}

		synctest.Wait()

		start := time.Now()
		if err := c.close(); err != nil || time.Since(start) != 0 {
			t.Errorf("got %v after %v", err, time.Since(start))
		}

		c.ask(Reply{Status: 200}, func(context.Context, Ask) (Reply, error) {
			t.Error("asked after the end")

			return Reply{}, nil
		})
		synctest.Wait()
		c.expect(t, map[string]int{"skipped": 11})
	})
}

// A new side that says one field wrong in one of a hundred answers is found out
// within a thousand requests, and by the name of that field; see the issue.
func TestLyingInOneOfAHundredIsNoticed(t *testing.T) {
	t.Parallel()

	const requests = 1_000

	fields := []string{"total", "status", "items[*].price", "items[*].name"}

	for seed := range uint64(20) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				chance := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // It is to be the same every time.
				field := fields[seed%uint64(len(fields))]
				c := newComparing(t, Compare{Ignore: []string{"$.made_at"}, Tolerance: map[string]float64{"$.total": 0.01}, Unordered: []string{"$.items"}})

				order := func(n int, lie bool, by string) string {
					values := map[string]string{"total": "99.90", "status": "open", "items[*].price": "9.90", "items[*].name": "Phone"}
					if lie {
						values[field] = map[string]string{"total": "98.90", "status": "opened", "items[*].price": "9.09", "items[*].name": "phone"}[field]
					}

					items := []string{
						fmt.Sprintf(`{"id":"prod_%d","name":%q,"price":%s}`, n, values["items[*].name"], values["items[*].price"]),
						`{"id":"prod_0","name":"Case","price":1}`,
					}
					if by == "new" {
						items[0], items[1] = items[1], items[0]
					}

					return fmt.Sprintf(`{"id":"order_%d","status":%q,"total":%s,"made_at":%q,"items":[%s]}`, n, values["status"], values["total"], by, strings.Join(items, ","))
				}

				lies := 0

				for n := range requests {
					lie := chance.IntN(100) == 0
					if lie {
						lies++
					}

					c.ask(Reply{Status: 200, Body: []byte(order(n+1, false, "old"))}, newSays(200, order(n+1, lie, "new")))

					if n%100 == 0 {
						synctest.Wait()
					}
				}

				synctest.Wait()

				_, _, found, _ := c.route.differences.summary()
				if lies == 0 || len(found) != 1 || found[0].Path != "$."+field || found[0].Count != uint64(lies) {
					t.Errorf("%d lies at %s: got %+v", lies, field, found)
				}

				if n := c.metric(fmt.Sprintf("strangler_differences_total{path=%q,route=\"users\"}", "$."+field)); n != lies {
					t.Errorf("the metric says %d of %d", n, lies)
				}

				c.expect(t, map[string]int{"same": requests - lies, "different": lies})
			})
		})
	}
}

// What a client waits for, where there is room and where there is not.
func BenchmarkOffer(b *testing.B) {
	for name, bounds := range map[string]Bounds{"taken": {MaxPerSecond: 1 << 40}, "skipped": {MaxPerSecond: 1}} {
		b.Run(name, func(b *testing.B) {
			c := newComparing(b, Compare{})
			c.bound(bounds)

			old, side := Reply{Status: 200, Body: []byte(`{}`)}, newSays(200, `{}`)

			b.ReportAllocs()

			for b.Loop() {
				c.ask(old, side)
			}
		})
	}
}

// TestClientsFirst: the new side is asked when the client has its answer, and not
// when all is to end.
func TestClientsFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newComparing(t, Compare{})
		c.pause = clientsFirst

		var asked []time.Duration

		start := time.Now()
		note := func(context.Context, Ask) (Reply, error) {
			asked = append(asked, time.Since(start))

			return Reply{Status: http.StatusOK, Body: []byte("{}")}, nil
		}

		for range 2 {
			c.ask(Reply{Status: http.StatusOK, Body: []byte("{}")}, note)
			time.Sleep(time.Millisecond)
		}

		time.Sleep(time.Second)
		synctest.Wait()

		if want := []time.Duration{clientsFirst, clientsFirst + time.Millisecond}; !slices.Equal(asked, want) {
			t.Errorf("asked after %v, want %v", asked, want)
		}

		c.ask(Reply{Status: http.StatusOK, Body: []byte("{}")}, note)

		before := time.Now()
		if err := c.close(); err != nil || time.Since(before) != 0 || len(asked) != 2 {
			t.Errorf("closed after %v, asked %d times: %v", time.Since(before), len(asked), err)
		}
	})
}
