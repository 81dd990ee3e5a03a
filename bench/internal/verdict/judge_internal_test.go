package verdict

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"storefront/bench/internal/load"
	"storefront/upstream/upstreamtest"
)

func newJudge(t *testing.T) *Judge {
	t.Helper()

	j := NewJudge()
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})

	return j
}

const (
	me   = "u-000041"
	they = "u-000042"
)

// sections are what a page has to show of a user.
func sections(t *testing.T, j *Judge, p *Page, user string) map[string]any {
	t.Helper()

	all := map[string]any{}

	for _, s := range p.sections {
		value, err := j.right(s, user)
		if err != nil {
			t.Fatal(err)
		}

		all[s.name] = value
	}

	return all
}

// lost takes a section out of a page, and says so as an honest BFF does.
type lost struct{ section, state, reason string }

// answer is a page with these sections, on its wire.
func answer(t *testing.T, p *Page, all map[string]any, missing ...lost) load.Answer {
	t.Helper()

	header := "Content-Type: application/json\n"
	notes, failures := []any{}, []any{}

	for _, m := range missing {
		note := map[string]any{"state": m.state, "reason": m.reason}
		path := []string{"dashboard", m.section}

		if p.graph {
			note["path"] = path
		} else {
			note["section"] = m.section
		}

		if m.state == omitted {
			all[m.section] = nil
			failures = append(failures, map[string]any{"message": "not there", "path": path, "extensions": map[string]any{"code": "UPSTREAM_TIMEOUT"}})
		} else {
			note["age_seconds"] = 3
		}

		notes, header = append(notes, note), header+"Cache-Control: no-store\n"
	}

	var body any = all

	switch {
	case p.graph && len(missing) > 0:
		body = map[string]any{"data": map[string]any{"dashboard": all}, "extensions": map[string]any{"degraded": notes}}
		if len(failures) > 0 {
			body.(map[string]any)["errors"] = failures
		}
	case p.graph:
		body = map[string]any{"data": map[string]any{"dashboard": all}}
	case len(missing) > 0:
		all["degraded"] = notes
	}

	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}

	return load.Answer{Status: http.StatusOK, Header: load.Header(header), Body: text}
}

func (p *Page) name(of upstreamtest.Service) string {
	for _, s := range p.sections {
		if s.service == of {
			return s.name
		}
	}

	return ""
}

// each runs a test for each page.
func eachPage(t *testing.T, test func(t *testing.T, j *Judge, p *Page)) {
	t.Helper()

	j := newJudge(t)

	for _, p := range Pages() {
		t.Run(p.Name, func(t *testing.T) { test(t, j, p) })
	}
}

func want(t *testing.T, got Verdict, kind Kind, what string) {
	t.Helper()

	if got.Kind != kind || (got.Why == "") != (kind < Wrong) {
		t.Errorf("%s is %s, want %s: %s", what, got.Kind, kind, got.Why)
	}
}

//nolint:paralleltest // See eachPage.
func TestHonestPages(t *testing.T) {
	eachPage(t, func(t *testing.T, j *Judge, p *Page) {
		t.Helper()

		judge := func(missing ...lost) Verdict {
			return j.Judge(p, Asked{User: me}, answer(t, p, sections(t, j, p, me), missing...))
		}
		products := p.name(upstreamtest.Product)

		for range 2 { // The second time the sections are known.
			want(t, judge(), Whole, "the right page")
		}

		want(t, judge(lost{products, stale, "unavailable"}), Stale, "an old section")

		if len(p.sections) > 1 {
			want(t, judge(lost{products, omitted, "timeout"}), Omitted, "a page without a section")
			want(t, judge(lost{products, omitted, "circuit_open"}, lost{p.name(upstreamtest.User), stale, "overload"}), Omitted, "one old, one missing")
		}
	})
}

// A planted stranger is found wherever it is, on a page that is otherwise right.
//
//nolint:paralleltest // See eachPage.
func TestForeignDataIsFound(t *testing.T) {
	eachPage(t, func(t *testing.T, j *Judge, p *Page) {
		t.Helper()

		for _, s := range p.sections {
			mixed, theirs := sections(t, j, p, me), sections(t, j, p, they)
			mixed[s.name] = theirs[s.name]
			want(t, j.Judge(p, Asked{User: me}, answer(t, p, mixed)), Foreign, "with the stranger's "+s.name)

			old := sections(t, j, p, me)
			old[s.name] = theirs[s.name]
			want(t, j.Judge(p, Asked{User: me}, answer(t, p, old, lost{s.name, stale, "timeout"})), Foreign, "with the stranger's old "+s.name)
		}

		// The judge has seen the stranger's own page, and still knows whose is whose.
		theirs := answer(t, p, sections(t, j, p, they))
		want(t, j.Judge(p, Asked{User: they}, theirs), Whole, "their page for themselves")
		want(t, j.Judge(p, Asked{User: me}, theirs), Foreign, "their page for me")

		failed := theirs
		failed.Status = http.StatusInternalServerError
		want(t, j.Judge(p, Asked{User: me}, failed), Foreign, "their page as an error")

		one := answer(t, p, sections(t, j, p, me))
		one.Body = bytes.Replace(one.Body, []byte(me), []byte(they), 1)
		want(t, j.Judge(p, Asked{User: me}, one), Foreign, "one word of theirs")
	})
}

// Where a service takes one user for another, its lists are believed, since they
// do not say whose they are; a user says it.
//
//nolint:paralleltest // See eachPage.
func TestStrangersListsAreBelievedFromTheServiceThatGivesThemAlone(t *testing.T) {
	eachPage(t, func(t *testing.T, j *Judge, p *Page) {
		t.Helper()

		for _, s := range p.sections {
			given := sections(t, j, p, me)
			given[s.name] = sections(t, j, p, "u-1")[s.name]
			page := answer(t, p, given)
			got := j.Judge(p, Asked{User: me, Strangers: s.service}, page)

			if s.service == upstreamtest.User {
				want(t, got, Foreign, "a strange user")
			} else if want(t, got, Whole, "a strange list"); !got.Believed {
				t.Errorf("nobody is told that %s is believed", s.name)
			}

			other := Asked{User: me, Strangers: map[bool]upstreamtest.Service{true: upstreamtest.Order, false: upstreamtest.Product}[s.service == upstreamtest.Product]}
			want(t, j.Judge(p, other, page), Foreign, "a strange list while another service errs")
		}
	})
}

// changed are answers that differ from the right one in one thing.
func changed(good load.Answer, old, now string) load.Answer {
	good.Body = bytes.Replace(good.Body, []byte(old), []byte(now), 1)

	return good
}

//nolint:paralleltest // See eachPage.
func TestDishonestPagesAreWrong(t *testing.T) {
	eachPage(t, func(t *testing.T, j *Judge, p *Page) {
		t.Helper()

		products := p.name(upstreamtest.Product)
		good := answer(t, p, sections(t, j, p, me))
		degraded := answer(t, p, sections(t, j, p, me), lost{products, stale, "timeout"})
		none := sections(t, j, p, me)
		none[products] = nil
		empty := sections(t, j, p, me)
		empty[products] = []any{}
		stored := degraded
		stored.Header = load.Header("Content-Type: application/json\nCache-Control: max-age=30\n")
		failed := good
		failed.Status = http.StatusInternalServerError

		for name, a := range map[string]load.Answer{
			"another status":             failed,
			"no JSON":                    {Status: http.StatusOK, Body: []byte("<html>")},
			"nothing":                    {Status: http.StatusOK},
			"not all of it":              {Status: http.StatusOK, Body: good.Body[:len(good.Body)-1]},
			"null without a word":        answer(t, p, none),
			"an empty list made up":      answer(t, p, empty),
			"a digit lost":               changed(good, "999.90", "999.9"),
			"a section that is not":      changed(good, products, "specials"),
			"a secret":                   changed(good, "Product 1 for", upstreamtest.Secret),
			"degraded that may be kept":  stored,
			"an unknown reason":          changed(degraded, `"timeout"`, `"mood"`),
			"an unknown state":           changed(degraded, `"stale"`, `"tired"`),
			"old without an age":         changed(degraded, `"age_seconds":3,`, ``),
			"older than anything":        changed(degraded, `"age_seconds":3`, `"age_seconds":-3`),
			"said to be omitted, is not": changed(changed(degraded, `"stale"`, `"omitted"`), `"age_seconds":3,`, ``),
			"degraded by nothing":        {Status: http.StatusOK, Header: degraded.Header, Body: withNoEntries(good.Body)},
			"what is not there is old":   changed(changed(degraded, `"section":"`+products, `"section":"specials`), `"dashboard","`+products, `"dashboard","specials`),
		} {
			want(t, j.Judge(p, Asked{User: me}, a), Wrong, name)
		}
	})
}

func withNoEntries(body []byte) []byte {
	if bytes.HasPrefix(body, []byte(`{"data"`)) {
		return append(body[:len(body)-1:len(body)-1], `,"extensions":{"degraded":[]}}`...)
	}

	return append(body[:len(body)-1:len(body)-1], `,"degraded":[]}`...)
}

func TestGraphQLSaysWhyAFieldIsNull(t *testing.T) {
	t.Parallel()

	j, p := newJudge(t), WebGraphQL()
	good := answer(t, p, sections(t, j, p, me), lost{"recentOrders", omitted, "timeout"})

	for name, a := range map[string]load.Answer{
		"no error":        changed(good, `"errors":[`, `"others":[`),
		"another path":    changed(good, `"path":["dashboard","recentOrders"]}]`, `"path":["dashboard","user"]}]`),
		"no message":      changed(good, `"not there"`, `""`),
		"an unknown code": changed(good, `UPSTREAM_TIMEOUT`, `OOPS`),
	} {
		want(t, j.Judge(p, Asked{User: me}, a), Wrong, name)
	}
}

//nolint:paralleltest // See eachPage.
func TestRefusals(t *testing.T) {
	eachPage(t, func(t *testing.T, j *Judge, p *Page) {
		t.Helper()

		refuse := func(status int, header, body string) Verdict {
			return j.Judge(p, Asked{User: me}, load.Answer{Status: status, Header: load.Header(header), Body: []byte(body)})
		}

		const (
			problem = "Content-Type: application/problem+json\nRetry-After: 1\n"
			body    = `{"title":"Service Unavailable","status":503,"instance":"/api/browse/` + me + `"}`
		)

		want(t, refuse(503, problem, body), Refused, "a refusal")
		want(t, refuse(429, problem, strings.Replace(body, "503", "429", 1)), Refused, "a refusal of one client")
		want(t, refuse(503, "Content-Type: application/problem+json\n", body), Wrong, "without Retry-After")
		want(t, refuse(503, "Content-Type: text/html\nRetry-After: 1\n", body), Wrong, "no problem")
		want(t, refuse(503, problem, "<html>"), Wrong, "no JSON")
		want(t, refuse(503, problem, `{"title":"Service Unavailable","status":500}`), Wrong, "another status")
		want(t, refuse(503, problem, strings.Replace(body, me, they, 1)), Foreign, "to somebody else")

		all := make([]lost, 0, len(p.sections))
		for _, s := range p.sections {
			all = append(all, lost{s.name, omitted, "timeout"})
		}

		kind := Wrong
		if p.graph {
			kind = Refused
		}

		want(t, j.Judge(p, Asked{User: me}, answer(t, p, sections(t, j, p, me), all...)), kind, "all null")
	})
}

func TestTally(t *testing.T) {
	t.Parallel()

	var one, both Tally

	one.Add(Verdict{Kind: Whole, Believed: true})
	one.Add(Verdict{Kind: Foreign})
	both.Join(one)
	both.Join(one)

	if both.All() != 4 || both.Of[Foreign] != 2 || both.Believed != 2 {
		t.Errorf("the tally is %+v", both)
	}
}

func TestUsersAreToldApart(t *testing.T) {
	t.Parallel()

	for _, n := range []int{0, 1, 41, 999_999} {
		if id := UserID(n); owner.FindString("TRK-"+id+"-7") != id || owner.FindString(`"`+id+`_prod_3"`) != id || len(id) != len(me) {
			t.Errorf("%s is not found", id)
		}
	}

	if got := owner.FindAllString(fmt.Sprintf(`"Name of %s","http://img.test/%s/p"`, stranger(me), they), -1); len(got) != 2 || got[0] == me {
		t.Errorf("found %v", got)
	}
}

func FuzzJudge(f *testing.F) {
	f.Add(`{"products":null,"degraded":[{"section":"products","state":"omitted","reason":"timeout"}]}`, 200)
	f.Add(`{"data":{"dashboard":{}},"errors":[{"path":[]}],"extensions":{"degraded":[{"path":null}]}}`, 200)
	f.Add(`{"title":"u-7","status":503}`, 503)

	j := NewJudge()
	f.Cleanup(func() { _ = j.Close() })

	f.Fuzz(func(t *testing.T, body string, status int) {
		for _, p := range Pages() {
			v := j.Judge(p, Asked{User: me}, load.Answer{Status: status, Body: []byte(body)})
			if strings.Contains(body, `"Name of `+they) && v.Kind < Wrong {
				t.Errorf("%s: %q is %s", p.Name, body, v.Kind)
			}
		}
	})
}
