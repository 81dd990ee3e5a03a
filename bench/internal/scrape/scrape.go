// Package scrape reads metrics in the Prometheus text format, as far as single
// values go. It knows no metric by name.
package scrape

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	// maxBytes is the most text that is read.
	maxBytes = 16 << 20
	// maxLine is the longest line.
	maxLine = 64 << 10
)

var (
	errForm    = errors.New("not a sample")
	errTooLong = errors.New("too long")
	errNone    = errors.New("no such series")
)

// Series are values by series, written as in the text: `name` or
// `name{label="value"}`.
type Series map[string]float64

// Read reads all series of a text of at most 16 MiB.
func Read(from io.Reader) (Series, error) {
	limited := &io.LimitedReader{R: from, N: maxBytes + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(nil, maxLine)

	series := Series{}

	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}

		name, value, err := sample(line)
		if err != nil {
			return nil, fmt.Errorf("metrics: %w", err)
		}

		series[name] = value
	}

	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}

	if limited.N <= 0 {
		return nil, fmt.Errorf("metrics: %w", errTooLong)
	}

	return series, nil
}

// sample splits `name{label="value"} 1.5 1700000000000`: values of labels may
// hold blanks, the time is optional.
func sample(line string) (name string, value float64, err error) {
	end := strings.LastIndexByte(line, '}') + 1
	if end == 0 {
		end = max(0, strings.IndexAny(line, " \t"))
	}

	fields := strings.Fields(line[end:])
	if end == 0 || len(fields) == 0 {
		return "", 0, fmt.Errorf("%q: %w", line, errForm)
	}

	value, err = strconv.ParseFloat(fields[0], 64)
	if err != nil {
		return "", 0, fmt.Errorf("%q: %w", line, errForm)
	}

	return line[:end], value, nil
}

// Get returns the value of a series; that there is none is an error.
func (s Series) Get(name string) (float64, error) {
	value, found := s[name]
	if !found {
		return 0, fmt.Errorf("metrics: %s: %w", name, errNone)
	}

	return value, nil
}

// Sum adds up all series of a name that have those labels, each written as
// `label="value"`, in whatever order the text has them; of none it is 0.
func (s Series) Sum(name string, labels ...string) (sum float64) {
	for series, value := range s {
		bare, list, _ := strings.Cut(strings.TrimSuffix(series, "}"), "{")
		if bare == name && hasAll(","+list+",", labels) {
			sum += value
		}
	}

	return sum
}

func hasAll(list string, labels []string) bool {
	for _, label := range labels {
		if !strings.Contains(list, ","+label+",") {
			return false
		}
	}

	return true
}
