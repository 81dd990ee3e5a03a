package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"storefront/bench/internal/child"
	"storefront/bench/internal/load"
	"storefront/bench/internal/report"
	"storefront/bench/internal/routes"
	"storefront/bench/internal/scrape"
	"storefront/bench/internal/stub"
	"storefront/bench/internal/target"
	"storefront/bench/internal/workload"
)

// strangler is one measurement of what it costs a page that routes can move, and
// what it notices of being compared.
type strangler struct {
	outcome

	rounds, slices, connections, users, rate *int
	time, warmUp, delay                      *time.Duration

	rig    *rig
	binary target.Binary
	asked  int // requests so far; the next one is for the next user

	courses  []*course
	shadows  []*beside
	repeated []string // why runs were repeated
}

// course is one way to set up the routes, with what each round showed.
type course struct {
	name   string
	routes *routes.File // nil: there is no old system
	side   string       // that answers
	goal   bool         // a goal is set for this one

	costs     []cost // of a request, by round
	perSecond []float64
}

// runner is the process of a course in one round, with what its slices took so
// far.
type runner struct {
	*course

	process  *child.Process
	requests int
	took     usage // of the time in which it was asked
}

// courses are what is held against the first of them. The second is the same once
// more: what it differs by is what processes of one program differ by.
func courses() []*course {
	of := func(name, mode string, fallback, goal bool) *course {
		file := routes.Shop(mode, fallback)

		return &course{name: name, routes: &file, side: mode, goal: goal}
	}

	return []*course{
		{name: "without"},
		{name: "without, again"},
		of("new", routes.New, false, true),
		of("new, fallback", routes.New, true, false),
		of("old", routes.Old, false, false),
	}
}

func runStrangler(ctx context.Context, args []string, stdout io.Writer) error {
	const (
		rounds, maxRounds = 7, 99
		slices, maxSlices = 8, 999
		connections       = 32
		users, maxUsers   = 10_000, 1_000_000
		rate              = 200
		lasts, warmUp     = 4 * time.Second, 2 * time.Second
		shortest, longest = 10 * time.Millisecond, 10 * time.Minute
		delay             = 5 * time.Millisecond
		limit             = time.Hour
	)

	flags := newOptions("strangler")
	s := &strangler{
		rounds:      flags.count("rounds", rounds, maxRounds, "how often processes are started anew"),
		slices:      flags.count("slices", slices, maxSlices, "in how many slices, in turns with the others, each process of a round is measured"),
		connections: flags.count("connections", connections, load.MaxConnections, "how many requests are under way at a time, where it is about cost"),
		users:       flags.count("users", users, maxUsers, "how many different users ask, one after the other"),
		rate:        flags.count("rate", rate, maxRate, "how many requests are due in a second, where it is about shadows"),
		time:        flags.duration("time", lasts, shortest, longest, "how long all slices of a process take in a round"),
		warmUp:      flags.duration("warm-up", warmUp, shortest, longest, "how long each process is warmed before"),
		delay:       flags.duration("delay", delay, time.Millisecond, maxDelay, "how long each answer of a service takes, where it is about shadows"),
		outcome:     flags.outcome(limit),
		courses:     courses(),
	}

	if err := flags.parse(args); err != nil {
		return err
	}

	ctx, cancel := s.bound(ctx)
	defer cancel()

	sections, err := s.measure(ctx)
	if err != nil {
		return fmt.Errorf("strangler: %w", err)
	}

	for _, section := range sections {
		section.Command = invocation("strangler", args)
	}

	return finish(stdout, *s.out, sections...)
}

func (s *strangler) measure(ctx context.Context) (sections []*report.Section, err error) {
	if s.rig, err = newRig(ctx, s.services(0)); err != nil {
		return nil, err
	}

	defer func() { err = errors.Join(err, s.rig.close()) }()

	if s.binary, err = s.rig.build(ctx, target.Mobile()); err != nil {
		return nil, err
	}

	for round := range *s.rounds {
		if err = s.twice(ctx, func() error { return s.round(ctx, round) }); err != nil {
			return nil, err
		}
	}

	if err = s.beside(ctx); err != nil {
		return nil, fmt.Errorf("shadow: %w", err)
	}

	return s.sections()
}

// twice has something run, and once more if that fails: a machine that stands
// still for longer than a page may take is no reason to lose all else. That it was
// so is told.
func (s *strangler) twice(ctx context.Context, run func() error) error {
	err := run()
	if err == nil || ctx.Err() != nil {
		return err
	}

	s.repeated = append(s.repeated, err.Error())

	return run()
}

// services are what the stub is to be.
func (s *strangler) services(delay time.Duration) stub.Options {
	return stub.Options{Users: *s.users, CacheControl: "no-store", Delay: delay}
}

// start starts a BFF whose routes are in a file of its own, where there are any.
func (s *strangler) start(ctx context.Context, r *rig, file *routes.File) (*child.Process, error) {
	var env []string

	if file != nil {
		path := filepath.Join(r.dir, fmt.Sprintf("routes-%d.json", len(r.targets)))
		if err := file.Write(path); err != nil {
			return nil, err
		}

		env = []string{"STRANGLER_ROUTES=" + path, "MONOLITH_URL=" + r.stub.URL("monolith")}
	}

	log := filepath.Join(r.dir, fmt.Sprintf("bff-%d.log", len(r.targets)))

	process, err := r.launch(func() (*child.Process, error) { return s.binary.Start(ctx, r.urls(), log, env...) })
	if err != nil {
		return nil, err
	}

	return process, verify(ctx, workload.Mobile(), process.URL("mobile"), *s.users)
}

// round is the life of one process of each course. They are asked in turns, for a
// fraction of a second at a time, so that a machine that is slower for a while is so
// for all of them; and each round has new ones, since two processes of one program
// do not cost quite the same.
func (s *strangler) round(ctx context.Context, round int) (err error) {
	defer func() { err = errors.Join(err, s.rig.stop()) }()

	runners := make([]*runner, len(s.courses))

	for n, c := range s.courses {
		r := &runner{course: c}

		if r.process, err = s.start(ctx, s.rig, c.routes); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}

		if _, err = s.load(ctx, r.process, load.Plan{For: *s.warmUp, Connections: *s.connections}); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}

		runners[n] = r
	}

	for slice := range *s.slices {
		for n := range runners { // Another one is first each time.
			r := runners[(round+slice+n)%len(runners)]
			if err = s.slice(ctx, r); err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
		}
	}

	for _, r := range runners {
		if err = r.end(ctx); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}

	for _, r := range runners { // All of them, or none.
		r.note(s.rig)
	}

	return nil
}

// slice is one turn of a process.
func (s *strangler) slice(ctx context.Context, r *runner) error {
	before, err := s.rig.usage(ctx, r.process)
	if err != nil {
		return err
	}

	result, err := s.load(ctx, r.process, load.Plan{For: *s.time / time.Duration(*s.slices), Connections: *s.connections})
	if err != nil {
		return err
	}

	after, err := s.rig.usage(ctx, r.process)
	if err != nil {
		return err
	}

	r.requests += result.Requests
	r.took = r.took.plus(before, after)

	return r.process.TruncateLog()
}

// end sees that the right side has answered.
func (r *runner) end(ctx context.Context) error {
	if r.routes == nil {
		return nil
	}

	return isAnswered(ctx, r.process, r.side, r.requests)
}

// note adds the round to those of the course.
func (r *runner) note(rig *rig) {
	took := between(usage{}, r.took, r.requests)

	r.costs = append(r.costs, took)
	r.perSecond = append(r.perSecond, float64(r.requests)/r.took.at.Sub(time.Time{}).Seconds())
	rig.others = append(rig.others, took.others)
}

var errSide = errors.New("the side that was to answer has not")

// isAnswered sees that a side has answered the three parts of each page.
func isAnswered(ctx context.Context, process *child.Process, side string, pages int) error {
	const parts = 3

	series, err := metrics(ctx, process.URL("ops"))
	if err != nil {
		return err
	}

	if got := answeredBy(series, side, ""); got < float64(parts*pages) {
		return fmt.Errorf("%w: %s, %.0f of %d", errSide, side, got, parts*pages)
	}

	return nil
}

// answeredBy is how many requests of a route a side was sent, "" for all routes.
func answeredBy(series scrape.Series, side, route string) float64 {
	labels := []string{fmt.Sprintf("side=%q", side)}
	if route != "" {
		labels = append(labels, fmt.Sprintf("route=%q", route))
	}

	return series.Sum("strangler_requests_total", labels...)
}

// load asks for pages, each for the next user.
func (s *strangler) load(ctx context.Context, process *child.Process, plan load.Plan) (*load.Result, error) {
	w, first := workload.Mobile(), s.asked
	user := func(n int) int { return (first + n) % *s.users }

	plan.Addr, plan.Requests = address(process.URL("mobile")), load.MaxRequests
	plan.Call = func(n int) load.Call { return w.Call(user(n)) }
	plan.Check = func(n int, a load.Answer) error { return w.Glance(user(n), a) }

	result, err := load.Run(ctx, plan)
	if err != nil {
		return nil, err
	}

	s.asked += result.Requests

	return result, nil
}
