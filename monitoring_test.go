package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What operators are given: rules and their tests for Prometheus, a dashboard
// for Grafana, and what to do.
const (
	rulesFile     = "docs/monitoring/rules.yml"
	rulesTestFile = "docs/monitoring/rules_test.yml"
	dashboardFile = "docs/monitoring/dashboard.json"
	runbookFile   = "docs/runbook.md"
)

func read(t *testing.T, name string) string {
	t.Helper()

	text, err := os.ReadFile(name) //nolint:gosec // The names are above.
	if err != nil {
		t.Fatal(err)
	}

	return string(text)
}

// Rules, dashboard, runbook and README name metrics, labels and outcomes that the
// program has.
func TestMonitoringNamesWhatIsExported(t *testing.T) {
	t.Parallel()

	e := ofScrape(t)
	rules := read(t, rulesFile)

	for _, record := range regexp.MustCompile(`(?m)- record: (\S+)$`).FindAllStringSubmatch(rules, -1) {
		e.record(record[1])
	}

	for name, queries := range map[string][]string{
		rulesFile: {rules}, rulesTestFile: {read(t, rulesTestFile)},
		dashboardFile: parseDashboard(t).queries(), runbookFile: promql(read(t, runbookFile)),
	} {
		for _, query := range queries {
			for _, mistake := range e.mistakes(query) {
				t.Errorf("%s: %s: %.200s", name, mistake, query)
			}
		}
	}

	for _, a := range alerts(t) {
		for _, mistake := range e.mistakes(a.text) {
			t.Errorf("%s: %s: %s", rulesFile, a.name, mistake)
		}
	}

	board := strings.Join(parseDashboard(t).queries(), "\n")
	readme := read(t, "README.md")
	for _, name := range e.own() {
		if !strings.Contains(readme, "`"+name+"`") {
			t.Errorf("README.md does not have %s in its table of metrics", name)
		}

		if !strings.Contains(board, name) {
			t.Errorf("%s shows no %s", dashboardFile, name)
		}
	}

	for _, name := range regexp.MustCompile("`((?:bff|upstream|shared_cache|strangler|customer)_[a-z_]+)`").FindAllStringSubmatch(tableOfMetrics(t, readme), -1) {
		if !slices.Contains(e.own(), name[1]) {
			t.Errorf("README.md has %s in its table of metrics, which does not exist", name[1])
		}
	}
}

func tableOfMetrics(t *testing.T, readme string) string {
	t.Helper()

	_, rest, found := strings.Cut(readme, "| metric | labels | counts |")
	table, _, _ := strings.Cut(rest, "\n\n")

	if !found {
		t.Fatal("README.md has no table of metrics")
	}

	return table
}

var (
	metricName   = regexp.MustCompile(`\b(?:up\b|(?:bff|upstream|shared_cache|strangler|customer|process|go)[a-z0-9_]*[_:][a-z0-9_:]*[a-z0-9])`)
	selector     = regexp.MustCompile(`([a-z_][a-z0-9_:]*)\{([^{}]*)\}`)
	matcher      = regexp.MustCompile(`([a-z_]+)(=~|!=|!~|=)"([^"]*)"`)
	labelClause  = regexp.MustCompile(`\b(?:by|on|without|ignoring|group_left|group_right) \(([a-z_, ]*)\)`)
	labelInWords = regexp.MustCompile(`\$labels\.([a-z_]+)|\{\{([a-z_]+)\}\}`)
)

// mistakes are what a text of queries, or of annotations around them, says about
// metrics that is not so.
func (e exported) mistakes(text string) []string {
	var found []string

	known := map[string]bool{}

	for _, name := range metricName.FindAllString(text, -1) {
		if e.labels[name] == nil {
			found = append(found, "there is no metric "+name)
		}

		for label := range e.labels[name] {
			known[label] = true
		}
	}

	for _, clause := range labelClause.FindAllStringSubmatch(text, -1) {
		for label := range strings.SplitSeq(clause[1], ", ") {
			if label != "" && label != "alertname" && !known[label] {
				found = append(found, fmt.Sprintf("%s: no metric here has a label %q", clause[0], label))
			}
		}
	}

	for _, words := range labelInWords.FindAllStringSubmatch(text, -1) {
		if label := words[1] + words[2]; !known[label] {
			found = append(found, fmt.Sprintf("no metric here has a label %q", label))
		}
	}

	for _, one := range selector.FindAllStringSubmatch(text, -1) {
		found = append(found, e.mistakesOf(one[1], one[2])...)
	}

	slices.Sort(found)

	return slices.Compact(found)
}

// mistakesOf are those of one selector. Of labels whose values are few and fixed
// these are looked at as well.
func (e exported) mistakesOf(name, matchers string) (found []string) {
	for _, m := range matcher.FindAllStringSubmatch(matchers, -1) {
		label, values := m[1], strings.Split(m[3], "|")

		if e.labels[name] != nil && !e.labels[name][label] {
			found = append(found, fmt.Sprintf("%s has no label %q", name, label))
		}

		if !slices.Contains([]string{"what", "outcome", "source", "state"}, label) {
			continue
		}

		for _, value := range values {
			if e.labels[name] != nil && !e.values[label][value] {
				found = append(found, fmt.Sprintf("%s: %s is never %q", name, label, value))
			}
		}
	}

	return found
}

// A metric, a label or a value that is spelled otherwise is found.
func TestMistakesAreFound(t *testing.T) {
	t.Parallel()

	e := newExported("bff_a_total{bff=\"web\",what=\"normal\"} 1\ngo_c 3\n")
	e.record("bff:a:rate5m")

	for text, want := range map[string]int{
		`sum by (bff, what) (rate(bff_a_total{what=~"normal",bff!="ops"}[5m])) / on (bff) bff:a:rate5m + up{job="x"}`: 0,
		`bff_b_total`:                      1,
		`bff:b:rate5m`:                     1,
		`go_d`:                             1,
		`bff_a_total{kind="x"}`:            1,
		`sum by (kind) (bff_a_total)`:      1,
		`bff_a_total{what=~"normal|rare"}`: 1,
		`bff_a_total {{ $labels.kind }}`:   1,
	} {
		if got := e.mistakes(text); len(got) != want {
			t.Errorf("%s: %q, want %d", text, got, want)
		}
	}
}
