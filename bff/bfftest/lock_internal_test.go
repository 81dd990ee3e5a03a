package bfftest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/fanout"
)

func TestLock(t *testing.T) {
	t.Parallel()

	bounds := map[string]fanout.Bound{"GET /b/{id}": {Calls: 3, Waves: 1}, "document A": {Calls: 12, Waves: 2}}

	text := lockText(bounds)
	if want := "\nGET /b/{id}  calls 3  waves 1\ndocument A   calls 12  waves 2\n"; !strings.HasSuffix(text, want) {
		t.Errorf("written is %s", text)
	}

	tests := map[string]struct {
		text string
		want []string
	}{
		"as it is":     {text, nil},
		"more calls":   {strings.Replace(text, "calls 3", "calls 2", 1), []string{"GET /b/{id} grew from calls 2  waves 1 to calls 3  waves 1"}},
		"more waves":   {strings.Replace(text, "waves 2", "waves 1", 1), []string{"document A grew from calls 12  waves 1 to calls 12  waves 2"}},
		"fewer calls":  {strings.Replace(text, "calls 12", "calls 13", 1), []string{"document A shrank from calls 13  waves 2 to calls 12  waves 2"}},
		"another name": {strings.Replace(text, "document A", "document B", 1), []string{"document A is new: calls 12  waves 2", "document B is gone"}},
		"another head": {"#\n" + text, []string{"it is not written as the test writes it"}},
		"nothing":      {"", []string{"GET /b/{id} is new: calls 3  waves 1", "document A is new: calls 12  waves 2"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if diff := cmp.Diff(test.want, changes(test.text, bounds)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWaves: a call waits for another if it starts when that is over.
func TestWaves(t *testing.T) {
	t.Parallel()

	start := time.Now()
	at := func(from, to int) *call {
		return &call{start.Add(time.Duration(from)), start.Add(time.Duration(to))}
	}

	tests := map[string]struct {
		calls []*call
		want  int
	}{
		"none":                     {nil, 0},
		"one":                      {[]*call{at(0, 5)}, 1},
		"two side by side":         {[]*call{at(0, 5), at(4, 9)}, 1},
		"one after another":        {[]*call{at(5, 9), at(0, 5)}, 2},
		"three, two of them late":  {[]*call{at(0, 5), at(0, 9), at(9, 10)}, 2},
		"a chain of three":         {[]*call{at(0, 1), at(0, 9), at(1, 2), at(2, 3)}, 3},
		"after one that never was": {[]*call{{start: start}, at(5, 9)}, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := longest(test.calls); got != test.want {
				t.Errorf("%d waves, want %d", got, test.want)
			}
		})
	}
}
