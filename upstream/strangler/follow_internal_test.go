package strangler

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const (
	usersOld = usersRoute + "  mode: old\n"
	usersNew = usersRoute + "  mode: new\n"
)

// looked lets the file be looked at so many times.
func looked(times int) {
	time.Sleep(time.Duration(times) * everyLook)
	synctest.Wait()
}

func write(t *testing.T, file, content string) {
	t.Helper()

	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, err error) {
	t.Helper()

	if err != nil {
		t.Fatal(err)
	}
}

func TestFollow(t *testing.T) {
	t.Parallel()

	tests := map[string]func(t *testing.T, o opened){
		"replaced": func(t *testing.T, o opened) {
			t.Helper()
			save(t, o.file, usersNew)
			looked(1)
			checkPlace(t, o, "new")
			o.checkMetrics(t, map[string]string{
				`strangler_moves_total{by="file",route="users"}`: "1",
				`strangler_percent{route="users"}`:               "100",
				`strangler_reloads_total{outcome="ok"}`:          "1",
			})

			if o.events.count("route moved", "route=users", "from=old", "to=new", "by=file") != 1 {
				t.Error("the log says nothing of it")
			}
		},
		"written in place, which takes a while": func(t *testing.T, o opened) {
			t.Helper()
			looked(1)
			write(t, o.file, usersNew+"- path: /api/pro")
			looked(1)
			checkPlace(t, o, "old")
			write(t, o.file, usersNew+"- path: /api/products\n  mode: new\n")
			looked(1)
			checkPlace(t, o, "old")
			looked(1)
			checkPlace(t, o, "new")

			if o.place("products") != "new" || o.events.count("refused") != 0 {
				t.Error("half a file was taken")
			}
		},
		"written without looking any different": func(t *testing.T, o opened) {
			t.Helper()
			info, err := os.Stat(o.file)
			do(t, err)
			looked(1)
			write(t, o.file, usersNew)
			do(t, os.Chtimes(o.file, info.ModTime(), info.ModTime()))
			looked(1)
			checkPlace(t, o, "new")
		},
		"bad, then good": func(t *testing.T, o opened) {
			t.Helper()
			save(t, o.file, usersRoute+"  mode: nwe\n")
			looked(5)
			checkPlace(t, o, "old")

			const why = `strangler.yaml:3: routes[0].mode: must be old, shadow, percent or new, not "nwe"`
			if got := o.shown(t)["file_error"]; got != why {
				t.Errorf("shown is %v", got)
			}

			if n := o.events.count("refused", "strangler.yaml:3"); n != 1 {
				t.Errorf("it was said %d times", n)
			}

			o.checkMetrics(t, map[string]string{`strangler_reloads_total{outcome="refused"}`: "1"})
			save(t, o.file, usersOld)
			looked(1)

			if got := o.shown(t)["file_error"]; got != nil {
				t.Errorf("shown is still %v", got)
			}
		},
		"gone, then back": func(t *testing.T, o opened) {
			t.Helper()
			do(t, os.Remove(o.file))
			looked(5)
			checkPlace(t, o, "old")

			if n := o.events.count("not there any more"); n != 1 {
				t.Errorf("it was said %d times", n)
			}

			if got := o.shown(t)["file_error"]; got != "is not there any more" {
				t.Errorf("shown is %v", got)
			}

			write(t, o.file, usersOld)
			looked(2)

			if got := o.shown(t)["file_error"]; got != nil {
				t.Errorf("shown is still %v", got)
			}
		},
		"a route less": func(t *testing.T, o opened) {
			t.Helper()
			save(t, o.file, usersNew) // Else it may not leave.
			looked(1)
			save(t, o.file, "routes:\n- path: /api/products\n  mode: new\n")
			looked(1)

			if len(o.routes.Load().all) != 1 || o.place("products") != "new" {
				t.Error("the old routes are in force")
			}
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				test(t, open(t, filepath.Join(t.TempDir(), "strangler.yaml"), usersOld))
			})
		})
	}
}

// A file that was not there at the start is followed once it is.
func TestFollowWhatComesLater(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		o := open(t, yamlFile(t), "")
		looked(3)

		if o.place("users") != "new" || o.shown(t)["file_error"] != nil {
			t.Error("the default is not in force")
		}

		save(t, o.file, usersOld)
		looked(1)
		checkPlace(t, o, "old")
	})
}

func checkPlace(t *testing.T, o opened, want string) {
	t.Helper()

	if got := o.place("users"); got != want {
		t.Errorf("users is %s, not %s", got, want)
	}
}

// Kubernetes mounts a file as a link to a link, and swaps the one in between.
func TestFollowLinks(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	file := filepath.Join(dir, "strangler.yaml")

	for version, content := range map[string]string{"..1": usersOld, "..2": usersNew} {
		do(t, os.Mkdir(filepath.Join(dir, version), 0o700))
		write(t, filepath.Join(dir, version, "strangler.yaml"), content)
	}

	do(t, os.Symlink("..1", filepath.Join(dir, "..data")))
	do(t, os.Symlink("..data/strangler.yaml", file))

	synctest.Test(t, func(t *testing.T) {
		o := open(t, file, "")
		looked(2)
		checkPlace(t, o, "old")
		do(t, os.Symlink("..2", filepath.Join(dir, "..next")))
		do(t, os.Rename(filepath.Join(dir, "..next"), filepath.Join(dir, "..data")))
		looked(1)
		checkPlace(t, o, "new")
	})
}

// What is known of a route goes on with it for as long as its paths are the
// same.
func TestFollowKeepsWhatIsKnown(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		o := open(t, yamlFile(t), usersOld+"- path: /api/products\n  mode: new\n")
		users, products := *o.routes.Load().named("users"), *o.routes.Load().named("products")

		save(t, o.file, usersNew+"- path: {old: /api/products, new: /goods}\n  service: product\n  mode: new\n")
		looked(1)

		now := o.routes.Load().named("users")
		if now.figures != users.figures || now.health != users.health || now.differences != users.differences || now.metrics != users.metrics {
			t.Error("what was known of users is gone")
		}

		if o.routes.Load().named("products").figures == products.figures {
			t.Error("what was known of products is held for that of other paths")
		}

		const elsewhere = "routes:\n- {name: users, path: /api/x, mode: new, service: "

		for what, said := range map[string][2]string{
			"of another service": {elsewhere + "user}\n", elsewhere + "order}\n"},
			"of other methods":   {usersNew, usersNew + "  methods: [OPTIONS]\n"},
		} {
			save(t, o.file, said[0])
			looked(1)

			before := o.routes.Load().named("users")

			save(t, o.file, said[1])
			looked(1)

			if now := o.routes.Load().named("users"); now == before || now.figures == before.figures || now.health == before.health || now.differences == before.differences {
				t.Errorf("what was known of users is held for that %s", what)
			}
		}
	})
}

func TestOpen(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		content   string
		mustExist bool
		change    func(t *testing.T, o *Options)
		want      string // of the error
	}{
		"no file":                  {},
		"no file, and it must be":  {mustExist: true, want: "strangler.yaml: no such file"},
		"a bad file":               {content: usersRoute + "  mode: nwe\n", want: `strangler.yaml:3: routes[0].mode: must be`},
		"a bad default":            {change: func(_ *testing.T, o *Options) { o.Services = nil }, want: "default routes:"},
		"a folder in its place":    {change: func(t *testing.T, o *Options) { t.Helper(); do(t, os.Mkdir(o.File, 0o700)) }, want: "is a directory"},
		"a default and no name":    {change: func(_ *testing.T, o *Options) { o.File = "" }},
		"no log":                   {content: usersOld, change: func(_ *testing.T, o *Options) { o.Log = nil }},
		"a default where it is in": {content: usersOld, change: func(_ *testing.T, o *Options) { o.Default = File{} }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			options := Options{File: yamlFile(t), Default: Shop(ModeNew), MustExist: test.mustExist, Services: shopServices(), Metrics: benchMetrics()}
			if test.content != "" {
				write(t, options.File, test.content)
			}

			if test.change != nil {
				test.change(t, &options)
			}

			table, err := Open(t.Context(), options)
			if test.want == "" {
				do(t, err)
				do(t, table.Close())

				return
			}

			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v", err)
			}
		})
	}
}
