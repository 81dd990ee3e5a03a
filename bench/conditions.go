package main

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"time"

	"storefront/bench/internal/procfs"
	"storefront/bench/internal/report"
	"storefront/bench/internal/target"
)

// conditions are the circumstances of a measurement, as far as they matter for
// its figures.
type conditions struct {
	before procfs.Load
	source target.Source
	others []float64 // cores that other processes kept busy, for each run
}

// facts are the conditions in words, after the last run.
func (c *conditions) facts(machine procfs.FS) ([]report.Fact, error) {
	after, err := machine.Load()
	if err != nil {
		return nil, err
	}

	commit := c.source.Commit
	if c.source.Modified {
		commit += ", with changes that no commit holds"
	}

	facts := []report.Fact{
		{Name: "when", Value: time.Now().UTC().Format("2006-01-02 15:04 MST")},
		{Name: "commit", Value: commit},
		{Name: "Go", Value: c.source.Go + " " + runtime.GOOS + "/" + runtime.GOARCH},
		{Name: "cores", Value: strconv.Itoa(runtime.NumCPU())},
		{
			Name:  "load average over 1, 5 and 15 minutes",
			Value: fmt.Sprintf("%s before, %s after (this measurement included)", c.before, after),
		},
	}

	if len(c.others) > 0 { // Else it cannot be told: targets have ended meanwhile.
		facts = append(facts, report.Fact{
			Name:  "cores kept busy by other processes meanwhile",
			Value: fmt.Sprintf("%.2f to %.2f, by run", slices.Min(c.others), slices.Max(c.others)),
		})
	}

	return facts, nil
}
