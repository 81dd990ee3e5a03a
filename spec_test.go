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
	"strings"
	"testing"

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
	// Says are more headers of the good answers of a fake service, each as "Name:
	// value", by path; see upstreamtest.Shop.Say.
	Says map[upstreamtest.Service]map[string][]string `json:"says"`
	// Warm are requests made before the faults, to be answered with 200.
	Warm []request `json:"warm"`
	// Faults are how the fake services are bad.
	Faults map[upstreamtest.Service]upstreamtest.Fault `json:"faults"`
	// In is the request. "<etag>" in a header is the ETag of the last warm
	// answer.
	In  request  `json:"in"`
	Out expected `json:"out"`
}

// specFile is a file of specs: one, or several cases that share what stands
// beside them.
type specFile struct {
	spec

	Cases []json.RawMessage `json:"cases"`
}

func TestSpecs(t *testing.T) {
	t.Parallel()

	for _, bff := range bffs() {
		for file, specs := range specsOf(t, bff) {
			for _, s := range specs {
				t.Run(bff+"/"+file+"/"+s.Name, func(t *testing.T) {
					t.Parallel()
					s.run(t, bff)
				})
			}
		}
	}
}

// bffs are the BFFs by name, each with a folder of specs.
func bffs() []string { return []string{"web", "mobile", "tv"} }

// specsOf reads all specs of a BFF, by the name of their file.
func specsOf(t *testing.T, bff string) map[string][]spec {
	t.Helper()

	files, err := filepath.Glob(filepath.Join("testdata", "specs", bff, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no specs of %s: %v", bff, err)
	}

	all := map[string][]spec{}

	for _, file := range files {
		specs, err := readSpecs(file)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}

		all[strings.TrimSuffix(filepath.Base(file), ".json")] = specs
	}

	return all
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

	for service, headers := range s.Says {
		for path, lines := range headers {
			shop.Say(service, path, lines...)
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

	for _, service := range upstreamtest.All() {
		for _, r := range asked(shop, service) {
			line := r.Path
			if r.Query != "" {
				line += "?" + r.Query
			}

			all[service] = append(all[service], line)
		}
	}

	return all
}
