package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// request is one HTTP request, as a spec has it.
type request struct {
	// Server is which server is asked: the spec's own BFF unless set.
	Server  string            `json:"server"`
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	GraphQL *operation        `json:"graphql"`
}

// operation is a GraphQL operation, sent by POST to /graphql.
type operation struct {
	Query         string         `json:"query"`
	OperationName string         `json:"operationName,omitempty"` //nolint:tagliatelle // GraphQL over HTTP names it.
	Variables     map[string]any `json:"variables,omitempty"`
}

// answer is what came of a request.
type answer struct {
	status int
	header http.Header
	body   []byte
	took   time.Duration
}

// get asks for a path by GET. headers are names and values in turn.
func (p *process) get(t *testing.T, server, path string, headers ...string) answer {
	t.Helper()

	r := request{Server: server, Path: path, Headers: map[string]string{}}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Headers[headers[i]] = headers[i+1]
	}

	return p.ask(t, r)
}

// graphql sends an operation to the web BFF.
func (p *process) graphql(t *testing.T, query string) answer {
	t.Helper()

	return p.ask(t, request{Server: "web", GraphQL: &operation{Query: query}})
}

// ask sends a request, and holds a BFF's answer against what every answer must
// be.
func (p *process) ask(t *testing.T, r request) answer {
	t.Helper()

	got, err := p.try(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}

	if r.Server != "ops" {
		for _, fault := range got.faults(p.secrets) {
			t.Errorf("%s %s: %s", r.Method, r.Path, fault)
		}
	}

	return got
}

// try sends a request.
func (p *process) try(ctx context.Context, r request) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()

	out, err := r.build(ctx, p.urls[r.Server])
	if err != nil {
		return answer{}, err
	}

	begin := time.Now()

	in, err := p.client.Do(out)
	if err != nil {
		return answer{}, fmt.Errorf("no answer: %w", err)
	}

	body, err := io.ReadAll(in.Body)

	return answer{in.StatusCode, in.Header, body, time.Since(begin)}, errors.Join(err, in.Body.Close())
}

// build makes the HTTP request for a server at base.
func (r request) build(ctx context.Context, base string) (*http.Request, error) {
	method, path, body := r.Method, r.Path, []byte(r.Body)

	if r.GraphQL != nil {
		var err error
		if body, err = json.Marshal(r.GraphQL); err != nil {
			return nil, fmt.Errorf("GraphQL request: %w", err)
		}

		method, path = http.MethodPost, "/graphql"
	}

	out, err := http.NewRequestWithContext(ctx, cmp.Or(method, http.MethodGet), base+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}

	if r.GraphQL != nil {
		out.Header.Set("Content-Type", "application/json")
	}

	for name, value := range r.Headers {
		out.Header.Set(name, value)
	}

	return out, nil
}

// isProblem reports whether the answer is an error over REST.
func (a answer) isProblem() bool { return a.header.Get("Content-Type") == "application/problem+json" }

// isPage reports whether the answer is a REST page.
func (a answer) isPage() bool {
	return a.header.Get("Content-Type") == "application/json" && a.header.Get("Etag") != ""
}

// faults lists what is wrong with an answer, whatever was asked.
func (a answer) faults(secrets []string) []string {
	var faults []string

	must := func(holds bool, format string, args ...any) {
		if !holds {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}

	text := string(a.body) + fmt.Sprint(a.header)
	for _, secret := range append([]string{"goroutine ", ".go:", "panic"}, secrets...) {
		must(!strings.Contains(text, secret), "tells the client %q: %.2000s", secret, text)
	}

	id := a.header.Get("X-Request-Id")
	isVisible := !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
	must(len(id) >= 1 && len(id) <= 128 && isVisible, "X-Request-Id is %q", id)
	must(a.header.Get("X-Content-Type-Options") == "nosniff", "no X-Content-Type-Options")

	if a.status >= http.StatusBadRequest {
		must(a.header.Get("Cache-Control") == "no-store", "an error has Cache-Control %q", a.header.Get("Cache-Control"))
	}

	if a.status == http.StatusServiceUnavailable || a.status == http.StatusTooManyRequests {
		must(a.header.Get("Retry-After") != "", "%d without Retry-After", a.status)
	}

	if a.status == http.StatusNotModified {
		must(len(a.body) == 0, "304 with a body")
		must(a.header.Get("Etag") != "", "304 without ETag")
	}

	if a.header.Get("Content-Encoding") != "" {
		return faults
	}

	if a.isPage() {
		must(strings.HasPrefix(a.header.Get("Etag"), `"`), "the ETag %q is not a strong one", a.header.Get("Etag"))
		must(bytes.Contains(a.body, []byte(`"degraded":`)) == (a.header.Get("Cache-Control") == "no-store"),
			"Cache-Control %q with %s", a.header.Get("Cache-Control"), a.body)
	}

	if a.isProblem() {
		faults = append(faults, a.problemFaults()...)
	}

	return faults
}

// problemFaults lists what is wrong with problem details.
func (a answer) problemFaults() []string {
	var details struct {
		Type      string `json:"type"`
		Title     string `json:"title"`
		Status    int    `json:"status"`
		Detail    string `json:"detail"`
		Instance  string `json:"instance"`
		RequestID string `json:"request_id"`
	}

	if err := json.Unmarshal(a.body, &details); err != nil {
		return []string{"problem details: " + err.Error()}
	}

	var faults []string

	if slices.Contains([]string{details.Type, details.Title, details.Detail, details.Instance}, "") {
		faults = append(faults, fmt.Sprintf("problem details are not whole: %s", a.body))
	}

	if details.Status != a.status || details.RequestID != a.header.Get("X-Request-Id") {
		faults = append(faults, fmt.Sprintf("problem details do not fit the answer %d of request %s: %s",
			a.status, a.header.Get("X-Request-Id"), a.body))
	}

	return faults
}
