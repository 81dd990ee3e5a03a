package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// failures are the parts of an answer that say what is missing in it.
type failures struct {
	Degraded []degraded `json:"degraded"`
	Errors   []struct {
		Message    string `json:"message"`
		Path       []any  `json:"path"`
		Extensions struct {
			Code string `json:"code"`
		} `json:"extensions"`
	} `json:"errors"`
	Extensions struct {
		Degraded []degraded `json:"degraded"`
	} `json:"extensions"`
}

// degraded is a section, or in GraphQL a path, that is not fresh.
type degraded struct {
	Section    string `json:"section"`
	Path       []any  `json:"path"`
	State      string `json:"state"`
	Reason     string `json:"reason"`
	AgeSeconds *int   `json:"age_seconds"`
}

// checkFailures holds what an answer says to be missing against what is
// expected.
func (e expected) checkFailures(t *testing.T, body []byte) {
	t.Helper()

	var got failures
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}

	notFresh := slices.Concat(got.Degraded, got.Extensions.Degraded)
	lines := make([]string, 0, len(notFresh)+len(got.Errors))

	for _, d := range notFresh {
		lines = append(lines, d.Section+dotted(d.Path)+" "+d.State+" "+d.Reason)

		if isStale := d.State == "stale"; isStale != (d.AgeSeconds != nil) {
			t.Errorf("%s has the age %v", lines[len(lines)-1], d.AgeSeconds)
		} else if isStale && (*d.AgeSeconds < 0 || *d.AgeSeconds > 60) {
			t.Errorf("%s is %d s old", lines[len(lines)-1], *d.AgeSeconds)
		}
	}

	if e.Degraded != nil {
		checkLines(t, "degraded", lines, e.Degraded)
	}

	lines = lines[:0]

	for _, failure := range got.Errors {
		lines = append(lines, strings.TrimSpace(dotted(failure.Path)+" "+failure.Extensions.Code))

		if failure.Message == "" {
			t.Errorf("%s has no message", lines[len(lines)-1])
		}
	}

	if e.Errors != nil {
		checkLines(t, "errors", lines, e.Errors)
	}
}

func checkLines(t *testing.T, what string, got, want []string) {
	t.Helper()

	want = slices.Clone(want)
	slices.Sort(got)
	slices.Sort(want)

	if !slices.Equal(got, want) {
		t.Errorf("%s is %q, want %q", what, got, want)
	}
}

// dotted writes the elements of a GraphQL path with dots between them.
func dotted(path []any) string {
	steps := make([]string, len(path))
	for i, step := range path {
		steps[i] = fmt.Sprint(step)
	}

	return strings.Join(steps, ".")
}
