package strangler

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// What is written changes as little as can be.
func TestEditInPlace(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		before string
		to     place
		after  string
	}{
		"a word": {
			"# mine\nroutes:\n  - path: /api/products   # all\n    mode:   old # for now\n\n    fallback: true\n",
			place{ModeShadow, 0},
			"# mine\nroutes:\n  - path: /api/products   # all\n    mode:   shadow # for now\n\n    fallback: true\n",
		},
		"a word and a number": {
			"routes:\n- mode: percent\n  percent: 5 # five\n  path: /api/products\n",
			place{ModePercent, 10},
			"routes:\n- mode: percent\n  percent: 10 # five\n  path: /api/products\n",
		},
		"back to old": {
			"routes:\n- {mode: percent, percent: 5, path: /api/products}\n",
			place{ModeOld, 0},
			"routes:\n- {mode: old, percent: 0, path: /api/products}\n",
		},
		"a number more": {
			"routes:\n- mode: old # é\n  path: /api/products\n",
			place{ModePercent, 10},
			"routes:\n- mode: percent # é\n  percent: 10\n  path: /api/products\n",
		},
		"a number more at the end": {
			"routes:\n- path: /api/products\n  mode: old",
			place{ModePercent, 10},
			"routes:\n- path: /api/products\n  mode: percent\n  percent: 10",
		},
		"a number more in one line": {
			"routes: [{path: /api/products, mode: 'old'}]\n",
			place{ModePercent, 10},
			"routes: [{path: /api/products, mode: 'percent', percent: 10}]\n",
		},
		"a number more over lines": {
			"routes: [{\n  path: /api/products,\n  mode: \"old\",\n}]\n",
			place{ModePercent, 10},
			"routes: [{\n  path: /api/products,\n  mode: \"percent\",\n  percent: 10\n}]\n",
		},
		"lines that end in two bytes": {
			"# a\r\nroutes: # b\r\n- path: /api/products\r\n  mode: old # é\r\n  fallback: true\r\n",
			place{ModePercent, 10},
			"# a\r\nroutes: # b\r\n- path: /api/products\r\n  mode: percent # é\r\n  percent: 10\r\n  fallback: true\r\n",
		},
		"JSON in one line": {
			`{"routes":[{"path":"/api/products","mode":"old","fallback":true}]}`,
			place{ModePercent, 10},
			`{"routes":[{"path":"/api/products","mode":"percent", "percent": 10,"fallback":true}]}`,
		},
		"JSON over lines": {
			"{\n\t\"routes\": [\n\t\t{\n\t\t\t\"path\": \"/api/products\",\n\t\t\t\"mode\": \"old\"\n\t\t}\n\t]\n}\n",
			place{ModePercent, 10},
			"{\n\t\"routes\": [\n\t\t{\n\t\t\t\"path\": \"/api/products\",\n\t\t\t\"mode\": \"percent\",\n\t\t\t\"percent\": 10\n\t\t}\n\t]\n}\n",
		},
		"JSON with escapes": {
			`{"routes":[{"path":"\/api\/products","mode":"o\u006cd"}]}`,
			place{ModeNew, 0},
			`{"routes":[{"path":"\/api\/products","mode":"new"}]}`,
		},
		"what cannot be done in place": {
			"routes:\n- path: /api/products\n  mode: \"o\\x6Cd\"\n",
			place{ModePercent, 7},
			header + "routes:\n  - path: /api/products\n    mode: percent\n    percent: 7\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			o := open(t, yamlFile(t), test.before)
			from := o.routes.Load().named("products").place()

			if moved, err := o.move(move{"products", from, test.to, "ramp", "it holds"}); err != nil || !moved {
				t.Fatal(moved, err)
			}

			if got := o.content(t); got != test.after {
				t.Errorf("got\n%s\nwant\n%s", got, test.after)
			}

			if got := o.place("products"); got != test.to.String() {
				t.Errorf("in force is %s", got)
			}
		})
	}
}

func TestMove(t *testing.T) {
	t.Parallel()

	o := open(t, yamlFile(t), usersOld)
	do(t, os.Chmod(o.file, 0o640)) //nolint:gosec // To be seen again.

	up := move{"users", place{ModeOld, 0}, place{ModePercent, 5}, "ramp", "it holds"}
	for i, want := range []bool{true, false} {
		if moved, err := o.move(up); moved != want || err != nil {
			t.Errorf("move %d: %v, %v", i, moved, err)
		}
	}

	if moved, err := o.move(move{"carts", place{ModeOld, 0}, place{ModeNew, 0}, "ramp", ""}); moved || err != nil {
		t.Error("a route that is not there moved:", moved, err)
	}

	if moved, err := o.move(move{"users", place{ModePercent, 5}, place{ModeOld, 5}, "ramp", ""}); moved || err == nil {
		t.Error("moved to where it cannot be:", moved, err)
	}

	if info, err := os.Stat(o.file); err != nil || info.Mode().Perm() != 0o640 {
		t.Error("the file is not whose it was:", info.Mode(), err)
	}

	if n := o.events.count("route moved", "route=users", "from=old", `to="percent 5"`, "by=ramp", `because="it holds"`); n != 1 {
		t.Errorf("it was said %d times", n)
	}

	o.checkMetrics(t, map[string]string{`strangler_moves_total{by="ramp",route="users"}`: "1", `strangler_percent{route="users"}`: "5"})

	again := open(t, o.file, "")
	if got := again.place("users"); got != "percent 5" {
		t.Errorf("after a restart it is %s", got)
	}
}

// Several replicas follow one file: what one does the others see, once.
func TestReplicas(t *testing.T) {
	t.Parallel()

	file := yamlFile(t)

	synctest.Test(t, func(t *testing.T) {
		a, b := open(t, file, usersOld), open(t, file, "")

		if moved, err := a.move(move{"users", place{ModeOld, 0}, place{ModeShadow, 0}, "operator", ""}); err != nil || !moved {
			t.Fatal(moved, err)
		}

		// b has not looked yet, and learns of it by wanting the same.
		if moved, err := b.move(move{"users", place{ModeOld, 0}, place{ModeNew, 0}, "operator", ""}); err != nil || moved {
			t.Error("a move from where the route is not any more:", moved, err)
		}

		looked(2)
		checkPlace(t, b, "shadow")
		a.checkMetrics(t, map[string]string{`strangler_moves_total{by="file",route="users"}`: "0", `strangler_moves_total{by="operator",route="users"}`: "1", `strangler_reloads_total{outcome="ok"}`: "0"})
		b.checkMetrics(t, map[string]string{`strangler_moves_total{by="file",route="users"}`: "1", `strangler_moves_total{by="operator",route="users"}`: "0"})
	})
}

// Many move a route up by one, and somebody edits the file with the lock in
// their hands: each step is made once, and no edit is lost.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()

	const movers, steps, edits = 3, 8, 20

	file := yamlFile(t)
	first := open(t, file, usersRoute+"  mode: percent\n  percent: 0\n")
	tables := []opened{first}

	for range movers - 1 {
		tables = append(tables, open(t, file, ""))
	}

	var group sync.WaitGroup

	for _, table := range tables {
		group.Go(func() {
			for done := 0; done < steps; {
				at := table.routes.Load().named("users").place()

				moved, err := table.move(move{"users", at, place{ModePercent, at.Percent + 1}, "ramp", ""})
				if err != nil {
					t.Error(err)

					return
				}

				if moved {
					done++
				}
			}
		})
	}

	group.Go(func() {
		for i := range edits {
			unlock, err := lock(file)
			if err != nil {
				t.Error(err)

				return
			}

			data, err := os.ReadFile(file) //nolint:gosec // The test's own.
			if err != nil {
				t.Error(err)
			}

			save(t, file, string(data)+fmt.Sprintf("# edit %d\n", i))
			unlock()
		}
	})

	group.Wait()

	content := first.content(t)
	if !strings.Contains(content, fmt.Sprintf("percent: %d\n", movers*steps)) {
		t.Errorf("steps were lost or made twice:\n%s", content)
	}

	for i := range edits {
		if !strings.Contains(content, fmt.Sprintf("# edit %d\n", i)) {
			t.Errorf("edit %d was lost", i)
		}
	}
}

// An edit without the lock, just before the file would be replaced, is seen.
func TestEditMeanwhile(t *testing.T) {
	t.Parallel()

	o := open(t, yamlFile(t), usersOld)
	tries := 0

	err := o.alter(t.Context(), origin{by: "operator"}, false, func(d *document) ([]byte, error) {
		if tries++; tries == 1 {
			save(t, o.file, "# an edit\n"+usersOld)
		}

		return d.set(0, place{ModeNew, 0}.settings())
	})
	do(t, err)

	if got := o.content(t); got != "# an edit\n"+usersNew || tries != 2 {
		t.Errorf("after %d tries it is\n%s", tries, got)
	}
}

func TestFirstFile(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"strangler.yaml", "strangler.json"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			o := open(t, filepath.Join(t.TempDir(), name), "")

			if moved, err := o.move(move{"users", place{ModeNew, 0}, place{ModePercent, 50}, "guard", ""}); err != nil || !moved {
				t.Fatal(moved, err)
			}

			content := o.content(t)
			if isJSON := json.Valid([]byte(content)); isJSON != strings.HasSuffix(name, "json") || !isJSON && !strings.HasPrefix(content, "# ") {
				t.Errorf("it is\n%s", content)
			}

			if again := open(t, o.file, ""); again.place("users") != "percent 50" || again.place("orders") != "new" {
				t.Errorf("after a restart it is\n%s", content)
			}
		})
	}
}

func TestLinkStays(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	target, link := filepath.Join(dir, "real.yaml"), filepath.Join(dir, "link.yaml")
	write(t, target, usersOld)
	do(t, os.Symlink("real.yaml", link))

	o := open(t, link, "")
	if moved, err := o.move(move{"users", place{ModeOld, 0}, place{ModeNew, 0}, "operator", ""}); err != nil || !moved {
		t.Fatal(moved, err)
	}

	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is a file now", err)
	}

	if o.content(t) != usersNew {
		t.Error("the file is as it was")
	}
}

// Who has to go back to the old system is not kept from it by a disk.
func TestUnwritten(t *testing.T) {
	t.Parallel()

	tests := map[string]func(t *testing.T) (opened, string){
		"a folder that may not be written": func(t *testing.T) (opened, string) {
			t.Helper()

			if os.Getuid() == 0 || runtime.GOOS == "windows" {
				t.Skip("nothing is forbidden here")
			}

			o := open(t, yamlFile(t), usersNew)
			dir := filepath.Dir(o.file)
			do(t, os.Chmod(dir, 0o500))                       //nolint:gosec // It is a folder.
			t.Cleanup(func() { do(t, os.Chmod(dir, 0o700)) }) //nolint:gosec // As above.

			return o, "permission denied"
		},
		"a lock that cannot be": func(t *testing.T) (opened, string) {
			t.Helper()

			o := open(t, yamlFile(t), usersNew)
			do(t, os.Mkdir(o.file+".lock", 0o700))

			return o, "lock the routes file"
		},
		"a file that is bad by now": func(t *testing.T) (opened, string) {
			t.Helper()

			o := open(t, yamlFile(t), usersNew)
			save(t, o.file, "routes: half of\n")

			return o, "the file is bad: strangler.yaml:1: routes: must be a list"
		},
		"no file at all": func(t *testing.T) (opened, string) {
			t.Helper()

			return open(t, "", ""), "no routes file is set"
		},
	}
	for name, opens := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			o, why := opens(t)

			var before string
			if o.file != "" {
				before = o.content(t)
			}

			if moved, err := o.move(move{"users", place{ModeNew, 0}, place{ModeOld, 0}, "guard", "errors"}); err != nil || !moved {
				t.Fatal(moved, err)
			}

			checkPlace(t, o, "old")

			if got, _ := o.shown(t)["not_written"].(string); !strings.Contains(got, why) {
				t.Errorf("shown is %q", got)
			}

			if o.events.count("level=WARN", "not written") != 1 {
				t.Error("the log says nothing of it")
			}

			if o.file != "" && o.content(t) != before {
				t.Error("it was written")
			}
		})
	}
}

// What could not be written is written with the next change that can be; a file
// that somebody else has changed meanwhile comes first.
func TestWrittenLater(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		o := open(t, yamlFile(t), usersNew+"- path: /api/products\n  mode: new\n")
		back := func(route string) move { return move{route, place{ModeNew, 0}, place{ModeOld, 0}, "guard", ""} }

		do(t, os.Mkdir(o.file+".lock", 0o700))

		if moved, err := o.move(back("users")); err != nil || !moved {
			t.Fatal(moved, err)
		}

		looked(20)
		checkPlace(t, o, "old")
		do(t, os.Remove(o.file+".lock"))

		if moved, err := o.move(back("products")); err != nil || !moved {
			t.Fatal(moved, err)
		}

		if got := o.content(t); strings.Count(got, "mode: old") != 2 || o.shown(t)["not_written"] != nil {
			t.Errorf("the file is\n%s", got)
		}

		save(t, o.file, usersNew+products)
		looked(1)
		checkPlace(t, o, "new")
	})
}

// What could not be written is written once it can be, by whoever asks for the
// same again, and by nobody: other replicas follow, and so does a restart.
func TestWrittenOnceItCanBe(t *testing.T) {
	t.Parallel()

	tests := map[string]func(t *testing.T, o opened){
		"who asks again": func(t *testing.T, o opened) {
			t.Helper()

			if got := decoded(t, o.ask(t, http.MethodPatch, "/strangler/routes/users", `{"mode":"old"}`)); got["not_written"] != nil {
				t.Errorf("it is still not written: %v", got["not_written"])
			}
		},
		"nobody": func(t *testing.T, _ opened) { t.Helper(); time.Sleep(2 * everyTry) },
	}
	for name, asks := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			file := yamlFile(t)

			synctest.Test(t, func(t *testing.T) {
				o, other := open(t, file, usersNew), open(t, file, "")
				do(t, os.Mkdir(file+".lock", 0o700))

				if got, _ := decoded(t, o.ask(t, http.MethodPatch, "/strangler/routes/users", `{"mode":"old"}`))["not_written"].(string); !strings.Contains(got, "lock") {
					t.Errorf("not_written is %q", got)
				}

				o.checkMetrics(t, map[string]string{"strangler_not_written": "1"})
				checkPlace(t, o, "old")
				do(t, os.Remove(file+".lock"))
				asks(t, o)

				if got := o.content(t); got != usersOld || o.shown(t)["not_written"] != nil {
					t.Errorf("the file is\n%s", got)
				}

				looked(2)
				checkPlace(t, other, "old")
				o.checkMetrics(t, map[string]string{"strangler_not_written": "0", `strangler_moves_total{by="operator",route="users"}`: "1"})
			})
		})
	}
}

// A file that somebody else has changed meanwhile comes before what is owed to it.
func TestNotWrittenOverOthers(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		o := open(t, yamlFile(t), usersNew)
		do(t, os.Mkdir(o.file+".lock", 0o700))

		if moved, err := o.move(move{"users", place{ModeNew, 0}, place{ModeOld, 0}, "guard", ""}); err != nil || !moved {
			t.Fatal(moved, err)
		}

		do(t, os.Remove(o.file+".lock"))
		save(t, o.file, usersRoute+"  mode: shadow\n")
		time.Sleep(2 * everyTry)
		checkPlace(t, o, "shadow")
		o.checkMetrics(t, map[string]string{"strangler_not_written": "0"})

		if got := o.content(t); got != usersRoute+"  mode: shadow\n" {
			t.Errorf("the file is\n%s", got)
		}
	})
}

// What is owed to the file waits: for a bad one to be put right, for whoever is
// writing it, and for a while before each try.
func TestOwedWaits(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		meanwhile func(t *testing.T, o opened)
		now, then string // the file
	}{
		"for a while": {func(t *testing.T, _ opened) { t.Helper(); looked(int(everyTry/everyLook) - 2) }, usersNew, usersOld},
		"for a bad file": {func(t *testing.T, o opened) {
			t.Helper()
			save(t, o.file, "half of")
			time.Sleep(2 * everyTry)
		}, "half of", "half of"},
		"for who writes in place": {func(t *testing.T, o opened) {
			t.Helper()

			for n := range int(2 * everyTry / everyLook) {
				write(t, o.file, usersNew+strings.Repeat("#", n)+"\n- path: /api/pro")
				looked(1)
			}

			write(t, o.file, usersNew+"# mine\n")
			looked(2)

			if n := o.events.count("refused"); n != 0 || o.place("users") != "new" {
				t.Errorf("half of it was read %d times, and %s is in force", n, o.place("users"))
			}
		}, usersNew + "# mine\n", usersNew + "# mine\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			synctest.Test(t, func(t *testing.T) {
				o := open(t, yamlFile(t), usersNew)
				looked(1)
				do(t, os.Mkdir(o.file+".lock", 0o700))

				if moved, err := o.move(move{"users", place{ModeNew, 0}, place{ModeOld, 0}, "guard", ""}); err != nil || !moved {
					t.Fatal(moved, err)
				}

				do(t, os.Remove(o.file+".lock"))
				test.meanwhile(t, o)

				if got := o.content(t); got != test.now {
					t.Errorf("the file is\n%s", got)
				}

				time.Sleep(2 * everyTry)

				if got := o.content(t); got != test.then {
					t.Errorf("then the file is\n%s", got)
				}
			})
		})
	}
}

// A file that cannot be had for a moment, and comes back as it was, has been changed
// by nobody: what could not be written meanwhile stays, and is written then. A bad
// one is as bad as before.
func TestRollBackOutlastsABlip(t *testing.T) {
	t.Parallel()

	const bad = usersRoute + "  mode: nwe\n"

	type path struct{ file, away string }

	tests := map[string]struct {
		goes      func(t *testing.T, dir, file path)
		comesBack func(t *testing.T, dir, file path)
	}{
		"its folder is away": {
			func(t *testing.T, dir, _ path) { t.Helper(); do(t, os.Rename(dir.file, dir.away)) },
			func(t *testing.T, dir, _ path) { t.Helper(); do(t, os.Rename(dir.away, dir.file)) },
		},
		"its folder cannot be entered": {
			func(t *testing.T, dir, _ path) {
				t.Helper()
				do(t, os.Rename(dir.file, dir.away))
				write(t, dir.file, "no folder")
			},
			func(t *testing.T, dir, _ path) {
				t.Helper()
				do(t, os.Remove(dir.file))
				do(t, os.Rename(dir.away, dir.file))
			},
		},
		"it cannot be read": {
			func(t *testing.T, _, file path) {
				t.Helper()
				do(t, os.Rename(file.file, file.away))
				do(t, os.Mkdir(file.file, 0o700))
			},
			func(t *testing.T, _, file path) {
				t.Helper()
				do(t, os.Remove(file.file))
				do(t, os.Rename(file.away, file.file))
			},
		},
	}
	for name, test := range tests {
		for _, content := range []string{usersNew, bad} {
			t.Run(name+", "+strings.TrimSpace(content[len(usersRoute):]), func(t *testing.T) {
				t.Parallel()

				synctest.Test(t, func(t *testing.T) {
					at := filepath.Join(t.TempDir(), "volume")
					dir, file := path{at, at + ".away"}, path{filepath.Join(at, "strangler.yaml"), filepath.Join(at, "away")}

					do(t, os.Mkdir(dir.file, 0o700))

					o := open(t, file.file, usersNew)
					save(t, file.file, content)
					do(t, os.Chtimes(file.file, time.Time{}, time.Now().Add(-time.Hour))) // It is not read for being young.
					looked(4)

					before := o.shown(t)["file_error"]

					test.goes(t, dir, file)
					looked(2)

					if got := o.shown(t)["file_error"]; got == nil || got == before {
						t.Errorf("while it is away it is said: %v", got)
					}

					if moved, err := o.move(move{"users", place{ModeNew, 0}, place{ModeOld, 0}, "guard", "errors"}); err != nil || !moved {
						t.Fatal(moved, err)
					}

					looked(2)
					test.comesBack(t, dir, file)
					looked(2)
					checkPlace(t, o, "old")

					if got := o.shown(t)["file_error"]; got != before {
						t.Errorf("when it is back it is said: %v", got)
					}

					time.Sleep(2 * everyTry)

					if got := o.content(t); got != strings.Replace(content, "new", "old", 1) || o.place("users") != "old" {
						t.Errorf("%s is in force, and the file is\n%s", o.place("users"), got)
					}
				})
			})
		}
	}
}

// FuzzEdit wants a change of any file to change that alone.
func FuzzEdit(f *testing.F) {
	for _, seed := range []string{
		usersOld, usersNew, `{"routes":[{"path":"/api/users/{id}","mode":"old"}]}`, "routes: [{mode: old, path: /a}, {mode: old, path: /b}]",
		"routes:\r\n- mode: 'old' # x\r\n  path: /a\r\n", "routes:\n- path: /a\n  mode: |-\n    old\n", "routes:\n-\tmode: old\n\tpath: /a",
	} {
		f.Add([]byte(seed), true, uint8(5))
	}

	f.Fuzz(func(t *testing.T, data []byte, percent bool, n uint8) {
		d, err := parse(data, shopServices())
		if err != nil {
			return
		}

		to := place{ModeOld, 0}
		if percent {
			to = place{ModePercent, int(n) % 101}
		}

		next, err := d.set(len(d.said.Routes)-1, to.settings())
		if err != nil {
			t.Fatal(err)
		}

		got, err := outline(next)
		if err != nil {
			t.Fatalf("%v\n%s", err, next)
		}

		want := d.said
		for _, c := range to.settings() {
			want = want.with(len(want.Routes)-1, c)
		}

		one, _ := json.Marshal(want)
		two, _ := json.Marshal(got.said)

		if !bytes.Equal(one, two) {
			t.Errorf("got\n%s\nwant\n%s", two, one)
		}
	})
}
