// Package report writes what a run showed as markdown. It knows nothing of what
// was measured.
package report

import (
	"fmt"
	"strings"
)

// Section is what one run showed.
type Section struct {
	// Title is the heading; a file holds one section of a title.
	Title string
	// Command is what made it, for anybody to repeat.
	Command string
	// About says in plain sentences what was done.
	About string
	// Facts are the circumstances.
	Facts []Fact
	Table Table
	Goals []Goal
}

// Fact is one circumstance, such as the version of Go.
type Fact struct{ Name, Value string }

// Table is a table whose first column names its rows.
type Table struct {
	Head []string
	Rows [][]string
}

// Goal is what was to be reached.
type Goal struct {
	Text string
	Met  bool
}

// Met reports whether every goal was reached.
func (s *Section) Met() bool {
	for _, goal := range s.Goals {
		if !goal.Met {
			return false
		}
	}

	return true
}

// Markdown is the section as markdown, beginning with its heading and ending
// with a newline.
func (s *Section) Markdown() string {
	var out strings.Builder

	out.WriteString(heading(s.Title) + "\n    " + s.Command + "\n\n" + s.About + "\n\n")

	for _, fact := range s.Facts {
		fmt.Fprintf(&out, "- %s: %s\n", fact.Name, fact.Value)
	}

	out.WriteString("\n")
	s.Table.write(&out)

	if len(s.Goals) > 0 {
		out.WriteString("\n")
	}

	for _, goal := range s.Goals {
		verdict := "missed"
		if goal.Met {
			verdict = "met"
		}

		fmt.Fprintf(&out, "- **%s**: %s\n", verdict, goal.Text)
	}

	return out.String()
}

// level is what a heading begins with.
const level = "## "

// heading is the line that a section begins with.
func heading(title string) string { return level + title + "\n" }

func (t *Table) write(out *strings.Builder) {
	rule := make([]string, len(t.Head))
	for i := range rule {
		rule[i] = "---:" // Figures stand at the right.
	}

	if len(rule) > 0 {
		rule[0] = "---"
	}

	for _, row := range append([][]string{t.Head, rule}, t.Rows...) {
		out.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
}
