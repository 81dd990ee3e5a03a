package strangler

import (
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestBack is told when the new side answers less than it did, whoever says so.
func TestBack(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		var backs atomic.Int64

		o := open(t, yamlFile(t), "routes:\n  - path: /api/users/{id}\n    mode: old\n", func(o *Options) {
			o.Back = func(services []string) {
				backs.Add(1)

				if !slices.Equal(services, []string{"user"}) {
					t.Errorf("told of %q", services)
				}
			}
		})

		was := place{Mode: ModeOld}

		for _, step := range []struct {
			to    place
			backs int64
		}{
			{place{Mode: ModeShadow}, 0},
			{place{ModePercent, 25}, 0},
			{place{ModePercent, 50}, 0},
			{place{ModePercent, 25}, 1},
			{place{Mode: ModeNew}, 1},
			{place{ModePercent, 100}, 1},
			{place{Mode: ModeOld}, 2},
		} {
			if done, err := o.move(move{Route: "users", From: was, To: step.to, By: "operator"}); !done || err != nil {
				t.Fatalf("%v: %t, %v", step.to, done, err)
			}

			synctest.Wait()

			if got := backs.Load(); got != step.backs {
				t.Errorf("%v: told %d times, want %d", step.to, got, step.backs)
			}

			was = step.to
		}
	})
}

// TestBackHoldsUpNothing has the next move wait for nobody, and the end of the
// table for who is told.
func TestBackHoldsUpNothing(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		const slow = time.Minute

		var told atomic.Int64

		o := open(t, yamlFile(t), usersNew, func(o *Options) {
			o.Back = func([]string) {
				time.Sleep(slow)
				told.Add(1)
			}
		})

		for _, m := range []move{
			{Route: "users", From: place{Mode: ModeNew}, To: place{Mode: ModeOld}},
			{Route: "users", From: place{Mode: ModeOld}, To: place{Mode: ModeNew}},
			{Route: "users", From: place{Mode: ModeNew}, To: place{Mode: ModeOld}},
		} {
			if done, err := o.move(m); !done || err != nil {
				t.Fatal(done, err)
			}
		}

		if told.Load() != 0 {
			t.Error("a move has waited")
		}

		if err := o.Close(); err != nil || told.Load() != 2 {
			t.Errorf("told %d times at the end: %v", told.Load(), err)
		}

		if answer := o.ask(t, "PUT", "/strangler/routes", usersNew); answer.StatusCode >= 300 {
			t.Error(answer.Status)
		}

		if answer := o.ask(t, "PUT", "/strangler/routes", usersOld); answer.StatusCode >= 300 {
			t.Error(answer.Status)
		}

		time.Sleep(2 * slow)

		if told.Load() != 2 {
			t.Error("it was told after the end")
		}
	})
}

// A route that is gone is told of, and what its new side has said is forgotten;
// also where it goes on under another name.
func TestRouteLeaves(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		before, after string
		stood         string // "": it does not leave
		backs         int64
	}{
		"it was new":            {usersNew, "routes:\n- path: /api/products\n  mode: old\n", "new", 1},
		"renamed while moving":  {usersRoute + "  mode: percent\n  percent: 1\n", usersRoute + "  name: people\n  mode: old\n", "percent 1", 1},
		"renamed, and old":      {usersOld, usersRoute + "  name: people\n  mode: old\n", "old", 0},
		"renamed on its way":    {usersNew, usersRoute + "  name: people\n  mode: old\n", "new", 1},
		"another one has come":  {usersNew, usersNew + "- path: /api/products\n  mode: old\n", "", 0},
		"it moves, and is here": {usersNew, usersOld, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			synctest.Test(t, func(t *testing.T) {
				var backs atomic.Int64

				o := open(t, yamlFile(t), test.before, func(o *Options) { o.Back = func([]string) { backs.Add(1) } })
				save(t, o.file, test.after)
				looked(1)
				synctest.Wait()

				if backs.Load() != test.backs {
					t.Errorf("told %d times, want %d", backs.Load(), test.backs)
				}

				lines := o.events.count("route left the file")
				if test.stood == "" && lines != 0 || test.stood != "" && o.events.count("level=WARN", "route left the file", "route=users", "stood="+quoted(test.stood)) != 1 {
					t.Errorf("%d lines", lines)
				}
			})
		})
	}
}

// quoted is a text as the log has it.
func quoted(text string) string {
	if text == "percent 1" {
		return `"percent 1"`
	}

	return text
}
