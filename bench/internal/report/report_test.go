package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"storefront/bench/internal/report"
)

func section(title, figure string) *report.Section {
	return &report.Section{
		Title: title, Command: "go run ./bench " + title, About: "What was done.",
		Facts: []report.Fact{{Name: "Go", Value: "go1.26.8"}},
		Table: report.Table{Head: []string{"workload", "p50"}, Rows: [][]string{{"mobile", figure}, {"web", "2"}}},
		Goals: []report.Goal{{Text: "under 60 ms", Met: true}, {Text: "under 1 ms"}},
	}
}

const markdown = `## latency

    go run ./bench latency

What was done.

- Go: go1.26.8

| workload | p50 |
| --- | ---: |
| mobile | 1 |
| web | 2 |

- **met**: under 60 ms
- **missed**: under 1 ms
`

func TestMarkdown(t *testing.T) {
	t.Parallel()

	if got := section("latency", "1").Markdown(); got != markdown {
		t.Errorf("got\n%s\nwant\n%s", got, markdown)
	}
}

func TestMetNeedsAllGoals(t *testing.T) {
	t.Parallel()

	s := section("latency", "1")
	if s.Met() {
		t.Error("a missed goal counts as met")
	}

	s.Goals = s.Goals[:1]
	if !s.Met() {
		t.Error("a met goal counts as missed")
	}
}

func read(t *testing.T, path string) string {
	t.Helper()

	content, err := os.ReadFile(path) //nolint:gosec // A file of this test.
	if err != nil {
		t.Fatal(err)
	}

	return string(content)
}

func TestUpdateReplacesTheSectionOfTheSameTitle(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "RESULTS.md")
	update := func(s *report.Section) {
		if err := report.Update(path, s); err != nil {
			t.Fatal(err)
		}
	}

	update(section("latency", "1"))
	update(section("memory", "1"))

	first := read(t, path)
	if !strings.HasPrefix(first, "# Results\n") || !strings.Contains(first, "\n\n"+markdown+"\n## memory\n") {
		t.Errorf("the file is\n%s", first)
	}

	update(section("latency", "1"))
	update(section("memory", "1"))

	if again := read(t, path); again != first {
		t.Errorf("the same sections once more make\n%s\nof\n%s", again, first)
	}

	update(section("latency", "333"))

	if want, got := strings.Replace(first, "| mobile | 1 |", "| mobile | 333 |", 1), read(t, path); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestUpdateSaysWhatWentWrong(t *testing.T) {
	t.Parallel()

	if err := report.Update(t.TempDir(), section("latency", "1")); err == nil {
		t.Error("a folder is taken for a file")
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()

	for want, got := range map[string]string{
		"51.24": report.Milliseconds(51_236 * time.Microsecond),
		"1235":  report.Microseconds(1_234_567 * time.Nanosecond),
		"1.5":   report.MiB(int64(3 << 19)),
		"8.0":   report.MiB(8.388608e+06),
		"1000":  report.Count(999.7),
		"3.00":  report.Ratio(3),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
