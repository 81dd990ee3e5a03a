package main

import (
	"slices"

	"storefront/bench/internal/target"
	"storefront/bench/internal/workload"
)

// world is how the services behave.
type world int

const (
	cold world = iota // nothing may be stored
	hot               // answers may be stored for a minute
	slow              // as cold, and each answer takes 20 ms
)

// task is one thing that contenders are asked to do.
type task struct {
	key   string
	group group
	world world

	graphQL, rest *workload.Workload // rest is what the web page is to those who speak REST alone; nil is graphQL

	users       int  // how many different ones are asked for, in turn; 0 is all there are
	warmed      bool // all of them are asked for before each run
	conditional bool // by clients that have the answer already
}

// group is the table that a task stands in.
type group string

const (
	groupCold  group = "cold"
	groupSame  group = "same"
	groupHot   group = "hot"
	groupPosts group = "posts"
	groupAdded group = "added"
)

// hotUsers is how many users there are whose answers may be stored.
const hotUsers = 1000

func tasks() []*task {
	return []*task{
		{key: "mobile-cold", group: groupCold, graphQL: workload.Mobile()},
		{key: "tv-cold", group: groupCold, graphQL: workload.TV()},
		{key: "web-cold", group: groupCold, graphQL: workload.WebGraphQL(), rest: workload.WebREST()},
		{key: "web-n+1", group: groupCold, graphQL: workload.WebOrders()},

		{key: "same-cold mobile", group: groupSame, graphQL: workload.Mobile(), users: 1},
		{key: "same-cold web", group: groupSame, graphQL: workload.WebGraphQL(), rest: workload.WebREST(), users: 1},

		{key: "hot mobile", group: groupHot, world: hot, graphQL: workload.Mobile(), users: hotUsers, warmed: true},
		{key: "hot tv", group: groupHot, world: hot, graphQL: workload.TV(), users: hotUsers, warmed: true},
		{key: "hot web", group: groupHot, world: hot, graphQL: workload.WebGraphQL(), users: hotUsers, warmed: true},
		{key: "304 mobile", group: groupHot, world: hot, graphQL: workload.Mobile(), users: hotUsers, warmed: true, conditional: true},

		{key: "posts A", group: groupPosts, graphQL: workload.PostsA(), users: 1},
		{key: "posts B", group: groupPosts, graphQL: workload.PostsB(), users: 1},
		{key: "posts C", group: groupPosts, graphQL: workload.PostsC(), users: 1},

		{key: "added mobile", group: groupAdded, world: slow, graphQL: workload.Mobile()},
		{key: "added tv", group: groupAdded, world: slow, graphQL: workload.TV()},
		{key: "added web", group: groupAdded, world: slow, graphQL: workload.WebGraphQL(), rest: workload.WebREST()},
	}
}

// workloadFor is what a contender is asked.
func (t *task) workloadFor(c *contender) *workload.Workload {
	if c.rest && t.rest != nil {
		return t.rest
	}

	return t.graphQL
}

// isFor reports whether a contender takes part.
func (t *task) isFor(c *contender) bool {
	w := t.workloadFor(c)

	switch {
	case c.rest && w.Body != nil:
		return false // It speaks no GraphQL.
	case t.world == hot && !c.hot:
		return false // It stores nothing: that is the cold row again.
	case t.group == groupSame && c.kind == floor:
		return false // Who calls nobody has nothing to share.
	case t.group == groupAdded && c.name != nameOurs && c.name != namePlain:
		return false // The goal is about ours; plain Go is there to compare.
	}

	_, listens := c.program(w)

	return listens
}

// program is the one of a contender's programs that answers a workload.
func (c *contender) program(w *workload.Workload) (name string, found bool) {
	for _, p := range c.all() {
		if _, found = surface(p.Listens, w); found {
			return p.Name, true
		}
	}

	return "", false
}

// listens are the names whose URLs this program says.
func (c *contender) listens(w *workload.Workload) []string {
	for _, p := range c.all() {
		if _, found := surface(p.Listens, w); found {
			return p.Listens
		}
	}

	return nil
}

// all are a contender's programs, whatever runs them.
func (c *contender) all() []target.Program {
	return slices.Concat(c.programs, each(c.scripts, func(s target.Script) target.Program { return s.Program }))
}
