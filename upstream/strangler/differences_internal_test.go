package strangler

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/upstream/strangler/compare"
)

// One finding for each path and kind, the most frequent first, with the newest
// examples first.
func TestDifferencesAreCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newComparing(t, Compare{})
		start := time.Now().UTC()

		for n := range maxExamples + 2 {
			c.offer(comparison{
				route: c.route, target: fmt.Sprintf("/users/user_%d", n), pattern: "/users/{id}", id: fmt.Sprintf("req-%d", n),
				old: Reply{Status: 200, Body: fmt.Appendf(nil, `{"n":10,"name":"Ann","gone":%d}`, n)}, peek: newSays(200, fmt.Sprintf(`{"n":1%d,"name":"Ann"}`, n)),
			})
			synctest.Wait()
			time.Sleep(time.Second)
		}

		since, counts, found, _ := c.route.differences.summary()
		if !since.Equal(start) || counts[cameDifferent] != maxExamples+2 {
			t.Errorf("since %v %v", since, counts)
		}

		end := start.Add(6 * time.Second)
		shown := func(old, fresh, delta string, n int) example {
			return example{Old: old, New: fresh, Delta: delta, RequestID: fmt.Sprintf("req-%d", n), Path: "/users/{id}", At: start.Add(time.Duration(n) * time.Second)}
		}
		want := []finding{
			{Path: "$.gone", Kind: compare.Missing, Count: 7, FirstSeen: start, LastSeen: end, Examples: []example{
				shown("9", "", "", 6), shown("9", "", "", 5), shown("9", "", "", 4), shown("9", "", "", 3), shown("9", "", "", 2),
			}},
			{Path: "$.n", Kind: compare.Value, Count: 6, FirstSeen: start.Add(time.Second), LastSeen: end, Examples: []example{
				shown("99", "99", "+6", 6), shown("99", "99", "+5", 5), shown("99", "99", "+4", 4), shown("99", "99", "+3", 3), shown("99", "99", "+2", 2),
			}},
		}

		if diff := cmp.Diff(want, found); diff != "" {
			t.Error(diff)
		}
	})
}

// Names that may be somebody's are in no report and in no metric.
func TestKeysAreNotTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newComparing(t, Compare{})
		c.ask(Reply{Status: 200, Body: []byte(`{"contacts":{"Jane Doe":{"age":1},"john.smith":{"age":2}}}`)}, newSays(200, `{"contacts":{"Jane Doe":{"age":3},"john.smith":{"age":4}}}`))
		synctest.Wait()

		if _, _, found, _ := c.route.differences.summary(); len(found) != 1 || found[0].Path != "$.contacts.*.age" {
			t.Errorf("found %+v", found)
		}

		if n := c.metric(`strangler_differences_total{path="$.contacts.*.age",route="users"}`); n != 1 {
			t.Errorf("%d in metrics", n)
		}
	})
}

// A new side with ever other paths costs neither memory nor series.
func TestPathsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newComparing(t, Compare{})

		differ := func(from, to int) {
			for n := from; n < to; n++ {
				c.ask(Reply{Status: 200, Body: fmt.Appendf(nil, `{"m%d":1}`, n)}, newSays(200, `{}`))
				synctest.Wait()
			}
		}
		other := func() (count uint64) {
			_, _, found, _ := c.route.differences.summary()
			for _, f := range found {
				if f.Path == otherPath {
					count = f.Count
				}
			}

			if len(found) > maxFound+1 {
				t.Errorf("%d findings", len(found))
			}

			return count
		}

		differ(0, maxFound+20)

		if n, labelled := other(), c.metric(`strangler_differences_total{path="other",route="users"}`); n != 20 || labelled != 20 {
			t.Errorf("%d others, %d in metrics", n, labelled)
		}

		// What is forgotten makes room in the report; metrics forget nothing.
		if n := c.route.differences.forget(); n != maxFound+1 {
			t.Errorf("%d were forgotten", n)
		}

		differ(500, 510)

		if n, labelled := other(), c.metric(`strangler_differences_total{path="other",route="users"}`); n != 0 || labelled != 30 {
			t.Errorf("%d others, %d in metrics", n, labelled)
		}
	})
}

// A new file brings new rules to the differences that are known.
func TestRulesFollowTheRoute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newComparing(t, Compare{})
		ask := func() {
			c.ask(Reply{Status: 200, Body: []byte(`{"a":1}`)}, newSays(200, `{}`))
			synctest.Wait()
		}

		ask()

		next := c.route.Route
		next.Compare = Compare{Ignore: []string{"$.a"}}
		c.route = c.route.as(next)
		ask()

		c.expect(t, map[string]int{"different": 1, "same": 1})
	})
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newComparing(t, Compare{})
		for n := range maxMoves + 5 {
			c.route.differences.moved(move{From: place{ModePercent, n}, To: place{ModePercent, n + 1}, By: "ramp", Because: "all is well"})
			time.Sleep(time.Second)
		}

		c.route.differences.moved(move{From: place{ModePercent, 25}, To: place{Mode: ModeNew}, By: "operator"})
		c.route.differences.forget()

		_, _, _, moves := c.route.differences.summary()
		if len(moves) != maxMoves || moves[0].To != (placeAt{ModeNew, 100}) || moves[1].To != (placeAt{ModePercent, 25}) || moves[0].At.Sub(moves[1].At) != time.Second {
			t.Errorf("got %+v", moves)
		}
	})
}
