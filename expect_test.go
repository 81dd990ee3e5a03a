package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"storefront/upstream/upstreamtest"
)

// expected is what is to come of a request. What is not set is not looked at.
type expected struct {
	Status int `json:"status"`
	// Headers are texts, null for a header that must not be there.
	Headers map[string]*string `json:"headers"`
	// Body is JSON, or "" for no body.
	Body json.RawMessage `json:"body,omitempty"`
	// Degraded are the sections that are not fresh, each as "section state
	// reason", in GraphQL with the path's elements joined by dots.
	Degraded []string `json:"degraded"`
	// Errors are those of GraphQL, each as "path CODE", or "CODE" where there is
	// no path.
	Errors []string `json:"errors"`
	// Golden is the file in testdata/golden that holds the body.
	Golden string `json:"golden"`
	// UpstreamCalls are how many requests each service got; none unless named.
	UpstreamCalls map[upstreamtest.Service]int `json:"upstream_calls"`
	// UpstreamRequests are the paths with queries that each service got, in any
	// order; none unless named.
	UpstreamRequests map[upstreamtest.Service][]string `json:"upstream_requests"`
	// WithinMs is the most time that the answer may take.
	WithinMs int64 `json:"within_ms"`
}

// check holds an answer against what is expected.
func (e expected) check(t *testing.T, got answer, p *process) {
	t.Helper()

	if got.status != e.Status {
		t.Errorf("status is %d, want %d", got.status, e.Status)
	}

	if limit := time.Duration(e.WithinMs) * time.Millisecond; limit > 0 && got.took > limit {
		t.Errorf("the answer took %v, want at most %v", got.took, limit)
	}

	for name, want := range e.Headers {
		values := got.header.Values(name)

		switch {
		case want == nil && len(values) > 0:
			t.Errorf("header %s is %q, want none", name, values)
		case want != nil && (len(values) != 1 || !fits(*want, values[0])):
			t.Errorf("header %s is %q, want %q", name, values, *want)
		}
	}

	body := p.withoutPorts(got.body)

	if e.Golden != "" {
		checkGolden(t, e.Golden, body)
	}

	if len(e.Body) > 0 {
		checkBody(t, e.Body, body)
	}

	if e.Degraded != nil || e.Errors != nil {
		e.checkFailures(t, got.body)
	}
}

// withoutPorts writes the addresses of the embedded services, which differ from
// run to run, as http://user.test and so on.
func (p *process) withoutPorts(body []byte) []byte {
	for name, url := range p.urls {
		if service, ok := strings.CutSuffix(name, " service"); ok {
			body = bytes.ReplaceAll(body, []byte(url), []byte("http://"+service+".test"))
		}
	}

	return body
}

func checkBody(t *testing.T, want, got []byte) {
	t.Helper()

	if string(want) == `""` {
		if len(got) > 0 {
			t.Errorf("the body is %s, want none", got)
		}

		return
	}

	wanted, err := parse(want)
	if err != nil {
		t.Fatal(err)
	}

	value, err := parse(got)
	if err != nil {
		t.Fatal(err)
	}

	if diff := difference("$", wanted, value); diff != "" {
		t.Errorf("%s\nbody: %s", diff, got)
	}
}

// checkGolden holds a body against a file, which -update writes.
func checkGolden(t *testing.T, name string, got []byte) {
	t.Helper()

	path := filepath.Join("testdata", "golden", name)

	if *update {
		var text bytes.Buffer
		if err := json.Indent(&text, got, "", "  "); err != nil {
			t.Fatal(err)
		}

		text.WriteByte('\n')

		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // It is to be read.
			t.Fatal(err)
		}

		if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil { //nolint:gosec // Likewise.
			t.Fatal(err)
		}
	}

	want, err := os.ReadFile(path) //nolint:gosec // A file of this repository.
	if err != nil {
		t.Fatal(err)
	}

	checkBody(t, want, got)
}

// checkUpstream holds what the services were asked since before against what is
// expected.
func (e expected) checkUpstream(t *testing.T, before, after map[upstreamtest.Service][]string) {
	t.Helper()

	for _, service := range upstreamtest.All() {
		got := after[service][len(before[service]):]

		if e.UpstreamCalls != nil && len(got) != e.UpstreamCalls[service] {
			t.Errorf("the %s service got %d requests, want %d: %q", service, len(got), e.UpstreamCalls[service], got)
		}

		if e.UpstreamRequests != nil {
			want := slices.Clone(e.UpstreamRequests[service])
			slices.Sort(want)
			slices.Sort(got)

			if !slices.Equal(got, want) {
				t.Errorf("the %s service got the requests %q, want %q", service, got, want)
			}
		}
	}
}
