package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"storefront/upstream/upstreamtest"
)

// startEmbedding boots `go run .` with an embedded user service, the one that is
// filled fastest, and fakes for the others.
func startEmbedding(t *testing.T) *process {
	t.Helper()

	set := of(upstreamtest.NewTCP(t))
	delete(set, "USER_SERVICE_URL")

	return start(t, ampleBudgets().with(set))
}

// chaos sends a body to the operations port.
func (p *process) chaos(t *testing.T, method, path, body string, headers ...string) answer {
	t.Helper()

	r := request{Server: "ops", Method: method, Path: path, Body: body, Headers: map[string]string{"Content-Type": "application/json"}}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Headers[headers[i]] = headers[i+1]
	}

	return p.ask(t, r)
}

// An embedded service has a bad day when operators say so, and until they say it
// is over; each change is one warning in the log.
func TestChaosInARunningProgram(t *testing.T) {
	t.Parallel()

	p := startEmbedding(t)
	wantPage := func(user, words string) {
		t.Helper()

		if got := p.get(t, "mobile", "/api/dashboard/"+user); got.status != http.StatusOK || !strings.Contains(string(got.body), words) {
			t.Errorf("%d %s, want %s", got.status, got.body, words)
		}
	}

	wantPage("user_1", "John Doe")

	if got := p.chaos(t, http.MethodPut, "/chaos/user", `{"preset":"down","seed":7}`); got.status != http.StatusOK || !strings.Contains(string(got.body), `"seed":7`) {
		t.Errorf("%d %s", got.status, got.body)
	}

	wantPage("user_1", `"section":"user","state":"stale","reason":"`)
	wantPage("user_2", `"section":"user","state":"omitted","reason":"`)

	var all struct {
		Services []struct {
			Service, Preset string
			Requests        int
			Faults          []struct{ Met int }
		}
	}

	if err := json.Unmarshal(p.chaos(t, http.MethodGet, "/chaos", "").body, &all); err != nil || len(all.Services) != 1 ||
		all.Services[0].Service != "user" || all.Services[0].Preset != "down" || all.Services[0].Requests == 0 ||
		all.Services[0].Faults[0].Met != all.Services[0].Requests {
		t.Errorf("the state is %+v, error %v", all, err)
	}

	p.chaos(t, http.MethodDelete, "/chaos", "")

	if text := p.stderr.String(); strings.Count(text, `"level":"WARN","msg":"chaos`) != 2 || !strings.Contains(text, `"preset":"down","seed":7`) {
		t.Errorf("logged is %s", text)
	}
}

// What is wrong with a request is told in problem details, and changes nothing.
func TestChaosRefuses(t *testing.T) {
	t.Parallel()

	p := startEmbedding(t)

	for _, test := range []struct {
		path, body string
		headers    []string
		status     int
		words      string
	}{
		{"/chaos/order", `{"preset":"down"}`, nil, http.StatusNotFound, "embeds: user. One that runs elsewhere"},
		{"/chaos/user", `{"preset":"up"}`, nil, http.StatusBadRequest, "allowed are [down drip"},
		{"/chaos/user", `{"preset":"down","for":"1m"}`, nil, http.StatusBadRequest, `unknown field \"for\"`},
		{"/chaos/user", `{"preset":"down"}`, []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden, "pages of other sites"},
		{"/chaos/user", `{"preset":"down"}`, []string{"Origin", "http://evil.example"}, http.StatusForbidden, "pages of other sites"},
		{"/chaos/user", `"` + strings.Repeat("x", 40<<10) + `"`, nil, http.StatusRequestEntityTooLarge, "32768"},
	} {
		got := p.chaos(t, http.MethodPut, test.path, test.body, test.headers...)
		if got.status != test.status || !got.isProblem() || !strings.Contains(string(got.body), test.words) {
			t.Errorf("%s %.60s: %d %s", test.path, test.body, got.status, got.body)
		}

		for _, fault := range got.problemFaults() {
			t.Error(fault)
		}
	}

	if got := p.get(t, "mobile", "/api/dashboard/user_1"); strings.Contains(string(got.body), "degraded") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// A program that embeds nothing has nothing to break.
func TestNoChaosBeforeServicesElsewhere(t *testing.T) {
	t.Parallel()

	p := startOver(t, upstreamtest.NewTCP(t), nil)

	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		for _, path := range []string{"/chaos", "/chaos/user"} {
			if got := p.chaos(t, method, path, `{"preset":"down"}`); got.status != http.StatusNotFound {
				t.Errorf("%s %s: %d %s", method, path, got.status, got.body)
			}
		}
	}

	if strings.Contains(p.stdout.String(), "chaos") {
		t.Errorf("it says\n%s", p.stdout.String())
	}
}

// A program ends at once though a service holds on to idle connections.
func TestStopDuringChaos(t *testing.T) {
	t.Parallel()

	p := startEmbedding(t)
	p.chaos(t, http.MethodPut, "/chaos/user", `{"preset":"stale-keepalive"}`)

	for _, path := range []string{"user_1", "user_2", "user_3"} {
		if got := p.get(t, "mobile", "/api/dashboard/"+path); got.status != http.StatusOK || strings.Contains(string(got.body), "degraded") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}
