package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"storefront/bench/internal/load"
	"storefront/bench/internal/routes"
	"storefront/upstream/upstreamtest"
)

// migrated is a measurement of two steps in which all went well, of one lie, one
// outage and a ramp.
func migrated(t *testing.T) *migration {
	t.Helper()

	m := &migration{phase: new(time.Duration), rate: new(int), users: new(int), clients: allClients(), systems: &systems{rig: here(t)}}

	well := map[string]sent{routes.Users: {0, 100}, routes.Products: {50, 0}, routes.Orders: {50, 0}}
	m.steps = []*step{
		{name: "all old", from: at(1000), sent: map[string]sent{routes.Users: {100, 0}, routes.Products: {50, 0}, routes.Orders: {50, 0}}},
		{name: "users new", from: at(2000), new: []string{routes.Users}, sent: well},
	}

	for n := range 3000 {
		m.visitors.outcomes = append(m.visitors.outcomes, load.Outcome{Due: at(n), Ended: at(n + 3)})
	}

	m.lies = []*lie{{seed: 1, asked: namedWithin, found: routes.Difference{Path: "$.location", Count: 1}}}
	m.outages = []*outage{{fault: upstreamtest.Hang(), rate: 10, off: offWithin}}
	m.ramp = &climb{
		places: []routes.Place{{Mode: routes.Percent, Percent: 50}, {Mode: routes.Percent, Percent: 100}},
		before: routes.Place{Mode: routes.Percent, Percent: 50}, behind: routes.Place{Mode: routes.Percent, Percent: 75}, took: time.Second,
	}

	return m
}

func TestMigrationIsJudgedByWhatClientsSaw(t *testing.T) {
	t.Parallel()

	const failed, differing, side, lies, off, grown, kept = 0, 1, 2, 3, 4, 5, 6

	outcome := func(err error) load.Outcome { return load.Outcome{Due: at(2500), Ended: at(2501), Err: err} }

	for name, c := range map[string]struct {
		change func(m *migration)
		want   []int
	}{
		"as it should be": {func(*migration) {}, nil},
		"one failed":      {func(m *migration) { m.visitors.outcomes = append(m.visitors.outcomes, outcome(io.EOF)) }, []int{failed}},
		"one differs": {func(m *migration) {
			m.visitors.outcomes = append(m.visitors.outcomes, outcome(fmt.Errorf("%w at $.name", errDiffers)))
		}, []int{differing}},
		"one failed while it was down": {func(m *migration) { m.outages[0].visitors.outcomes = []load.Outcome{outcome(errNotOK)} }, []int{failed}},
		"one saw a lie":                {func(m *migration) { m.lies[0].visitors.outcomes = []load.Outcome{outcome(errDiffers)} }, []int{differing}},
		"one failed as it grew":        {func(m *migration) { m.ramp.visitors.outcomes = []load.Outcome{outcome(errNotOK)} }, []int{failed}},
		"the old side answered":        {func(m *migration) { m.steps[1].new = nil }, []int{side}},
		"nobody answered":              {func(m *migration) { m.steps[0].sent = nil }, []int{side}},
		"a lie was named late":         {func(m *migration) { m.lies[0].asked++ }, []int{lies}},
		"a lie was not named":          {func(m *migration) { m.lies[0].found = routes.Difference{} }, []int{lies}},
		"another path was named":       {func(m *migration) { m.lies[0].found.Path = "$.name" }, []int{lies}},
		"off too late":                 {func(m *migration) { m.outages[0].off++ }, []int{off}},
		"never off":                    {func(m *migration) { m.outages[0].off = 0 }, []int{off}},
		"it did not grow":              {func(m *migration) { m.ramp.took = 0 }, []int{grown}},
		"it forgot":                    {func(m *migration) { m.ramp.behind.Percent = 25 }, []int{kept}},
		"it had nothing to forget":     {func(m *migration) { m.ramp.before, m.ramp.behind = routes.Place{}, routes.Place{} }, []int{kept}},
	} {
		m := migrated(t)
		c.change(m)

		section, err := m.section()
		if err != nil {
			t.Fatal(err)
		}

		if got := missed(section.Goals); !slices.Equal(got, c.want) {
			t.Errorf("%s: missed are %v, want %v: %v", name, got, c.want, section.Goals)
		}
	}
}

// Every request is in the row of the step in which it was due, the first ones of
// all in the first.
func TestRequestsBelongToTheStepInWhichTheyWereDue(t *testing.T) {
	t.Parallel()

	m := migrated(t)
	m.visitors.outcomes = append(m.visitors.outcomes, load.Outcome{Due: at(1999), Ended: at(2200), Err: io.EOF})

	section, err := m.section()
	if err != nil {
		t.Fatal(err)
	}

	for n, want := range []string{
		"all old | 2001 | 1 | 0 | 3.00 | 3.00 | 100 + 0 | 50 + 0 | 50 + 0",
		"users new | 1000 | 0 | 0 | 3.00 | 3.00 | 0 + 100 | 50 + 0 | 50 + 0",
	} {
		if got := strings.Join(section.Table.Rows[n], " | "); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestStoryEndsWithWhatHeld(t *testing.T) {
	t.Parallel()

	m := migrated(t)
	m.outages[0].off = 0
	m.visitors.outcomes = append(m.visitors.outcomes, load.Outcome{Due: at(2500), Err: errDiffers})
	m.visitors.examples = []string{"facade user: it is another"}

	section, err := m.section()
	if err != nil {
		t.Fatal(err)
	}

	var told bytes.Buffer

	m.tell.out = &told
	m.tell.step(m.steps[0])

	if err = m.tell.end(section); err != nil {
		t.Fatal(err)
	}

	for _, want := range []string{"all old", "BROKEN hang at 10/s", "held   failed requests", "BROKEN answers", "facade user: it is another"} {
		if !strings.Contains(told.String(), want) {
			t.Errorf("there is no %q in\n%s", want, &told)
		}
	}
}

func TestAnswersAreHeldAgainstWhatTheyWere(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		was, is       string
		superset, all bool // that it is one, that it is equal
	}{
		{`{"id":"1","total":9.50}`, `{"id":"1","total":9.50}`, true, true},
		{`{"id":"1","total":9.50}`, `{"total":9.50,"id":"1","date":"x"}`, true, false},
		{`{"id":"1","total":9.50}`, `{"id":"1","total":9.5}`, false, false},
		{`{"id":"1","total":9.50}`, `{"id":"1"}`, false, false},
		{`{"id":"1"}`, `{"id":1}`, false, false},
		{`{"a":null}`, `{"a":0}`, false, false},
		{`[{"id":"1"},{"id":"2"}]`, `[{"id":"1","x":1},{"id":"2"}]`, true, false},
		{`[{"id":"1"},{"id":"2"}]`, `[{"id":"2"},{"id":"1"}]`, false, false},
		{`[{"id":"1"}]`, `[{"id":"1"},{"id":"2"}]`, false, false},
		{`[]`, `{}`, false, false},
		{`{"a":{"b":[1]}}`, `{"a":{"b":[1],"c":2}}`, true, false},
		{`{"a":{"b":[1]}}`, `{"a":[1]}`, false, false},
		{`{}`, `no JSON`, false, false},
	} {
		if err := superset([]byte(c.was), []byte(c.is)); (err == nil) != c.superset || err != nil && !errors.Is(err, errDiffers) {
			t.Errorf("%s, then %s: %v", c.was, c.is, err)
		}

		if err := equal([]byte(c.was), []byte(c.is)); (err == nil) != c.all || err != nil && !errors.Is(err, errDiffers) {
			t.Errorf("%s, then %s to the byte: %v", c.was, c.is, err)
		}
	}
}

func TestMigrationHasBounds(t *testing.T) {
	t.Parallel()

	for _, args := range []string{"-rate=0", "-phase=1ms", "-users=601", "-parts=all", "more"} {
		if err := runMigration(context.Background(), strings.Fields(args), io.Discard); !errors.Is(err, errUsage) {
			t.Errorf("%q: the error is %v", args, err)
		}
	}
}
