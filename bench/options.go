package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"storefront/bench/internal/load"
	"storefront/bench/internal/report"
)

var errTime = errors.New("the measurement took longer than -limit allows")

// options are the flags of one command, each with its bounds.
type options struct {
	flags  *flag.FlagSet
	checks []func() error
}

func newOptions(command string) *options {
	return &options{flags: flag.NewFlagSet("bench "+command, flag.ContinueOnError)}
}

func (o *options) count(name string, value, high int, about string) *int {
	n := o.flags.Int(name, value, fmt.Sprintf("%s, 1 to %d", about, high))
	o.checks = append(o.checks, func() error {
		if *n < 1 || *n > high {
			return fmt.Errorf("%w: -%s is %d but must be 1 to %d", errUsage, name, *n, high)
		}

		return nil
	})

	return n
}

// upTo is a number that is 0 where nothing is said.
func (o *options) upTo(name string, high int, about string) *int {
	n := o.flags.Int(name, 0, fmt.Sprintf("%s, 0 to %d", about, high))
	o.checks = append(o.checks, func() error {
		if *n < 0 || *n > high {
			return fmt.Errorf("%w: -%s is %d but must be 0 to %d", errUsage, name, *n, high)
		}

		return nil
	})

	return n
}

func (o *options) duration(name string, value, low, high time.Duration, about string) *time.Duration {
	d := o.flags.Duration(name, value, fmt.Sprintf("%s, %s to %s", about, low, high))
	o.checks = append(o.checks, func() error {
		if *d < low || *d > high {
			return fmt.Errorf("%w: -%s is %s but must be %s to %s", errUsage, name, *d, low, high)
		}

		return nil
	})

	return d
}

// choice is a flag with one of a few words.
func (o *options) choice(name, value string, allowed []string, about string) *string {
	word := o.flags.String(name, value, fmt.Sprintf("%s, one of %s", about, strings.Join(allowed, ", ")))
	o.checks = append(o.checks, func() error { return isOneOf(name, *word, allowed) })

	return word
}

// some is a flag with some of a few words.
type some struct {
	text    string
	allowed []string
}

func (o *options) some(name string, allowed []string, about string) *some {
	s := &some{allowed: allowed}
	o.flags.StringVar(&s.text, name, "", fmt.Sprintf("%s, of %s, separated by commas; all unless set", about, strings.Join(allowed, ", ")))
	o.checks = append(o.checks, func() (err error) {
		for _, word := range s.list() {
			err = errors.Join(err, isOneOf(name, word, allowed))
		}

		return err
	})

	return s
}

// list are the words that were chosen, in the order of those that are allowed
// where none was.
func (s *some) list() []string {
	if s.text == "" {
		return s.allowed
	}

	return strings.Split(s.text, ",")
}

func isOneOf(flag, word string, allowed []string) error {
	if !slices.Contains(allowed, word) {
		return fmt.Errorf("%w: -%s is %q but must be of %s", errUsage, flag, word, strings.Join(allowed, ", "))
	}

	return nil
}

// outcome are the flags about the end of a measurement.
type outcome struct {
	limit *time.Duration
	out   *string
}

func (o *options) outcome(limit time.Duration) outcome {
	const maxLimit = 24 * time.Hour

	return outcome{
		limit: o.duration("limit", limit, 0, maxLimit, "the most time the whole measurement may take"),
		out:   o.flags.String("out", "", "file of results whose section is replaced"),
	}
}

// common are the flags that every measurement has that is about cost.
type common struct {
	outcome

	requests, connections, users *int
}

func (o *options) common(requests, connections int) common {
	const (
		users, maxUsers = 10_000, 1_000_000
		limit           = 15 * time.Minute
	)

	return common{
		requests:    o.count("requests", requests, load.MaxRequests, "how many requests a run has"),
		connections: o.count("connections", connections, load.MaxConnections, "how many requests are under way at a time"),
		users:       o.count("users", users, maxUsers, "how many different users ask, one after the other"),
		outcome:     o.outcome(limit),
	}
}

// parse reads the arguments; what is wrong with them has been said when it
// returns an error that is errUsage.
func (o *options) parse(args []string) error {
	err := o.flags.Parse(args)

	switch {
	case errors.Is(err, flag.ErrHelp):
		return flag.ErrHelp
	case err != nil:
		return fmt.Errorf("%w: %w", errUsage, err)
	case o.flags.NArg() > 0:
		err = fmt.Errorf("%w: nothing is known of %q", errUsage, o.flags.Arg(0))
	}

	for _, check := range o.checks {
		if err == nil {
			err = check()
		}
	}

	if err != nil {
		_, _ = fmt.Fprintln(o.flags.Output(), err) // There is nowhere else to say it.
	}

	return err
}

// bound ends the measurement when it takes too long.
func (c *outcome) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, *c.limit, errTime)
}

// finish prints what was found, puts it into the file of results where one is
// named, and says whether every goal was met.
func (c *outcome) finish(stdout io.Writer, s *report.Section) error { return finish(stdout, *c.out, s) }

func finish(stdout io.Writer, out string, sections ...*report.Section) error {
	met := true

	for _, s := range sections {
		if _, err := io.WriteString(stdout, s.Markdown()+"\n"); err != nil {
			return fmt.Errorf("output: %w", err)
		}

		if out != "" {
			if err := report.Update(out, s); err != nil {
				return fmt.Errorf("-out: %w", err)
			}
		}

		met = met && s.Met()
	}

	if !met {
		return errMissed
	}

	return nil
}

// invocation is the command line that makes the same measurement.
func invocation(command string, args []string) string {
	quoted := each(args, func(arg string) string {
		if strings.ContainsAny(arg, " \t'\"$") {
			return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}

		return arg
	})

	return strings.Join(append([]string{"go run ./bench", command}, quoted...), " ")
}
