package config

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// PrintHelp writes what the program is and a table of its settings in plain
// text: name, default, meaning and what is allowed.
func (e *Env) PrintHelp(w io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s\n\n", e.program, e.about)
	text.WriteString("Settings come from the environment; an empty value counts as not set.\n\n")
	text.WriteString("VARIABLE\tDEFAULT\tMEANING\n")
	for _, s := range e.settings {
		fmt.Fprintf(&text, "%s\t%s\t%s\n", s.name, s.fallback+s.unset, s.about())
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0) //nolint:mnd // Two blanks between columns.
	_, err := io.WriteString(table, text.String())
	if err == nil {
		err = table.Flush()
	}
	if err != nil {
		return fmt.Errorf("writing the help: %w", err)
	}
	return nil
}

// Markdown writes the same table in Markdown, so that a test can hold a
// document against the code.
func (e *Env) Markdown(w io.Writer) error {
	var text strings.Builder
	text.WriteString("| variable | default | meaning |\n| --- | --- | --- |\n")
	for _, s := range e.settings {
		fallback := s.unset
		if s.fallback != "" {
			fallback = "`" + s.fallback + "`"
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s |\n", s.name, fallback, strings.ReplaceAll(s.about(), "|", `\|`))
	}
	if _, err := io.WriteString(w, text.String()); err != nil {
		return fmt.Errorf("writing the table of settings: %w", err)
	}
	return nil
}

func (s *setting) about() string { return s.meaning + " (" + s.allowed + ")" }
