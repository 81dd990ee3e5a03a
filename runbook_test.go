package main

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"storefront/internal/limit"
	"storefront/internal/serve"
)

// alert is one of the rules, from its name on.
type alert struct{ name, text string }

func alerts(t *testing.T) (all []alert) {
	t.Helper()

	rules := read(t, rulesFile)
	starts := regexp.MustCompile(`(?m)^ +- (alert|record|name): (.+)$`).FindAllStringSubmatchIndex(rules, -1)

	for i, at := range starts {
		end := len(rules)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}

		if rules[at[2]:at[3]] == "alert" {
			all = append(all, alert{name: rules[at[4]:at[5]], text: rules[at[0]:end]})
		}
	}

	if len(all) == 0 {
		t.Fatal("there are no alerts in " + rulesFile)
	}

	return all
}

// anchor is the alert's section in the runbook: that of CircuitOpen is
// circuit-open.
func (a alert) anchor() string {
	return strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(a.name, "$1-$2"))
}

// section is a part of the runbook below a heading.
type section struct {
	anchor, text string
	level        int
}

func sections(t *testing.T) (all []section) {
	t.Helper()

	fenced := false

	for line := range strings.Lines(read(t, runbookFile)) {
		fenced = fenced != strings.HasPrefix(line, "```")

		if heading := regexp.MustCompile(`^(#+) (.+)\n$`).FindStringSubmatch(line); heading != nil && !fenced {
			all = append(all, section{anchor: strings.ToLower(strings.ReplaceAll(heading[2], " ", "-")), level: len(heading[1])})
		} else if len(all) > 0 {
			all[len(all)-1].text += line
		}
	}

	return all
}

// ofAlerts are the sections below the one of alerts, by anchor.
func ofAlerts(all []section) map[string]string {
	const below = 3

	inside, found := false, map[string]string{}

	for _, s := range all {
		if s.level < below {
			inside = s.anchor == "alerts"
		} else if inside {
			found[s.anchor] = s.text
		}
	}

	return found
}

// promql are the queries of a document: the lines of its promql blocks.
func promql(document string) (queries []string) {
	for _, block := range regexp.MustCompile("(?s)```promql\n(.*?)```").FindAllStringSubmatch(document, -1) {
		for line := range strings.Lines(block[1]) {
			queries = append(queries, strings.TrimSpace(line))
		}
	}

	return queries
}

// Each alert says how urgent it is, what is the matter and what to read; there is
// a section about it, and a test in which it fires. No section is left over.
func TestAlertsAreInTheRunbook(t *testing.T) {
	t.Parallel()

	runbook, tests := ofAlerts(sections(t)), read(t, rulesTestFile)

	for _, a := range alerts(t) {
		for _, pattern := range []string{
			`\n +labels: \{severity: (critical|warning|info)\}\n`, `\n +summary: "[^"\n]{20,}"\n`,
			`\n +runbook_url: ` + regexp.QuoteMeta(runbookFile+"#"+a.anchor()) + `\n`,
		} {
			if !regexp.MustCompile(pattern).MatchString(a.text) {
				t.Errorf("%s: nothing like %q in\n%s", a.name, pattern, a.text)
			}
		}

		text, found := runbook[a.anchor()]
		delete(runbook, a.anchor())

		for _, part := range []string{"- **Means**: ", "- **Users see**: ", "- **Urgency**: ", "- **Look", "o**: ", "- **Over when**: ", "```promql\n"} {
			if found && !strings.Contains(text, part) {
				t.Errorf("%s: its section of %s has no %q", a.name, runbookFile, part)
			}
		}

		if !found {
			t.Errorf("%s: no section %q in %s", a.name, a.anchor(), runbookFile)
		}

		if !strings.Contains(tests, `alertname="`+a.name+`"`) {
			t.Errorf("%s: in no test of %s does it fire", a.name, rulesTestFile)
		}
	}

	for anchor := range runbook {
		t.Errorf("section %q of %s is about no alert of %s", anchor, runbookFile, rulesFile)
	}
}

// Links inside the runbook lead somewhere.
func TestRunbookLinks(t *testing.T) {
	t.Parallel()

	all := sections(t)

	for _, link := range regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(read(t, runbookFile), -1) {
		if !slices.ContainsFunc(all, func(s section) bool { return s.anchor == link[1] }) {
			t.Errorf("%s has no section %q", runbookFile, link[1])
		}
	}
}

// What rules and runbook say of settings and constants is so.
func TestRulesKnowTheSettings(t *testing.T) {
	t.Parallel()

	rules, runbook := read(t, rulesFile), read(t, runbookFile)

	var table bytes.Buffer
	if err := serve.Settings(program()).Markdown(&table); err != nil {
		t.Fatal(err)
	}

	for _, bff := range []string{"web", "mobile", "tv", "facade"} {
		budget := regexp.MustCompile("`" + strings.ToUpper(bff) + "_BUDGET` \\| `([0-9]+)s`").FindStringSubmatch(table.String())
		if budget == nil {
			t.Fatalf("the budget of %s is no setting of whole seconds", bff)
		}

		if want := fmt.Sprintf("- record: bff:budget:seconds\n        expr: vector(%s)\n        labels: {bff: %s}\n", budget[1], bff); !strings.Contains(rules, want) {
			t.Errorf("%s should have\n%s", rulesFile, want)
		}
	}

	if want := fmt.Sprintf("bff_concurrency_limit <= %d\n", limit.Floor); !strings.Contains(rules, want) {
		t.Errorf("%s should have %s", rulesFile, want)
	}

	for _, name := range regexp.MustCompile("`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`").FindAllStringSubmatch(runbook, -1) {
		if !strings.Contains(table.String(), "| `"+name[1]+"` |") && name[1] != "OTEL_EXPORTER_OTLP_ENDPOINT" {
			t.Errorf("%s names the setting %s, which does not exist", runbookFile, name[1])
		}
	}
}
