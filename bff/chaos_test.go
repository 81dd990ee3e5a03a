// Package bff_test holds all BFFs against the same bad days.
package bff_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"storefront/bff/bfftest"
	"storefront/upstream/upstreamtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ownerOf finds whose data a text holds: every text of the fake services names
// its user.
var ownerOf = regexp.MustCompile(`u-\d\d\d-x`)

// ends are what may come of a section: "fresh", or the reason why it is stale or
// omitted.
type ends []string

// presetEnds is the table: what each preset makes of the sections of the service
// that has it. A call that is tried again may heal, and a service that fails may
// be left alone for a while: circuit_open goes with every reason.
func presetEnds() map[string]ends {
	return map[string]ends{
		"slow":            {"fresh"},
		"jitter":          {"fresh", "timeout"},
		"hang":            {"timeout"},
		"flaky":           {"fresh", "unavailable"},
		"down":            {"unavailable"},
		"reset":           {"unavailable"},
		"truncated":       {"unavailable"},
		"drip":            {"timeout"},
		"malformed":       {"invalid_response"},
		"wrong-type":      {"invalid_response"},
		"huge":            {"invalid_response"},
		"wrong-user":      {"invalid_response"},
		"stale-keepalive": {"fresh"},
		"storm":           {"fresh", "timeout", "unavailable", "invalid_response", "overload"},
	}
}

// isBelieved tells where a stranger's answer cannot be told: a list does not say
// whose it is.
func isBelieved(preset string, service upstreamtest.Service) bool {
	return preset == "wrong-user" && service != upstreamtest.User && service != upstreamtest.Customer
}

func (e ends) allow(end string) bool {
	return slices.Contains(e, end) || end == "circuit_open" && !slices.Equal(e, ends{"fresh"})
}

// badDay is one cell of the table.
type badDay struct {
	screen

	preset   string
	services []upstreamtest.Service // that have the preset
	lean     bool
	warm     bool // each user has a last good answer
}

// Whatever the services do, no page is late, none holds another user's data or a
// service's own words, and each section is as the table has it: fresh; or the
// last good answer, to the byte; or omitted where there is none.
func TestBadDays(t *testing.T) {
	t.Parallel()

	for preset := range presetEnds() {
		for name, screen := range screens() {
			t.Run(preset+"/"+name, func(t *testing.T) {
				t.Parallel()

				for _, services := range combinations(screen) {
					for _, kind := range []badDay{{lean: true, warm: true}, {lean: true}, {warm: true}, {}} {
						day := badDay{screen, preset, services, kind.lean, kind.warm}
						t.Run(fmt.Sprintf("%v lean:%v warm:%v", services, day.lean, day.warm), func(t *testing.T) {
							synctest.Test(t, day.live)
						})
					}
				}
			})
		}
	}
}

// Each preset is in the table, so that a new one says what comes of it.
func TestBadDaysAreAllPresets(t *testing.T) {
	t.Parallel()

	for _, preset := range upstreamtest.Presets() {
		if len(presetEnds()[preset]) == 0 {
			t.Errorf("%s is not in the table", preset)
		}
	}
}

// combinations are each service that a screen asks, and all of them.
func combinations(s screen) [][]upstreamtest.Service {
	var each [][]upstreamtest.Service

	var all []upstreamtest.Service

	for _, service := range upstreamtest.All() {
		if s.sections[service] != "" {
			each = append(each, []upstreamtest.Service{service})
			all = append(all, service)
		}
	}

	if len(all) > 1 {
		each = append(each, all)
	}

	return each
}

// live has some users ask on that day.
func (d badDay) live(t *testing.T) {
	const seed = 7

	shop := upstreamtest.New(t)
	handler := d.handler(t, shop)
	users := []string{"u-101-x", "u-102-x", "u-103-x", "u-104-x"}
	good := map[string]view{}

	if d.preset == "huge" {
		users = users[:1] // Each reads 8 MiB of each service.
	}

	well := handler
	if !d.warm {
		well = d.handler(t, upstreamtest.New(t))
	}

	for _, user := range users {
		good[user] = d.ask(t, well, user)
		if !good[user].isWhole() {
			t.Fatalf("on a good day %s gets %d %s", user, good[user].status, good[user].body)
		}
	}

	time.Sleep(time.Second)

	for _, service := range d.services {
		faults, err := upstreamtest.Preset(d.preset, seed)
		if err != nil {
			t.Fatal(err)
		}

		shop.Fail(service, faults...)
	}

	for _, user := range users {
		d.check(t, user, d.ask(t, handler, user), good[user])
	}

	for _, service := range d.services {
		if !slices.ContainsFunc(shop.Gate(service).AtWork(), func(f upstreamtest.AtWork) bool { return f.Met > 0 }) {
			t.Errorf("nobody met a fault of the %s service", service)
		}
	}
}

func (d badDay) handler(t *testing.T, shop *upstreamtest.Shop) http.Handler {
	t.Helper()

	if d.lean {
		return bfftest.LeanHandler(t, shop, d.routes)
	}

	return bfftest.Handler(t, shop, d.routes)
}

// ask asks for a user's page.
func (d badDay) ask(t *testing.T, handler http.Handler, user string) view {
	t.Helper()

	answer := httptest.NewRecorder()
	begin := time.Now()
	handler.ServeHTTP(answer, d.request(t.Context(), user))

	if took := time.Since(begin); took > bfftest.Budget {
		t.Errorf("%s waited %v", user, took)
	}

	return d.view(t, answer)
}

// check holds a page of the bad day against that of a good one.
func (d badDay) check(t *testing.T, user string, got, good view) {
	t.Helper()

	if strings.Contains(got.body, upstreamtest.Secret) {
		t.Errorf("%s is told a service's own words: %s", user, got.body)
	}

	believed := false

	for service, section := range d.sections {
		allowed := ends{"fresh"}
		if slices.Contains(d.services, service) {
			allowed = presetEnds()[d.preset]
		}

		if slices.Contains(d.services, service) && isBelieved(d.preset, service) {
			believed = true

			continue
		}

		d.checkSection(t, user, section, allowed, got, good)
	}

	for _, owner := range ownerOf.FindAllString(got.body, -1) {
		if owner != user {
			t.Errorf("%s gets the data of %s: %s", user, owner, got.body)
		}
	}

	if strings.Contains(got.body, "stranger") != believed {
		t.Errorf("%s gets the data of a stranger: %s", user, got.body)
	}
}

func (d badDay) checkSection(t *testing.T, user, section string, allowed ends, got, good view) {
	t.Helper()

	state, value := got.state[section], got.sections[section]

	switch {
	case got.isProblem:
		if d.warm || slices.Equal(allowed, ends{"fresh"}) {
			t.Errorf("%s gets no page: %s", user, got.body)
		}
	case !allowed.allow(got.reason[section]):
		t.Errorf("%s gets %s %s for %s, want %v: %s", user, section, state, got.reason[section], allowed, got.body)
	case state == "omitted":
		if d.warm || value != "null" {
			t.Errorf("%s gets %s omitted, and %s: %s", user, section, value, got.body)
		}
	case state == "stale" && !d.warm:
		t.Errorf("%s gets an old %s, though there was none: %s", user, section, got.body)
	case value != good.sections[section]:
		t.Errorf("%s gets the section %s %s %s, want %s", user, section, state, value, good.sections[section])
	}
}
