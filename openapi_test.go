package main

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"storefront/upstream/upstreamtest"
)

// Every answer that a page gives in the specs is described in its BFF's OpenAPI
// document.
func TestOpenAPIDescribesEveryAnswer(t *testing.T) {
	t.Parallel()

	p := startOver(t, upstreamtest.NewTCP(t), nil)

	for bff, page := range map[string]string{"web": "/api/dashboard/{user_id}", "mobile": "/api/dashboard/{user_id}", "tv": "/api/browse/{user_id}"} {
		var document struct {
			OpenAPI string `json:"openapi"`
			Paths   map[string]map[string]struct {
				Responses map[string]json.RawMessage `json:"responses"`
			} `json:"paths"`
		}

		got := p.get(t, bff, "/openapi.json")
		if err := json.Unmarshal(got.body, &document); err != nil {
			t.Fatal(err)
		}

		if !strings.HasPrefix(document.OpenAPI, "3.1.") {
			t.Errorf("%s has OpenAPI %s", bff, document.OpenAPI)
		}

		statuses := append(statusesOf(t, bff, page), http.StatusRequestURITooLong, http.StatusInternalServerError)

		for _, status := range statuses {
			if _, found := document.Paths[page]["get"].Responses[strconv.Itoa(status)]; !found {
				t.Errorf("%s: %d of GET %s is not described", bff, status, page)
			}
		}
	}
}

// statusesOf are the statuses with which a page is answered in the specs.
func statusesOf(t *testing.T, bff, page string) []int {
	t.Helper()

	isPage := regexp.MustCompile("^" + strings.TrimSuffix(page, "{user_id}") + "[^/]+$")

	var statuses []int

	for _, specs := range specsOf(t, bff) {
		for _, s := range specs {
			if s.In.Method == "" && isPage.MatchString(s.In.Path) && !strings.Contains(s.In.Path, "%2F") {
				statuses = append(statuses, s.Out.Status)
			}
		}
	}

	slices.Sort(statuses)

	return slices.Compact(statuses)
}

// The pages for people are there, and load nothing from another host.
func TestPagesForPeople(t *testing.T) {
	t.Parallel()

	p := startOver(t, upstreamtest.NewTCP(t), nil)
	loads := regexp.MustCompile(`(?:src|href)="([^"]*)"`)

	for _, r := range []request{{Server: "web", Path: "/"}, {Server: "web", Path: "/docs"}, {Server: "mobile", Path: "/docs"}, {Server: "tv", Path: "/docs"}} {
		got := p.ask(t, r)
		if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s%s: %d %s", r.Server, r.Path, got.status, got.header.Get("Content-Type"))
		}

		if policy := got.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "http") {
			t.Errorf("%s%s may load from elsewhere: %s", r.Server, r.Path, policy)
		}

		assets := loads.FindAllStringSubmatch(string(got.body), -1)
		if len(assets) == 0 {
			t.Errorf("%s%s loads nothing", r.Server, r.Path)
		}

		for _, asset := range assets {
			if !strings.HasPrefix(asset[1], "/") || strings.HasPrefix(asset[1], "//") {
				t.Errorf("%s%s loads %s", r.Server, r.Path, asset[1])

				continue
			}

			if loaded := p.get(t, r.Server, asset[1]); loaded.status != http.StatusOK || len(loaded.body) == 0 {
				t.Errorf("%s%s: %d", r.Server, asset[1], loaded.status)
			}
		}
	}
}
