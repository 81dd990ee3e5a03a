package page_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"storefront/internal/cache"
	"storefront/internal/fresh"
	"storefront/internal/page"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a desk with what it is over.
type desk struct {
	*page.Desk[string]

	store *cache.Store[string]
}

func newDesk(bytes int64) desk {
	store := cache.NewStore[string](bytes)

	return desk{page.NewDesk(store, 0), store}
}

const enough = 1 << 20

// got is what one who asked has.
type got struct {
	value string
	found bool
	turn  *page.Turn[string]
	after time.Duration
}

// ask asks without waiting; deadline is so far ahead, 0 is none.
func (d desk) ask(ctx context.Context, key string, within time.Duration) <-chan got {
	deadline := time.Time{}
	if within > 0 {
		deadline = time.Now().Add(within)
	}

	done := make(chan got, 1)

	go func() {
		start := time.Now()
		value, found, turn := d.Wait(ctx, key, deadline)
		done <- got{value, found, turn, time.Since(start)}
	}()

	return done
}

// first asks as one who has to be given a turn at once.
func (d desk) first(t *testing.T, key string, within time.Duration) *page.Turn[string] {
	t.Helper()

	g := <-d.ask(t.Context(), key, within)
	if g.found || g.turn == nil || g.after != 0 {
		t.Fatalf("got %+v, want a turn", g)
	}

	return g.turn
}

// says renders a value, and counts.
func says(value string, rendered *int) func() (string, int) {
	return func() (string, int) {
		*rendered++

		return value, len(value)
	}
}

// forMinute are terms for a minute from now.
func forMinute(tags ...string) fresh.Terms {
	return fresh.Terms{Until: time.Now().Add(time.Minute), Tags: tags}
}

func TestKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rendered := 0
		d := newDesk(enough)
		turn := d.first(t, "alice a", 0)

		if _, found := d.Kept("alice a"); found {
			t.Error("kept before it is made")
		}

		turn.Deliver(forMinute("user:a"), "public a", says("hers", &rendered))

		for key, want := range map[string]string{"alice a": "hers", "bob a": "", "public a": "", "alice b": ""} {
			if value, found := d.Kept(key); value != want || found != (want != "") {
				t.Errorf("%s: got %q, %v", key, value, found)
			}
		}

		time.Sleep(time.Minute - time.Nanosecond)

		if value, _ := d.Kept("alice a"); value != "hers" || rendered != 1 {
			t.Errorf("got %q, rendered %d times", value, rendered)
		}

		time.Sleep(time.Nanosecond)

		if _, found := d.Kept("alice a"); found {
			t.Error("it is kept beyond its end")
		}
	})
}

// TestPublicAnswer is kept for all, under their key alone.
func TestPublicAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(enough)
		terms := forMinute()
		terms.Public = true
		d.first(t, "alice a", 0).Deliver(terms, "public a", says("for all", new(int)))

		if value, _ := d.Kept("public a"); value != "for all" || d.store.Len() != 1 {
			t.Errorf("got %q, %d entries", value, d.store.Len())
		}
	})
}

// TestNotKept: what may not be used again is rendered for those alone who wait.
func TestNotKept(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		bytes int64
		terms func() fresh.Terms
	}{
		"a store of nothing": {0, func() fresh.Terms { return forMinute() }},
		"no terms":           {enough, func() fresh.Terms { return fresh.Terms{} }},
		"terms that end now": {enough, func() fresh.Terms { return fresh.Terms{Until: time.Now()} }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				rendered := 0
				d := newDesk(test.bytes)

				d.first(t, "a", 0).Deliver(test.terms(), "public a", says("one", &rendered))

				if _, found := d.Kept("a"); found || rendered != 0 {
					t.Errorf("kept: %v; rendered %d times for nobody", found, rendered)
				}

				turn := d.first(t, "a", 0)
				second := d.ask(t.Context(), "a", 0)

				synctest.Wait()
				turn.Deliver(test.terms(), "public a", says("two", &rendered))

				if g := <-second; g.value != "two" || !g.found || rendered != 1 {
					t.Errorf("who waits got %+v, rendered %d times", g, rendered)
				}

				if _, found := d.Kept("a"); found {
					t.Error("it is kept")
				}
			})
		})
	}
}

func TestCoalesced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const callers = 20

		rendered := 0
		d := newDesk(enough)
		turn := d.first(t, "a", 0)
		others := make([]<-chan got, callers)

		for i := range others {
			others[i] = d.ask(t.Context(), "a", 0)
		}

		another := d.first(t, "b", 0) // Another question waits for nobody.

		time.Sleep(time.Second)
		another.End()
		turn.Deliver(fresh.Terms{}, "", says("one", &rendered))

		for _, other := range others {
			if g := <-other; g.value != "one" || !g.found || g.turn != nil || g.after != time.Second {
				t.Errorf("got %+v", g)
			}
		}

		if rendered != 1 {
			t.Errorf("rendered %d times", rendered)
		}

		d.first(t, "a", 0).End() // What is over is not shared.
	})
}

// TestMakerInVain: who waited asks again, one of them makes the answer, and the
// others have that.
func TestMakerInVain(t *testing.T) {
	t.Parallel()

	fails := map[string]func(*page.Turn[string]){
		"no answer": func(turn *page.Turn[string]) { turn.End() },
		"a panic in rendering": func(turn *page.Turn[string]) {
			defer func() {
				_ = recover()

				turn.End()
			}()

			turn.Deliver(fresh.Terms{}, "", func() (string, int) { panic("broken") })
		},
		"a panic in rendering what is kept": func(turn *page.Turn[string]) {
			defer func() {
				_ = recover()

				turn.End()
			}()

			turn.Deliver(forMinute(), "", func() (string, int) { panic("broken") })
		},
	}
	for name, fail := range fails {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const callers = 10

				d := newDesk(enough)
				turn := d.first(t, "a", 0)
				others := make(chan got, callers)

				for range callers {
					go func() { others <- <-d.ask(t.Context(), "a", 0) }()
				}

				synctest.Wait()
				time.Sleep(time.Second)
				fail(turn)

				next := <-others
				if next.turn == nil {
					t.Fatalf("got %+v, want a turn", next)
				}

				synctest.Wait()

				if len(others) != 0 {
					t.Errorf("%d do not wait", len(others))
				}

				next.turn.Deliver(fresh.Terms{}, "", says("second", new(int)))

				for range callers - 1 {
					if g := <-others; g.value != "second" || !g.found {
						t.Errorf("got %+v", g)
					}
				}
			})
		})
	}
}

// TestTwiceInVain is enough: who has waited so long makes the answer alone.
func TestTwiceInVain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(enough)
		first := d.first(t, "a", 0)
		one, two := d.ask(t.Context(), "a", 0), d.ask(t.Context(), "a", 0)

		synctest.Wait()
		first.End()

		var turn *page.Turn[string]

		waits := one
		select {
		case g := <-one:
			turn, waits = g.turn, two
		case g := <-two:
			turn = g.turn
		}

		synctest.Wait()
		turn.End()

		if g := <-waits; g.found || g.turn != nil {
			t.Errorf("got %+v, want neither", g)
		}
	})
}

// TestWaiterLeaves at once, and costs the others nothing.
func TestWaiterLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(enough)
		turn := d.first(t, "a", 0)
		ctx, leave := context.WithTimeout(t.Context(), time.Millisecond)

		defer leave()

		gone, stays := d.ask(ctx, "a", 0), d.ask(t.Context(), "a", 0)

		if g := <-gone; g.found || g.turn != nil || g.after != time.Millisecond {
			t.Errorf("who left got %+v", g)
		}

		turn.Deliver(fresh.Terms{}, "", says("one", new(int)))

		if g := <-stays; g.value != "one" {
			t.Errorf("who stays got %+v", g)
		}
	})
}

// TestNobodyWaitsWithoutTime: the maker may be given up soon, and with more time
// more can be had.
func TestNobodyWaitsWithoutTime(t *testing.T) {
	t.Parallel()

	const s = time.Second

	tests := map[string]struct {
		maker, passed, asks time.Duration // 0 is without a deadline
		waits               bool
	}{
		"both just begun":         {s, 0, s, true},
		"half of it is left":      {s, s / 2, s, true},
		"less than half":          {s, s/2 + 1, s, false},
		"who asks has less still": {s, s * 3 / 4, s / 2, true},
		"the maker has no bound":  {0, s, s, true},
		"neither has one":         {0, s, 0, true},
		"who asks has no bound":   {s, 0, 0, false},
		"the maker is overdue":    {s, 2 * s, s, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(enough)
				turn := d.first(t, "a", test.maker)

				time.Sleep(test.passed)

				asks := d.ask(t.Context(), "a", test.asks)

				synctest.Wait()

				if waits := len(asks) == 0; waits != test.waits {
					t.Errorf("it waits: %v", waits)
				}

				turn.Deliver(fresh.Terms{}, "", says("one", new(int)))

				if g := <-asks; g.turn != nil || g.found != test.waits {
					t.Errorf("got %+v", g)
				}
			})
		})
	}
}

// TestNobodyWaitsForEver: a maker that does not end costs others their own time
// and no more, and one that is a moment late costs them nothing.
func TestNobodyWaitsForEver(t *testing.T) {
	t.Parallel()

	const lateness = 100 * time.Millisecond

	for name, test := range map[string]struct {
		late  time.Duration
		found bool
		after time.Duration
	}{
		"in time":        {-time.Millisecond, true, time.Second - time.Millisecond},
		"a moment late":  {20 * time.Millisecond, true, time.Second + 20*time.Millisecond},
		"not in the end": {time.Minute, false, time.Second + lateness},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(enough)
				turn := d.first(t, "a", time.Second)
				waits := d.ask(t.Context(), "a", time.Second)

				time.Sleep(time.Second + test.late)
				turn.Deliver(fresh.Terms{}, "", says("one", new(int)))

				if g := <-waits; g.found != test.found || g.turn != nil || g.after != test.after {
					t.Errorf("got %+v", g)
				}
			})
		})
	}
}

// TestPurgeWhileMaking: those who wait get it, nobody joins, and it is not kept.
func TestPurgeWhileMaking(t *testing.T) {
	t.Parallel()

	for name, which := range map[string]cache.Purge{"all": {}, "a tag": {Tag: "user:a"}, "the key": {Key: "alice a"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(enough)
				before := d.first(t, "alice a", 0)
				waits := d.ask(t.Context(), "alice a", 0)

				synctest.Wait()
				time.Sleep(time.Nanosecond)
				d.Ground()
				d.store.Purge(which)
				time.Sleep(time.Nanosecond)

				after := d.first(t, "alice a", 0)
				joins := d.ask(t.Context(), "alice a", 0)

				synctest.Wait()
				before.Deliver(forMinute("user:a"), "", says("old", new(int)))

				if g := <-waits; g.value != "old" {
					t.Errorf("who waits got %+v", g)
				}

				if value, found := d.Kept("alice a"); found {
					t.Errorf("kept is %q", value)
				}

				after.Deliver(forMinute("user:a"), "", says("new", new(int)))

				if g := <-joins; g.value != "new" {
					t.Errorf("who came later got %+v", g)
				}

				if value, _ := d.Kept("alice a"); value != "new" {
					t.Errorf("kept is %q", value)
				}
			})
		})
	}

	// What is about something else is kept all the same.
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(enough)
		turn := d.first(t, "alice a", 0)

		time.Sleep(time.Nanosecond)
		d.store.Purge(cache.Purge{Tag: "user:b"})
		turn.Deliver(forMinute("user:a"), "", says("one", new(int)))

		if value, _ := d.Kept("alice a"); value != "one" {
			t.Errorf("kept is %q", value)
		}
	})
}

// TestManyAtOnce has all of it happen at the same time: whatever anybody gets is
// the answer to his own question.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()

	const (
		users  = 6
		askers = 8
		rounds = 400
		few    = 4 << 10 // bytes: some are pushed out all the time
	)

	var (
		all    sync.WaitGroup
		reused atomic.Int64
	)

	d := newDesk(few)

	for n := range askers {
		all.Go(func() {
			for round := range rounds {
				user := fmt.Sprintf("user %d", (n+round)%users)
				if round%50 == n {
					d.Ground()
					d.store.Purge(cache.Purge{Tag: user})
				}

				value, found := d.Kept(user)
				if !found {
					var turn *page.Turn[string]

					value, found, turn = d.Wait(t.Context(), user, time.Time{})
					if turn != nil {
						deliver(turn, user, round)
					}
				}

				if found {
					reused.Add(1)
				}

				if found && !strings.HasPrefix(value, user+" ") {
					t.Errorf("%s got %q", user, value)
				}
			}
		})
	}

	all.Wait()

	if reused.Load() == 0 {
		t.Error("nothing was ever used again: nothing is shown")
	}
}

func deliver(turn *page.Turn[string], user string, round int) {
	if round%10 == 0 {
		turn.End()

		return
	}

	terms := fresh.Terms{Until: time.Now().Add(time.Millisecond), Tags: []string{user}}
	turn.Deliver(terms, "", says(fmt.Sprintf("%s in round %d", user, round), new(int)))
}

// TestDraft tells what the handler stated, and nothing where it did not.
func TestDraft(t *testing.T) {
	t.Parallel()

	page.Whole(t.Context(), fresh.Whole()) // Nobody reads it.

	if _, whole := page.DraftOf(t.Context()).Whole(); whole {
		t.Error("it is whole without a draft")
	}

	var d page.Draft

	ctx := page.WithDraft(t.Context(), &d)
	if _, whole := d.Whole(); whole {
		t.Error("it is whole before that is stated")
	}

	page.Whole(ctx, fresh.Terms{Tags: []string{"user:a"}})

	if terms, whole := d.Whole(); !whole || len(terms.Tags) != 1 {
		t.Errorf("got %+v, %v", terms, whole)
	}
}
