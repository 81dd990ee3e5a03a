// Command bench measures the programs of this repository as they are shipped:
// it builds them, starts them over a fast fake of the services, checks that
// their answers are right, puts them under load on loopback and says what that
// took.
//
//	go run ./bench compare -out bench/RESULTS.md
//	go run ./bench latency -out bench/RESULTS.md
//	go run ./bench memory -out bench/RESULTS.md
//	go run ./bench restarts -out bench/RESULTS.md
//	go run ./bench overload -out bench/RESULTS.md
//	go run ./bench memory -help
//
// On bad days the services can fail, and every answer is judged whole:
//
//	go run ./bench faults -out bench/RESULTS.md     each preset on each service
//	go run ./bench dead -out bench/RESULTS.md       a service hangs for a minute
//	go run ./bench storm -out bench/RESULTS.md      calls that reach a failing service
//	go run ./bench hedge -out bench/RESULTS.md      one slow replica of three
//	go run ./bench soak -out bench/RESULTS.md       20 minutes of all of it
//
// Where an old system is replaced, there are two to ask:
//
//	go run ./bench strangler -out bench/RESULTS.md  what that costs a page
//	go run ./bench migration -out bench/RESULTS.md  the whole way and back under load
//	go run ./bench migration -story                 the same, told while it happens
//
// A measurement is a file here, named after it, that puts together what the
// packages below internal/ know apart: target (what is started), workload (what
// it is asked, and what is right), load (how often, how many at a time), procfs,
// scrape and profile (what it took), report (how it is told); on bad days also
// shop (services that can fail), verdict (what an answer is worth) and timeline
// (what happened when); of a migration routes (where things stand) and front (a
// service that lies or fails). The code knows the outside of the programs and imports
// none of them. Programs below peer/ are there to be compared with.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1 // could not be measured, or a goal was missed
	exitUsage   = 2
)

var (
	errUsage  = errors.New("usage")
	errMissed = errors.New("a goal was missed")
)

// command is one thing that bench can do.
type command struct {
	name, about string
	run         func(ctx context.Context, args []string, stdout io.Writer) error
}

func commands() []command {
	return []command{
		{"compare", "ours beside others who do the same, and the floors below them", runCompare},
		{"latency", "how long a page takes when every service takes 50 ms", runLatency},
		{"memory", "what the mobile BFF keeps in memory after 100,000 requests", runMemory},
		{"restarts", "what clients see when replicas behind HAProxy are restarted, and one is killed", runRestarts},
		{"faults", "each bad day on each service: every answer in time, honest, and its user's own", runFaults},
		{"dead", "what a page takes while a service hangs, and how soon all is well again", runDead},
		{"storm", "how many calls reach a service that fails half of the time, or always", runStorm},
		{"hedge", "what one slow replica of three does to a page", runHedge},
		{"soak", "whether memory and goroutines stay flat under mixed faults and load", runSoak},
		{"overload", "what the mobile BFF does when it is asked ten times as much as its services can do", runOverload},
		{"strangler", "what it costs a page that routes can move to other systems, and what it notices of shadows", runStrangler},
		{"migration", "what clients see of a whole migration and back, of a new system that lies, and of one that fails", runMigration},
		{"stub", "the fake of the services alone, until it is stopped", runStub},
		{"shop", "the services that can fail alone, until they are stopped", runShop},
		{"front", "what has a service fail or lie, alone, until it is stopped", runFront},
	}
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	switch err := dispatch(ctx, args, os.Stdout, os.Stderr); {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errUsage):
		return exitUsage // It has been said what is wrong.
	default:
		_, _ = fmt.Fprintf(os.Stderr, "bench: %v\n", err) // There is nowhere else to say it.

		return exitFailure
	}
}

func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	for _, c := range commands() {
		if len(args) > 0 && args[0] == c.name {
			return c.run(ctx, args[1:], stdout)
		}
	}

	// Where standard error is closed there is nobody to be told.
	_, _ = fmt.Fprintln(stderr, "usage: go run ./bench COMMAND [-help]")
	for _, c := range commands() {
		_, _ = fmt.Fprintf(stderr, "  %-9s  %s\n", c.name, c.about)
	}

	return errUsage
}
