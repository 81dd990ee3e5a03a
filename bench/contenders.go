package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"storefront/bench/internal/target"
	"storefront/bench/internal/workload"
)

// kind is what a contender is to the others.
type kind int

const (
	ours  kind = iota
	peer       // does the same work in another way
	floor      // does less than the work: nobody can be below it
)

// Names of contenders that goals are about.
const (
	nameOurs   = "ours"
	namePlain  = "plain Go"
	nameGqlgen = "plain gqlgen"
	nameFixed  = "net/http fixed"
)

// contender is one way to answer, in one or more programs.
type contender struct {
	name  string
	kind  kind
	rest  bool // its web page is the one over REST
	npm   bool // it is run by node
	hot   bool // it is of interest where services allow to store
	fixed bool // it answers everybody what is right for the first user

	programs []target.Program
	scripts  []target.Script
}

// pages are all workloads that a floor needs the right answer of.
func pages() []*workload.Workload {
	return []*workload.Workload{
		workload.Mobile(), workload.TV(), workload.WebGraphQL(), workload.WebREST(), workload.WebOrders(),
		workload.PostsA(), workload.PostsB(), workload.PostsC(),
	}
}

func pageKeys() []string {
	return each(pages(), func(w *workload.Workload) string { return w.Key })
}

func contenders() []*contender {
	list := []*contender{
		{name: nameOurs, kind: ours, hot: true, programs: []target.Program{target.Mobile(), target.TV(), target.Web(), target.Posts()}},
		{name: namePlain, kind: peer, rest: true, programs: []target.Program{target.PlainBFF()}},
		{name: nameGqlgen, kind: peer, programs: []target.Program{target.PlainGqlgen()}},
		{name: nameFixed, kind: floor, fixed: true, hot: true, programs: []target.Program{target.Fixed(pageKeys())}},
		{name: "net/http fan-out", kind: floor, rest: true, fixed: true, programs: []target.Program{target.FanOut()}},
		{name: "fasthttp fixed", kind: floor, fixed: true, hot: true, programs: []target.Program{target.FastFixed(pageKeys())}},
		{name: "fasthttp fan-out", kind: floor, rest: true, fixed: true, programs: []target.Program{target.FastFanOut()}},
	}

	return slices.Concat(list, npmContenders())
}

func npmContenders() []*contender {
	scripts := target.Scripts()
	list := make([]*contender, len(scripts))

	for i, script := range scripts {
		list[i] = &contender{
			name: script.Name, kind: peer, npm: true, scripts: scripts[i : i+1], rest: slices.Contains(script.Listens, "mobile"),
		}
	}

	return list
}

// surface is where a contender answers a workload: by the page's own key where
// it listens for each page, else where it listens for all of that client.
func surface(listens []string, w *workload.Workload) (string, bool) {
	for _, name := range []string{w.Key, w.Target} {
		if slices.Contains(listens, name) {
			return name, true
		}
	}

	return "", false
}

// builds are programs that are built once, and scripts that are installed once.
type builds struct {
	dir, answers string // folders

	binaries map[string]target.Binary
	node     target.Node
	source   target.Source
	skipped  []string // what is left out, and why
}

var errBuilds = errors.New("preparing")

// newBuilds writes the right answers for the first user, for the floors.
func newBuilds(dir string) (*builds, error) {
	const private, readable = 0o700, 0o600

	b := &builds{dir: dir, answers: filepath.Join(dir, "answers"), binaries: map[string]target.Binary{}}
	if err := os.MkdirAll(b.answers, private); err != nil {
		return nil, fmt.Errorf("%w: %w", errBuilds, err)
	}

	for _, page := range pages() {
		right, err := page.Right(0)
		if err == nil {
			err = os.WriteFile(filepath.Join(b.answers, page.Key+".json"), right, readable)
		}

		if err != nil {
			return nil, fmt.Errorf("%w: %w", errBuilds, err)
		}
	}

	return b, nil
}

// skip notes that something is left out.
func (b *builds) skip(what, why string) { b.skipped = append(b.skipped, what+": "+why) }

// build makes ready what a contender needs, and takes out of it what is not
// there.
func (b *builds) build(ctx context.Context, c *contender) error {
	there := c.programs[:0]

	for _, program := range c.programs {
		if program.Name == target.Posts().Name && !program.Exists(ctx) {
			b.skip(c.name+" on posts", "there is no package "+program.Package+" yet")

			continue
		}

		binary, err := target.Build(ctx, program, b.dir)
		if err != nil {
			return err
		}

		if c.kind == ours {
			if b.source, err = binary.Source(); err != nil {
				return err
			}
		}

		b.binaries[program.Name] = binary
		there = append(there, program)
	}

	c.programs = there

	return nil
}

// install makes node's contenders ready, or leaves them out.
func (b *builds) install(ctx context.Context, list []*contender) ([]*contender, error) {
	if !slices.ContainsFunc(list, func(c *contender) bool { return c.npm }) {
		return list, nil
	}

	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBuilds, err)
	}

	b.node, err = target.Install(ctx, filepath.Join(cache, "storefront-bench", "node"))
	if errors.Is(err, target.ErrNoNode) {
		b.skip("the peers on node", err.Error())

		return slices.DeleteFunc(list, func(c *contender) bool { return c.npm }), nil
	}

	return list, err
}
