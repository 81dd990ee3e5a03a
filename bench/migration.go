package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"storefront/bench/internal/load"
	"storefront/bench/internal/report"
	"storefront/bench/internal/routes"
)

// migration is one measurement of what clients see while everything moves from
// the old system to new ones, and back; of a new system that lies, and of one
// that fails.
type migration struct {
	outcome

	phase       *time.Duration
	rate, users *int
	parts       *some
	seed        *uint64
	isStory     *bool

	tell    narrator
	systems *systems
	clients []*client

	steps    []*step
	visitors visitors // of the steps
	lies     []*lie
	outages  []*outage
	ramp     *climb
}

// Parts of the measurement.
const (
	partMove = "move"
	partLie  = "lie"
	partFail = "fail"
	partRamp = "ramp"
)

func runMigration(ctx context.Context, args []string, stdout io.Writer) error {
	const (
		phase, shortest, longest = 5 * time.Second, 100 * time.Millisecond, time.Hour
		rate, maxMoveRate        = 100, 1000
		users, maxUsers          = 300, 600 // that there are
		limit                    = 30 * time.Minute
	)

	flags := newOptions("migration")
	m := &migration{
		phase:   flags.duration("phase", phase, shortest, longest, "how long each phase takes"),
		rate:    flags.count("rate", rate, maxMoveRate, "how many requests are due in a second, of all clients together"),
		users:   flags.count("users", users, maxUsers, "how many users are asked for, one after the other"),
		parts:   flags.some("parts", []string{partMove, partLie, partFail, partRamp}, "parts of it"),
		seed:    flags.flags.Uint64("seed", 1, "which answers are lies follows from it"),
		isStory: flags.flags.Bool("story", false, "tell what happens while it does"),
		outcome: flags.outcome(limit),
		clients: allClients(),
	}

	if err := flags.parse(args); err != nil {
		return err
	}

	if *m.isStory {
		m.tell.out = stdout
	}

	ctx, cancel := m.bound(ctx)
	defer cancel()

	section, err := m.measure(ctx)
	if err != nil {
		return fmt.Errorf("migration: %w", err)
	}

	section.Command = invocation("migration", args)

	if *m.isStory {
		return errors.Join(m.tell.end(section), finish(io.Discard, *m.out, section))
	}

	return m.finish(stdout, section)
}

func (m *migration) measure(ctx context.Context) (section *report.Section, err error) {
	m.tell.sayf("Building the monolith, three new services and the storefront, each a process of its own.")

	if m.systems, err = newSystems(ctx); err != nil {
		return nil, err
	}

	defer func() { err = errors.Join(err, m.systems.close()) }()

	if err = m.learn(ctx); err != nil {
		return nil, err
	}

	for _, part := range m.parts.list() {
		play := map[string]func(context.Context) error{partMove: m.move, partLie: m.lie, partFail: m.fail, partRamp: m.climb}[part]

		if err = errors.Join(play(ctx), m.systems.shut(), m.tell.err); err != nil {
			return nil, fmt.Errorf("%s: %w", part, err)
		}
	}

	return m.section()
}

// learn asks for everything while the old system alone answers.
func (m *migration) learn(ctx context.Context) error {
	if err := m.systems.open(ctx, routes.Shop(routes.Old, true), ""); err != nil {
		return err
	}

	for _, c := range m.clients {
		if err := c.learn(ctx, m.systems.process.URL(c.server), *m.users); err != nil {
			return err
		}
	}

	m.tell.sayf("%d clients have asked for %d users while the monolith alone answers: all later answers are held against these.", len(m.clients), *m.users)

	return m.systems.shut()
}

// step is a part of the way.
type step struct {
	name     string
	happens  func(ctx context.Context) error
	new      []string // routes that the new side is to answer then
	from     time.Time
	outcomes []load.Outcome  // of requests that were due from then to the next step
	sent     map[string]sent // by route
}

// sent is how many requests were sent to the sides of a route.
type sent struct{ old, new float64 }

// way are the phases of the guide, there and back again.
func (m *migration) way() []*step {
	all := []string{routes.Users, routes.Products, routes.Orders}
	quietly := func(context.Context) error { return nil }
	to := func(route, mode string, moved []string) *step {
		return &step{name: route + " " + mode, new: moved, happens: func(ctx context.Context) error {
			m.tell.commandf("curl -X PATCH %s/strangler/routes/%s -d '{\"mode\":\"%s\"}'", m.systems.routes(), route, mode)

			return m.systems.routes().Move(ctx, route, routes.Place{Mode: mode})
		}}
	}
	stop := func(context.Context) error {
		m.tell.commandf("kill -TERM %d    # the monolith", m.systems.old.PID())

		return m.systems.stopMonolith()
	}
	start := func(ctx context.Context) error {
		m.tell.commandf("ADDR=%s monolith &", address(m.systems.urls["monolith"]))

		return m.systems.startMonolith(ctx)
	}

	return []*step{
		{name: "all old", happens: quietly},
		to(routes.Users, routes.New, all[:1]), to(routes.Products, routes.New, all[:2]), to(routes.Orders, routes.New, all),
		{name: "monolith stopped", new: all, happens: stop},
		{name: "monolith back", new: all, happens: start},
		to(routes.Orders, routes.Old, all[:2]), to(routes.Products, routes.Old, all[:1]), to(routes.Users, routes.Old, nil),
	}
}

// move is the whole way under load.
func (m *migration) move(ctx context.Context) error {
	if err := m.systems.open(ctx, routes.Shop(routes.Old, false), ""); err != nil {
		return err
	}

	m.tell.titlef("There and back again: %d requests a second, each answer held against the monolith's", *m.rate)
	m.tell.head()

	return m.underLoad(ctx, &m.visitors, m.clients, float64(*m.rate), func(ctx context.Context) error {
		for _, s := range m.way() {
			if err := m.take(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}

		return nil
	})
}

// underLoad plays a story while clients ask.
func (m *migration) underLoad(ctx context.Context, v *visitors, clients []*client, rate float64, story func(ctx context.Context) error) error {
	asking, stop := context.WithCancel(ctx) // Not ctx itself, since its end would stop all processes.
	defer stop()

	told := make(chan error, 1)

	go func() {
		defer stop()

		told <- story(ctx)
	}()

	err := v.visit(asking, clients, m.systems.process.URL, rate, m.visitors.count())

	return errors.Join(err, <-told)
}

// take takes a step, and looks at what comes of it for a phase.
func (m *migration) take(ctx context.Context, s *step) error {
	s.from = time.Now()
	m.steps = append(m.steps, s)

	if err := s.happens(ctx); err != nil {
		return err
	}

	before, err := metrics(ctx, m.systems.process.URL("ops"))
	if err != nil {
		return err
	}

	if !sleep(ctx, *m.phase) {
		return context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
	}

	after, err := metrics(ctx, m.systems.process.URL("ops"))
	if err != nil {
		return err
	}

	s.sent = map[string]sent{}

	for _, route := range []string{routes.Users, routes.Products, routes.Orders} {
		s.sent[route] = sent{
			old: answeredBy(after, routes.Old, route) - answeredBy(before, routes.Old, route),
			new: answeredBy(after, routes.New, route) - answeredBy(before, routes.New, route),
		}
	}

	m.sort()
	m.tell.step(s)

	return nil
}

// sort gives each outcome to the step in which it was due.
func (m *migration) sort() {
	for n, s := range m.steps {
		from, to := s.from, time.Now()
		if n == 0 {
			from = time.Time{} // The clients may have been first.
		}

		if n+1 < len(m.steps) {
			to = m.steps[n+1].from
		}

		s.outcomes = m.visitors.between(from, to)
	}
}
