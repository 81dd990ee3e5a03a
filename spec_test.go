package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"storefront/upstream/upstreamtest"
)

// spec is one request to one BFF under given circumstances, and what is to come
// of it. testdata/specs/README.md says how to write one.
type spec struct {
	// About is what the spec shows: a sentence of the contract, as a rule.
	About string `json:"about"`
	// Name tells the cases of one file apart.
	Name string `json:"name"`
	// Services are "fake" unless they are "embedded".
	Services string `json:"services,omitempty"`
	// Settings are those of the process beside the addresses.
	Settings settings `json:"settings"`
	// Data are answers of a fake service in place of its own, by path; see
	// upstreamtest.Shop.Set.
	Data map[upstreamtest.Service]map[string]json.RawMessage `json:"data"`
	// Warm are requests made before the faults, to be answered with 200.
	Warm []request `json:"warm"`
	// Faults are how the fake services are bad.
	Faults map[upstreamtest.Service]upstreamtest.Fault `json:"faults"`
	// In is the request. "<etag>" in a header is the ETag of the last warm
	// answer.
	In  request  `json:"in"`
	Out expected `json:"out"`
}

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

// specFile is a file of specs: one, or several cases that share what stands
// beside them.
type specFile struct {
	spec

	Cases []json.RawMessage `json:"cases"`
}

func TestSpecs(t *testing.T) {
	t.Parallel()

	for _, bff := range []string{"web", "mobile", "tv"} {
		files, err := filepath.Glob(filepath.Join("testdata", "specs", bff, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no specs of %s: %v", bff, err)
		}

		for _, file := range files {
			specs, err := readSpecs(file)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}

			for _, s := range specs {
				t.Run(bff+"/"+strings.TrimSuffix(filepath.Base(file), ".json")+"/"+s.Name, func(t *testing.T) {
					t.Parallel()
					s.run(t, bff)
				})
			}
		}
	}
}

var (
	errNoAbout = errors.New("a spec says in \"about\" what it shows")
	errName    = errors.New("a case needs a name of its own")
)

// readSpecs reads the cases of a file.
func readSpecs(path string) ([]spec, error) {
	text, err := os.ReadFile(path) //nolint:gosec // A file of this repository.
	if err != nil {
		return nil, err
	}

	var file specFile
	if err := decodeStrictly(text, &file); err != nil {
		return nil, err
	}

	if file.About == "" {
		return nil, errNoAbout
	}

	if len(file.Cases) == 0 {
		return []spec{file.spec}, nil
	}

	names := map[string]bool{}
	specs := make([]spec, len(file.Cases))

	for i, text := range file.Cases {
		if specs[i], err = file.withCase(text); err != nil {
			return nil, fmt.Errorf("case %d: %w", i+1, err)
		}

		if name := specs[i].Name; name == "" || names[name] {
			return nil, fmt.Errorf("case %d: %w", i+1, errName)
		}

		names[specs[i].Name] = true
	}

	return specs, nil
}

// withCase returns what the cases of the file share, with one case over it.
func (f *specFile) withCase(text []byte) (s spec, err error) {
	shared, err := json.Marshal(f.spec) // A copy whose maps are its own.
	if err != nil {
		return s, fmt.Errorf("shared part: %w", err)
	}

	if err = decodeStrictly(shared, &s); err != nil {
		return s, err
	}

	var own spec
	if err = decodeStrictly(text, &own); err != nil {
		return s, err
	}

	if own.Warm != nil {
		s.Warm = nil // Else the elements of both would be mixed.
	}

	return s, decodeStrictly(text, &s)
}

// decodeStrictly reads one JSON value and no member that is unknown.
func decodeStrictly(text []byte, to any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()

	if err := decoder.Decode(to); err != nil {
		return fmt.Errorf("not a spec: %w", err)
	}

	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more after the end of the spec")
	}

	return nil
}

// run replays the spec against a process of its own, or against the shared one
// where the services are the embedded ones.
func (s spec) run(t *testing.T, bff string) {
	t.Helper()

	shop, p := s.world(t)

	etag := ""

	for _, r := range s.Warm {
		got := p.ask(t, r.to(bff, ""))
		if got.status != 200 {
			t.Fatalf("warm-up: %d %s", got.status, got.body)
		}

		etag = got.header.Get("Etag")
	}

	for service, fault := range s.Faults {
		shop.Fail(service, fault)
	}

	before := requests(shop)
	got := p.ask(t, s.In.to(bff, etag))
	s.Out.check(t, got, p)
	s.Out.checkUpstream(t, before, requests(shop))

	if shop != nil && shop.Redirected() > 0 {
		t.Error("a redirect was followed")
	}
}

func (s spec) world(t *testing.T) (*upstreamtest.Shop, *process) {
	t.Helper()

	if s.Services == "embedded" {
		return nil, shared.get(t)
	}

	shop := upstreamtest.NewTCP(t)

	for service, bodies := range s.Data {
		for path, body := range bodies {
			shop.Set(service, path, string(body))
		}
	}

	return shop, startOver(t, shop, s.Settings)
}

// to completes a request: which server it is for, and the ETag that it has.
func (r request) to(bff, etag string) request {
	if r.Server == "" {
		r.Server = bff
	}

	headers := maps.Clone(r.Headers)
	for name, value := range headers {
		headers[name] = strings.ReplaceAll(value, "<etag>", etag)
	}

	r.Headers = headers

	return r
}

// requests are the requests that each service of shop got so far.
func requests(shop *upstreamtest.Shop) map[upstreamtest.Service][]string {
	all := map[upstreamtest.Service][]string{}
	if shop == nil {
		return all
	}

	for _, service := range upstreamtest.Services() {
		for _, r := range shop.Requests(service) {
			line := r.Path
			if r.Query != "" {
				line += "?" + r.Query
			}

			all[service] = append(all[service], line)
		}
	}

	return all
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

	for _, service := range upstreamtest.Services() {
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
