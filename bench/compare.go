package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"storefront/bench/internal/child"
	"storefront/bench/internal/load"
	"storefront/bench/internal/report"
	"storefront/bench/internal/stub"
)

// maxAge is how long services allow to store in the hot world.
const maxAge = time.Minute

var (
	errNothing = errors.New("nothing is left to measure")
	errSurface = errors.New("nobody listens")
)

// compare is one comparison of contenders at tasks.
type compare struct {
	rounds, connections, users, slowConnections *int
	time, warmUp, slowDelay, limit              *time.Duration
	only, workloads, out                        *string
	peers                                       *bool

	dir    string
	builds *builds
	worlds map[world]*rig
	start  map[place]*child.Process
	warm   map[*child.Process]time.Time // since when all users are at hand
	trials []*trial
	memory *saturation
}

// place is a program in a world.
type place struct {
	world   world
	program string
}

func runCompare(ctx context.Context, args []string, stdout io.Writer) error {
	const (
		rounds, maxRounds   = 3, 99
		connections         = 32
		slowConnections     = 256
		users, maxUsers     = 20_000, 1_000_000
		seconds, maxTime    = 5 * time.Second, 10 * time.Minute
		minTime             = 10 * time.Millisecond
		warmUp              = 2 * time.Second
		slowDelay           = 20 * time.Millisecond
		limit, longestLimit = 4 * time.Hour, 24 * time.Hour
	)

	flags := newOptions("compare")
	c := &compare{
		rounds:          flags.count("rounds", rounds, maxRounds, "how often each target does each workload, in turns"),
		time:            flags.duration("time", seconds, minTime, maxTime, "how long a run takes"),
		warmUp:          flags.duration("warm-up", warmUp, minTime, maxTime, "how long each target does each workload before anything is measured"),
		connections:     flags.count("connections", connections, load.MaxConnections, "how many requests are under way at a time"),
		slowConnections: flags.count("slow-connections", slowConnections, load.MaxConnections, "the same, to find what slow services allow"),
		slowDelay:       flags.duration("delay", slowDelay, 0, maxDelay, "how long slow services take"),
		users:           flags.count("users", users, maxUsers, "how many different users there are"),
		limit:           flags.duration("limit", limit, 0, longestLimit, "the most time the whole measurement may take"),
		only:            flags.flags.String("only", "", "targets to measure, by name, with commas; all where it is empty"),
		workloads:       flags.flags.String("workloads", "", "workloads to measure, by the beginning of their name, with commas; all where it is empty"),
		peers:           flags.flags.Bool("peers", false, "measure those of the npm registry too"),
		out:             flags.flags.String("out", "", "file of results whose sections are replaced"),
		worlds:          map[world]*rig{}, start: map[place]*child.Process{}, warm: map[*child.Process]time.Time{},
	}

	if err := flags.parse(args); err != nil {
		return err
	}

	ctx, cancel := context.WithTimeoutCause(ctx, *c.limit, errTime)
	defer cancel()

	sections, err := c.measure(ctx)
	if err != nil {
		return fmt.Errorf("compare: %w", err)
	}

	for _, section := range sections {
		section.Command = invocation("compare", args)
	}

	return finish(stdout, *c.out, sections...)
}

func (c *compare) measure(ctx context.Context) (sections []*report.Section, err error) {
	if c.dir, err = os.MkdirTemp("", "storefront-bench-"); err != nil {
		return nil, fmt.Errorf("temporary folder: %w", err)
	}

	defer func() { err = errors.Join(err, c.close()) }()

	if err = c.prepare(ctx); err != nil {
		return nil, err
	}

	for range *c.rounds {
		for _, t := range c.trials {
			if t.failed != nil {
				continue
			}

			if err = c.attempt(ctx, t); err != nil {
				return nil, err
			}
		}
	}

	if err = c.saturate(ctx); err != nil {
		return nil, fmt.Errorf("memory: %w", err)
	}

	return c.sections()
}

// attempt has a trial run once, and once more if that fails. Who fails again has
// failed, which is no reason to lose what the others have shown. The error is
// the end of the whole measurement.
func (c *compare) attempt(ctx context.Context, t *trial) error {
	run := t.run
	if t.group == groupAdded {
		run = t.runOpen
	}

	err := run(ctx, c)
	if err != nil && ctx.Err() == nil {
		err = run(ctx, c)
	}

	if ctx.Err() != nil {
		return context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
	}

	t.failed = err

	return nil
}

// prepare builds and starts what takes part, sees that all answers are right,
// and warms everything.
func (c *compare) prepare(ctx context.Context) error {
	list, err := c.build(ctx)
	if err != nil {
		return err
	}

	for _, task := range tasks() {
		for _, k := range list {
			if err = c.enter(ctx, task, k); err != nil {
				return fmt.Errorf("%s, %s: %w", task.key, k.name, err)
			}
		}
	}

	if len(c.trials) == 0 && !c.isChosen(taskMemory) {
		return errNothing
	}

	return nil
}

// build builds what takes part.
func (c *compare) build(ctx context.Context) (list []*contender, err error) {
	if c.builds, err = newBuilds(c.dir); err != nil {
		return nil, err
	}

	list = slices.DeleteFunc(contenders(), func(k *contender) bool {
		return (k.npm && !*c.peers) || !chosen(*c.only, func(name string) bool { return name == k.name })
	})

	if list, err = c.builds.install(ctx, list); err != nil {
		return nil, err
	}

	for _, k := range list {
		if err = c.builds.build(ctx, k); err != nil {
			return nil, err
		}
	}

	return list, nil
}

// isChosen reports whether a workload is to be measured.
func (c *compare) isChosen(key string) bool {
	return chosen(*c.workloads, func(word string) bool { return strings.HasPrefix(key, word) })
}

// chosen reports whether a list with commas is empty or has a word that fits.
func chosen(list string, fits func(word string) bool) bool {
	return list == "" || slices.ContainsFunc(strings.Split(list, ","), fits)
}

// enter has a contender take part in a task, where the task is for it.
func (c *compare) enter(ctx context.Context, task *task, k *contender) error {
	if !c.isChosen(task.key) || !task.isFor(k) {
		return nil
	}

	t := &trial{task: task, contender: k, workload: task.workloadFor(k)}

	var err error
	if t.rig, err = c.world(ctx, task.world); err != nil {
		return err
	}

	if t.process, err = c.process(ctx, t); err != nil {
		return err
	}

	name, _ := surface(k.listens(t.workload), t.workload)
	if t.url = t.process.URL(name); t.url == "" {
		return errSurface
	}

	if t.failed = t.prepare(ctx, c); ctx.Err() != nil {
		return context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
	}

	c.trials = append(c.trials, t)

	return nil
}

// world is the rig with services of that kind.
func (c *compare) world(ctx context.Context, w world) (*rig, error) {
	if c.worlds[w] != nil {
		return c.worlds[w], nil
	}

	options := stub.Options{Users: *c.users, CacheControl: "no-store"}

	switch w {
	case hot:
		options.CacheControl = fmt.Sprintf("max-age=%d", int(maxAge.Seconds()))
	case slow:
		options.Delay = *c.slowDelay
	case cold:
	}

	r, err := newRig(ctx, options)
	if err == nil {
		c.worlds[w] = r
	}

	return r, err
}

// process is the program of a contender that a trial asks, started where it does
// not run yet.
func (c *compare) process(ctx context.Context, t *trial) (*child.Process, error) {
	name, _ := t.program(t.workload)
	where := place{t.world, name}

	if c.start[where] != nil {
		return c.start[where], nil
	}

	process, err := t.rig.launch(func() (*child.Process, error) { return c.launch(ctx, t.contender, where, t.rig.urls()) })
	if err == nil {
		c.start[where] = process
	}

	return process, err
}

// launch starts a program. Its log, of ours a line for each request, goes to a
// file.
func (c *compare) launch(ctx context.Context, k *contender, where place, urls map[string]string, env ...string) (*child.Process, error) {
	log := filepath.Join(c.dir, fmt.Sprintf("%s-%d.log", strings.Map(inFileName, where.program), len(c.start)))

	for _, script := range k.scripts {
		if script.Name == where.program {
			return c.builds.node.Start(ctx, script, urls, log)
		}
	}

	return c.builds.binaries[where.program].Start(ctx, urls, log, append(env, "ANSWERS="+c.builds.answers)...)
}

func (c *compare) close() (err error) {
	for _, r := range c.worlds {
		err = errors.Join(err, r.close())
	}

	return errors.Join(err, os.RemoveAll(c.dir))
}
