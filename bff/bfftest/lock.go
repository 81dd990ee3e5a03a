package bfftest

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"storefront/internal/fanout"
)

var update = flag.Bool("update", false, "rewrite golden files and calls.lock with what is so now; review what changes") //nolint:gochecknoglobals // A flag of tests.

// Update reports whether tests are to rewrite the files that they compare with.
func Update() bool { return *update }

// CallsLock fails the test unless the bounds are those in the file: what a page
// or a document may ask of the services changes only together with its lock.
func CallsLock(tb testing.TB, file string, bounds map[string]fanout.Bound) {
	tb.Helper()

	if Update() {
		if err := os.WriteFile(file, []byte(lockText(bounds)), 0o600); err != nil {
			tb.Fatal(err)
		}

		return
	}

	text, err := os.ReadFile(file) //nolint:gosec // The test's own file.
	if err != nil {
		tb.Fatal(err)
	}

	for _, change := range changes(string(text), bounds) {
		tb.Errorf("%s: %s. If that is meant, accept it with `make calls-lock`", file, change)
	}
}

// lockText is the file of these bounds.
func lockText(bounds map[string]fanout.Bound) string {
	widest := 0
	for what := range bounds {
		widest = max(widest, len(what))
	}

	var b strings.Builder

	b.WriteString("# The most upstream calls that each route and trusted document can cause, and\n" +
		"# how many of them wait for one another (waves). `make calls-lock` rewrites it.\n")

	for _, what := range slices.Sorted(maps.Keys(bounds)) {
		fmt.Fprintf(&b, "%-*s  %v\n", widest, what, bounds[what])
	}

	return b.String()
}

// changes says what is not as the file of that text has it.
func changes(text string, bounds map[string]fanout.Bound) (said []string) {
	if text == lockText(bounds) {
		return nil
	}

	locked := map[string]fanout.Bound{}

	for line := range strings.Lines(text) {
		what, bound, found := strings.Cut(line, "  ")

		var b fanout.Bound
		if _, err := fmt.Sscanf(strings.TrimSpace(bound), "calls %d  waves %d", &b.Calls, &b.Waves); found && err == nil {
			locked[what] = b
		}
	}

	for _, what := range slices.Sorted(maps.Keys(bounds)) {
		is := bounds[what]

		switch was, known := locked[what]; {
		case !known:
			said = append(said, fmt.Sprintf("%s is new: %v", what, is))
		case is.Calls > was.Calls || is.Waves > was.Waves:
			said = append(said, fmt.Sprintf("%s grew from %v to %v", what, was, is))
		case is != was:
			said = append(said, fmt.Sprintf("%s shrank from %v to %v", what, was, is))
		}

		delete(locked, what)
	}

	for _, what := range slices.Sorted(maps.Keys(locked)) {
		said = append(said, what+" is gone")
	}

	if said == nil {
		said = []string{"it is not written as the test writes it"}
	}

	return said
}
