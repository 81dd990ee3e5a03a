package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"storefront/bench/internal/child"
	"storefront/bench/internal/front"
	"storefront/bench/internal/routes"
	"storefront/upstream/upstreamtest"
)

const (
	// look is how often it is looked whether something has happened.
	look = 50 * time.Millisecond
	// healthy is how long a system is well before it fails.
	healthy = 2 * time.Second
	// aftermath is how long clients ask on when a route is back.
	aftermath = time.Second
	// lastLook is when it is given up that something happens.
	lastLook = 30 * time.Second
)

// lie is one time that a new system lied.
type lie struct {
	seed     uint64
	asked    int               // pages until it was named
	found    routes.Difference // "" where it never was
	visitors visitors
}

const (
	lieShare = 0.01
	lieField = "location"
	lieTimes = 5
)

// lie has the new user service give one wrong field in one of a hundred answers
// while it is in the shadow, until the difference is named.
func (m *migration) lie(ctx context.Context) error {
	m.tell.titlef("A lying service: one field of one in %.0f of its answers is wrong, and it is only looked at", 1/lieShare)

	for n := range uint64(lieTimes) {
		l := &lie{seed: *m.seed + n}
		m.lies = append(m.lies, l)

		if err := m.lieOnce(ctx, l); err != nil {
			return err
		}

		m.tell.sayf("  after %d pages: %d × %s, %s", l.asked, l.found.Count, l.found.Path, l.found.Kind)
	}

	return nil
}

func (m *migration) lieOnce(ctx context.Context, l *lie) (err error) {
	liar, err := m.systems.startFront(ctx, fmt.Sprintf("-lie=%v", lieShare), "-field="+lieField, "-seed="+strconv.FormatUint(l.seed, 10))
	if err != nil {
		return err
	}

	file := routes.Shop(routes.Old, false).Change(routes.Users, func(r *routes.Route) { r.Mode = routes.Shadow })
	if err = m.systems.open(ctx, file, liar.URL(front.Name)); err != nil {
		return err
	}

	defer func() { err = errors.Join(err, m.systems.shut(), liar.Stop()) }()

	m.tell.commandf("curl %s/strangler/report", m.systems.routes())

	return m.underLoad(ctx, &l.visitors, pageClients(m.clients), float64(*m.rate), func(ctx context.Context) error {
		return until(ctx, func() (bool, error) {
			report, err := m.systems.routes().Report(ctx, routes.Users)

			for _, d := range report.Differences {
				if strings.HasSuffix(d.Path, lieField) {
					l.asked, l.found = l.visitors.count(), d
				}
			}

			return l.found.Path != "", err
		})
	})
}

// until looks again and again whether something is so, until it is or nobody
// believes in it any more.
func until(ctx context.Context, is func() (bool, error)) error {
	for begin := time.Now(); time.Since(begin) < lastLook; {
		if so, err := is(); so || err != nil {
			return err
		}

		if !sleep(ctx, look) {
			return context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
		}
	}

	return nil
}

// outage is one time that a new system failed.
type outage struct {
	fault    upstreamtest.Fault
	rate     int
	off      time.Duration // until the old system answered all, 0 for never
	visitors visitors
	report   routes.Report
}

// outages are all ways of failing, at the rate of the measurement and at a tenth
// of it, where there is less to go by.
func (m *migration) plan() (all []*outage) {
	const tenth = 10

	for _, rate := range []int{*m.rate, max(1, *m.rate/tenth)} {
		for _, fault := range []upstreamtest.Fault{upstreamtest.Status(503), upstreamtest.Hang(), upstreamtest.ResetBeforeHeaders()} { //nolint:mnd // As services refuse.
			all = append(all, &outage{fault: fault, rate: rate})
		}
	}

	return all
}

const guardedPercent = 25

// guarded has a quarter of all users be answered by the new side for as long as
// it does well.
func guarded(ramp routes.Ramp) routes.File {
	return routes.Shop(routes.Old, true).Change(routes.Users, func(r *routes.Route) {
		r.Mode, r.Percent, r.Ramp = routes.Percent, guardedPercent, &ramp
	})
}

// fail has the new user service fail while it answers a quarter of all users.
func (m *migration) fail(ctx context.Context) error {
	m.tell.titlef("A failing service: it answers %d %% of the users, with the monolith to fall back to", guardedPercent)

	for _, o := range m.plan() {
		m.outages = append(m.outages, o)

		if err := m.failOnce(ctx, o); err != nil {
			return fmt.Errorf("%s at %d/s: %w", o.fault, o.rate, err)
		}

		row := o.row()
		m.tell.sayf("  %-22s at %3d/s: off after %s, %s of %s requests failed, %s different; the monolith stood in %d times",
			o.fault, o.rate, o.text(), row[2], row[1], row[3], o.report.Fallbacks)
	}

	return nil
}

func (m *migration) failOnce(ctx context.Context, o *outage) (err error) {
	ill, err := m.systems.startFront(ctx)
	if err != nil {
		return err
	}

	// It would take its time to move up, which is not what is looked at.
	file := guarded(routes.Ramp{Step: guardedPercent, Every: "10m", MaxErrorRatio: 0.01}) //nolint:mnd // As in the guide.
	if err = m.systems.open(ctx, file, ill.URL(front.Name)); err != nil {
		return err
	}

	defer func() { err = errors.Join(err, m.systems.shut(), ill.Stop()) }()

	return m.underLoad(ctx, &o.visitors, userClients(m.clients), float64(o.rate), func(ctx context.Context) error { return m.outage(ctx, o, ill) })
}

var errEarly = errors.New("the route has moved though nothing was wrong")

// outage is what happens to a service under load.
func (m *migration) outage(ctx context.Context, o *outage, ill *child.Process) error {
	if !sleep(ctx, healthy) {
		return context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
	}

	at, err := m.systems.routes().Place(ctx, routes.Users)
	if err == nil && at.Mode != routes.Percent {
		err = fmt.Errorf("%w: it is %s", errEarly, at.Mode)
	}

	if err != nil {
		return err
	}

	if err = front.Remote(ill.URL(front.Control)).Fail(ctx, o.fault); err != nil {
		return err
	}

	failed := time.Now()

	err = until(ctx, func() (bool, error) {
		at, err := m.systems.routes().Place(ctx, routes.Users)
		if at.Mode == routes.Old {
			o.off = time.Since(failed)
		}

		return o.off > 0, err
	})
	if err != nil {
		return err
	}

	if !sleep(ctx, aftermath) {
		return context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
	}

	o.report, err = m.systems.routes().Report(ctx, routes.Users)

	return err
}

// climb is a good new system that takes over by itself.
type climb struct {
	visitors       visitors
	places         []routes.Place // that were seen, each once
	before, behind routes.Place   // a restart in the middle
	took           time.Duration  // until all users were there, 0 for never
}

// climb moves the users up a quarter every two seconds, with a restart on the way.
func (m *migration) climb(ctx context.Context) error {
	const (
		half, whole = 50, 100
		every       = "2s"
	)

	m.ramp = &climb{}
	m.tell.titlef("A good service: its share grows by %d %% every %s by itself", guardedPercent, every)

	// Times are not compared: a page of a few milliseconds has a p99 that is the
	// machine's, not a system's.
	file := guarded(routes.Ramp{Step: guardedPercent, Every: every, MaxErrorRatio: 0.01, MaxDiffRatio: 0.001}) //nolint:mnd // As in the guide.
	if err := m.systems.open(ctx, file, ""); err != nil {
		return err
	}

	begin := time.Now()

	for _, percent := range []int{half, whole} {
		err := m.underLoad(ctx, &m.ramp.visitors, userClients(m.clients), float64(*m.rate), func(ctx context.Context) error { return m.rise(ctx, percent) })
		if err != nil {
			return err
		}

		if percent == half {
			if err = m.restart(ctx); err != nil {
				return err
			}
		}
	}

	if last := m.ramp.places[len(m.ramp.places)-1]; share(last) == whole {
		m.ramp.took = time.Since(begin)
	}

	return nil
}

// share is how many users of a hundred the new side answers.
func share(at routes.Place) int {
	switch at.Mode {
	case routes.New:
		return 100 //nolint:mnd // All of them.
	case routes.Percent:
		return at.Percent
	default:
		return 0
	}
}

// rise waits until the new side has so many users.
func (m *migration) rise(ctx context.Context, percent int) error {
	return until(ctx, func() (bool, error) {
		at, err := m.systems.routes().Place(ctx, routes.Users)
		if n := len(m.ramp.places); err == nil && (n == 0 || m.ramp.places[n-1] != at) {
			m.ramp.places = append(m.ramp.places, at)
			m.tell.sayf("  %s %d %%", at.Mode, share(at))
		}

		return share(at) >= percent, err
	})
}

// restart restarts the program, which is to stand where it stood.
func (m *migration) restart(ctx context.Context) (err error) {
	if m.ramp.before, err = m.systems.routes().Place(ctx, routes.Users); err != nil {
		return err
	}

	m.tell.commandf("kill -TERM %d; storefront &", m.systems.process.PID())

	if err = m.systems.shut(); err != nil {
		return err
	}

	if err = m.systems.reopen(ctx, ""); err != nil {
		return err
	}

	m.ramp.behind, err = m.systems.routes().Place(ctx, routes.Users)

	return err
}

// pageClients are those of whose pages users are a whole part.
func pageClients(all []*client) []*client { return []*client{all[5], all[7]} }
