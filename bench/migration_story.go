package main

import (
	"fmt"
	"io"
	"strings"

	"storefront/bench/internal/report"
	"storefront/bench/internal/routes"
)

// narrator tells a person what happens while it does. Without anywhere to tell it
// to it is silent.
type narrator struct {
	out io.Writer
	err error // the first one
}

func (n *narrator) writef(format string, args ...any) {
	if n.out == nil || n.err != nil {
		return
	}

	if _, err := fmt.Fprintf(n.out, format+"\n", args...); err != nil {
		n.err = fmt.Errorf("output: %w", err)
	}
}

// titlef begins a part of the story.
func (n *narrator) titlef(format string, args ...any) {
	n.writef("\n"+format+"\n", args...)
}

// sayf tells something.
func (n *narrator) sayf(format string, args ...any) { n.writef(format, args...) }

// commandf tells what is done just now, as anybody could.
func (n *narrator) commandf(format string, args ...any) { n.writef("  $ "+format, args...) }

// stepLine is a line of the table of steps.
const stepLine = "  %-17s %9s %7s %10s %8s %8s   %13s %13s %13s"

// head begins the table of steps.
func (n *narrator) head() {
	n.writef(stepLine, "", "requests", "failed", "different", "p50 ms", "p99 ms", "users", "products", "orders")
	n.writef(stepLine, "", "", "", "", "", "", "old + new", "old + new", "old + new")
}

// step is a row of it.
func (n *narrator) step(s *step) {
	row := s.row()
	cells := make([]any, len(row))

	for i, cell := range row {
		cells[i] = cell
	}

	n.writef(stepLine, cells...)
}

// end tells what was reached.
func (n *narrator) end(s *report.Section) error {
	n.titlef("What had to hold")

	for _, goal := range s.Goals {
		n.writef("  %-6s %s", map[bool]string{true: "held", false: "BROKEN"}[goal.Met], goal.Text)
	}

	for _, fact := range s.Facts {
		if strings.HasPrefix(fact.Name, notRight) {
			n.writef("  %s: %s", fact.Name, fact.Value)
		}
	}

	return n.err
}

// text is how many requests went where.
func (s sent) text() string { return report.Count(s.old) + " + " + report.Count(s.new) }

// moved are the routes in the order in which they move.
func moved() []string { return []string{routes.Users, routes.Products, routes.Orders} }
